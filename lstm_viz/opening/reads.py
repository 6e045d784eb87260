"""Bounded reads at a place of an open file."""

import errno
import os
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lstm_viz.files.errors import UnsafeFileError
from lstm_viz.opening.errors import check


class Fingerprint(NamedTuple):
    """What tells a file from the one that is at its path later."""

    device: int
    inode: int
    size: int
    modified: int


def fingerprint(file: BinaryIO) -> Fingerprint:
    """Return the fingerprint of an open file."""
    return _fingerprint_of(os.fstat(file.fileno()))


def fingerprint_at(path: Path) -> Fingerprint:
    """Return the fingerprint of the file at a path; raises OSError."""
    try:
        return _fingerprint_of(path.stat())
    except ValueError as error:  # a NUL, or half a surrogate pair
        raise UnsafeFileError(errno.ENOENT, path) from error


def _fingerprint_of(status: os.stat_result) -> Fingerprint:
    return Fingerprint(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def read_at(file: BinaryIO, place: int, size: int) -> bytes:
    """Return ``size`` bytes; raises `InvalidFileError` if the file has not so many."""
    file.seek(place)
    data = file.read(size)
    check(len(data) == size, "file_ends_early")
    return data


def read_into(file: BinaryIO, place: int, buffer: memoryview) -> None:
    """Fill a buffer of bytes; raises `InvalidFileError` if the file has not so many bytes."""
    file.seek(place)
    taken = file.readinto(buffer)  # type: ignore[attr-defined]  # of buffered files, which these are
    check(taken == len(buffer), "file_ends_early")


def display_name(path: Path) -> str:
    """Return the name of a file for messages."""
    return path.name or str(path)
