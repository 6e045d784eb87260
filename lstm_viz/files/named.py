"""Files that the user named, in a dialog or on the command line: links are followed."""

import errno
import os
from pathlib import Path
from typing import BinaryIO

from lstm_viz.files.errors import UnsafeFileError
from lstm_viz.files.folder import Content, Folder
from lstm_viz.files.regular import open_regular, read_bounded


def open_named(path: Path) -> BinaryIO:
    """Open a file for reading.

    Raises
    ------
    OSError
        If it cannot be opened, or is not a regular file (then `UnsafeFileError`).
    """
    try:
        return os.fdopen(open_regular(path, links=True), "rb")
    except ValueError as error:  # a NUL, or half a surrogate pair
        raise UnsafeFileError(errno.ENOENT, path) from error


def read_named(path: Path, most: int) -> bytes:
    """Return the bytes of a file; raises as `open_named`, and if it has more than ``most``."""
    with open_named(path) as file:
        return read_bounded(file.fileno(), most, path)


def replace_named(path: Path, data: Content, *, lasting: bool = True) -> None:
    """Replace a file atomically. A link is kept, and its target replaced.

    Raises
    ------
    OSError
        If it cannot be written, or is not a regular file; it is then unchanged.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            raise UnsafeFileError(errno.EINVAL, path)
    except (ValueError, RuntimeError) as error:  # a NUL, or links in a circle
        raise UnsafeFileError(errno.ENOENT, path) from error
    Folder(target.parent).replace(target.name, data, lasting=lasting)
