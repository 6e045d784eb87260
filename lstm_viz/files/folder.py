"""A folder whose content is not trusted: the one way to what lies in it.

A file is opened by a plain name, below a descriptor of its folder, so that no link, whenever it was made,
leads out of it. It must be a regular file, it is read up to a size that is said, and opening it never waits.
The path of the folder itself is the person's own choice, and may have links.
"""

import contextlib
import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lstm_viz.files.errors import UnsafeFileError
from lstm_viz.files.moving import move
from lstm_viz.files.regular import check_regular, create_regular, is_link, open_regular, read_bounded

_HAS_DESCRIPTORS = os.open in os.supports_dir_fd
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_FOLDER_BELOW = _FOLDER | getattr(os, "O_NOFOLLOW", 0)
#: What would lead elsewhere: "", ".", "..", separators, and on Windows streams, drives, and other names.
_NOT_PLAIN = re.compile(r"^\.{0,2}$|[/\0]" if os.name == "posix" else r"^\.{0,2}$|[/\\:\0-\x1f]|[. ]$")
_ASIDE = re.compile(r"\..+\.\d+(\.[0-9a-f]+)?")


@dataclass(frozen=True, slots=True)
class _Opened:
    """An open folder: a descriptor where the system can open files below one, else its path."""

    path: Path
    handle: int | None

    def at(self, name: str) -> str:
        return name if self.handle is not None else str(self.path / name)

    def status(self, name: str) -> os.stat_result:
        return os.stat(self.at(name), dir_fd=self.handle, follow_symlinks=False)

    def sync(self) -> None:
        """Make new names as lasting as the bytes, where the system can (Windows cannot, and need not)."""
        if self.handle is not None:
            with contextlib.suppress(OSError):
                os.fsync(self.handle)


class Folder:
    """A folder by its path, or one below another; nothing is opened before it is asked for.

    All methods raise OSError where something cannot be read or written, and `UnsafeFileError`, a kind of
    OSError, where a name is not plain, or what lies there is a link or not a regular file.
    """

    def __init__(self, path: Path, below: tuple[str, ...] = ()) -> None:
        self._root, self._below = path, below
        self.path = path.joinpath(*below)

    def folder(self, name: str) -> "Folder":
        """Return the folder of this name in this one."""
        return Folder(self._root, (*self._below, _plain(name)))

    def make(self) -> None:
        """Make this folder where it is not there yet; with its parents, unless it is below another."""
        if not self._below:
            self.path.mkdir(parents=True, exist_ok=True)
            return
        above = Folder(self._root, self._below[:-1])
        with above._opened() as opened, contextlib.suppress(FileExistsError):
            os.mkdir(opened.at(self._below[-1]), dir_fd=opened.handle)
        with self._opened():
            pass  # it is no link

    def names(self) -> tuple[str, ...]:
        """Return the names of all that lies in the folder, in no order."""
        with self._opened() as opened:
            return tuple(os.listdir(self.path if opened.handle is None else opened.handle))  # noqa: PTH208

    def status(self, name: str) -> os.stat_result | None:
        """Return the status of a regular file; None where there is none."""
        try:
            with self._opened() as opened:
                status = opened.status(_plain(name))
            check_regular(status, self.path / name)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status

    def has(self, name: str) -> bool:
        """Return whether a regular file of this name is there; False also where that cannot be told."""
        try:
            return self.status(name) is not None
        except OSError:
            return False

    def read(self, name: str, most: int) -> bytes:
        """Return the bytes of a file; raises `UnsafeFileError` where it has more than ``most``."""
        with self.open(name) as file:
            return read_bounded(file.fileno(), most, self.path / name)

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading, unbuffered."""
        with self._opened() as opened:
            handle = open_regular(opened.at(_plain(name)), folder=opened.handle)
        return os.fdopen(handle, "rb", buffering=0)

    def open_to_grow(self, name: str) -> int:
        """Return a descriptor, for reading and writing, of a file that is there or new.

        A file with another name elsewhere (a hard link, as a snapshot of the folder may have) is copied
        before, so that the other stays as it is.
        """
        try:
            with self._opened() as opened:
                return create_regular(opened.at(_plain(name)), folder=opened.handle)
        except FileExistsError:
            pass
        status = self.status(name)
        if status is not None and status.st_nlink > 1:
            self.replace(name, self.read(name, status.st_size))
        with self._opened() as opened:
            return open_regular(opened.at(name), os.O_RDWR, folder=opened.handle)

    def replace(self, name: str, data: bytes, *, lasting: bool = True) -> None:
        """Write ``data`` aside and put it in the place of a file; a reader sees the old or the new.

        A new file keeps the permissions of the old one. ``lasting`` syncs it too, so that it survives a crash
        of the machine. What cannot be written leaves the old file as it was.
        """
        # 40 characters: a name may have 255 bytes, and a character has up to 4
        aside = f".{_plain(name)[:40]}.{os.getpid()}.{secrets.token_hex(4)}"
        with self._opened() as opened:
            mode = _mode_of(opened, name)
            handle = create_regular(opened.at(aside), folder=opened.handle)
            try:
                _write(handle, data, mode, lasting=lasting)
                move(opened.at(aside), opened.at(name), folder=opened.handle)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(opened.at(aside), dir_fd=opened.handle)
                raise
            if lasting:
                opened.sync()

    def remove(self, name: str) -> None:
        """Remove a file or a link, not what it leads to; nothing happens where there is none."""
        with self._opened() as opened, contextlib.suppress(FileNotFoundError):
            os.unlink(opened.at(_plain(name)), dir_fd=opened.handle)

    def clear_asides(self) -> None:
        """Remove what `replace` left where it was killed; only for the one who writes this folder."""
        for name in self.names():
            if _ASIDE.fullmatch(name):
                with contextlib.suppress(OSError):
                    self.remove(name)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[_Opened]:
        try:
            handle = self._open_below()
        except ValueError as error:  # a NUL, or half a surrogate pair
            raise UnsafeFileError(errno.ENOENT, self.path) from error
        try:
            yield _Opened(self.path, handle)
        finally:
            if handle is not None:
                os.close(handle)

    def _open_below(self) -> int | None:
        if not _HAS_DESCRIPTORS:
            self._check_below()
            return None
        handle = os.open(self._root, _FOLDER)
        for name in self._below:
            above = handle
            try:
                handle = os.open(name, _FOLDER_BELOW, dir_fd=above)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENOTDIR) and _is_link(above, name):
                    raise UnsafeFileError(errno.ELOOP, self.path) from error
                raise
            finally:
                os.close(above)
        return handle

    def _check_below(self) -> None:
        path = self._root
        for name in self._below:
            path = path / name
            if is_link(path.lstat()):
                raise UnsafeFileError(errno.ELOOP, path)


def _plain(name: str) -> str:
    try:
        os.fsencode(name)
    except UnicodeEncodeError as error:  # half a surrogate pair
        raise UnsafeFileError(errno.ENOENT, ascii(name)) from error
    if _NOT_PLAIN.search(name):
        raise UnsafeFileError(errno.ENOENT, name)
    return name


def _is_link(folder: int, name: str) -> bool:
    with contextlib.suppress(OSError):
        return is_link(os.stat(name, dir_fd=folder, follow_symlinks=False))
    return False


def _mode_of(opened: _Opened, name: str) -> int | None:
    """Return the permissions of a file that is there; None where none is."""
    try:
        status = opened.status(name)
    except FileNotFoundError:
        return None
    return stat.S_IMODE(status.st_mode) if stat.S_ISREG(status.st_mode) else None


def _write(handle: int, data: bytes, mode: int | None, *, lasting: bool) -> None:
    """Write a new file whole, and close it."""
    try:
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(handle, mode)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        if lasting:
            os.fsync(handle)
    finally:
        os.close(handle)
