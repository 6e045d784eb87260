"""Opening of regular files only: no FIFO or device, which could block, and links only on request.

The name is checked before it is opened, since opening a device can have side effects, and the descriptor
after it, since another program may have replaced the file in between.
"""

import errno
import os
import stat
from pathlib import Path

from lstm_viz.files.errors import UnsafeFileError

#: Opening never blocks (as a FIFO without a writer would), and the descriptor is not inherited.
_FLAGS = (
    getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOINHERIT", 0)
)
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)
_TRIES = 5  # a file may be replaced between the check and the opening, rarely twice
_CHUNK = 1 << 20


def open_regular(
    path: str | Path, flags: int = os.O_RDONLY, *, folder: int | None = None, links: bool = False
) -> int:
    """Return a descriptor of the regular file at ``path``.

    Parameters
    ----------
    path : str or Path
        Relative to the directory descriptor ``folder``, if given.
    flags : int
        As in `os.open`; the file must exist.
    links : bool
        Whether symbolic links are followed: for a path that the user named, not for one from a file.

    Raises
    ------
    UnsafeFileError
        If it is a link, or not a regular file.
    OSError
        If it cannot be opened.
    """
    flags |= _FLAGS | (0 if links else _NO_LINKS)
    for _ in range(_TRIES):
        before = os.stat(path, dir_fd=folder, follow_symlinks=links)
        check_regular(before, path)
        handle = _opened(path, flags, folder)
        try:
            after = os.fstat(handle)
            if _NO_LINKS or links or os.path.samestat(before, after):
                check_regular(after, path)
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
    raise UnsafeFileError(errno.ELOOP, path)


def create_regular(path: str | Path, *, folder: int | None = None) -> int:
    """Return a descriptor, for reading and writing, of a new file; raises FileExistsError if it exists."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | _FLAGS | _NO_LINKS
    return os.open(path, flags, 0o666, dir_fd=folder)


def check_regular(status: os.stat_result, path: object) -> None:
    """Raise `UnsafeFileError` unless ``status`` is that of a regular file."""
    if is_link(status):
        raise UnsafeFileError(errno.ELOOP, path)
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeFileError(errno.EINVAL, path)


def is_link(status: os.stat_result) -> bool:
    """Return whether ``status`` is that of a symbolic link, or of a Windows junction."""
    tag = getattr(status, "st_reparse_tag", 0)
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    return stat.S_ISLNK(status.st_mode) or (tag != 0 and tag == junction)


def read_bounded(handle: int, most: int, path: object) -> bytes:
    """Return all bytes of an open file; raises `UnsafeFileError` if it has more than ``most``."""
    size = os.fstat(handle).st_size
    if size > most:
        raise UnsafeFileError(errno.EFBIG, path)
    data = os.read(handle, size + 1)
    while more := os.read(handle, _CHUNK):  # the file grows, or the system returned less than requested
        data += more
        if len(data) > most:
            raise UnsafeFileError(errno.EFBIG, path)
    return data


def _opened(path: str | Path, flags: int, folder: int | None) -> int:
    try:
        return os.open(path, flags, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):  # EMLINK is FreeBSD's error for a link
            raise UnsafeFileError(errno.ELOOP, path) from error
        if error.errno in (errno.ENXIO, errno.EOPNOTSUPP):  # a FIFO without a reader, or a socket
            raise UnsafeFileError(errno.EINVAL, path) from error
        raise
