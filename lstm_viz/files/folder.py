"""Access to the files of an untrusted folder.

A file is opened by a plain name, relative to a descriptor of its folder, so that no link, whenever it was
made, leads out of it. It must be a regular file, it is read up to a given size, and opening it never blocks.
The path of the folder itself is chosen by the user, and may contain links.
"""

import contextlib
import errno
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lstm_viz.files.errors import UnsafeFileError
from lstm_viz.files.moving import move
from lstm_viz.files.regular import check_regular, create_regular, is_link, open_regular, read_bounded

_HAS_DESCRIPTORS = os.open in os.supports_dir_fd
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_FOLDER_BELOW = _FOLDER | getattr(os, "O_NOFOLLOW", 0)
#: Names that would lead elsewhere: "", ".", "..", separators; on Windows streams, drives and aliases.
_NOT_PLAIN = re.compile(r"^\.{0,2}$|[/\0]" if os.name == "posix" else r"^\.{0,2}$|[/\\:\0-\x1f]|[. ]$")
_TEMPORARY = re.compile(r"\..+\.\d+(\.[0-9a-f]+)?")

#: What is written to a file: bytes, or pieces of them.
Content = bytes | Iterable[bytes | memoryview]


@dataclass(frozen=True, slots=True)
class _Opened:
    """An open folder: a descriptor if the system can open files relative to one, else its path."""

    path: Path
    handle: int | None

    def at(self, name: str) -> str:
        return name if self.handle is not None else str(self.path / name)

    def status(self, name: str) -> os.stat_result:
        return os.stat(self.at(name), dir_fd=self.handle, follow_symlinks=False)

    def sync(self) -> None:
        """Sync the folder itself, so that new names are durable (not possible nor needed on Windows)."""
        if self.handle is not None:
            with contextlib.suppress(OSError):
                os.fsync(self.handle)


class Folder:
    """A folder by its path, or a subfolder; nothing is opened before a method is called.

    All methods raise OSError if something cannot be read or written, and its subclass `UnsafeFileError` if a
    name is not plain, or the file is a link or not a regular file.
    """

    def __init__(self, path: Path, below: tuple[str, ...] = ()) -> None:
        self._root, self._below = path, below
        self.path = path.joinpath(*below)

    def folder(self, name: str) -> "Folder":
        """Return a subfolder."""
        return Folder(self._root, (*self._below, _plain(name)))

    def make(self) -> None:
        """Create this folder if it does not exist; with its parents, unless it is a subfolder."""
        if not self._below:
            self.path.mkdir(parents=True, exist_ok=True)
            return
        above = Folder(self._root, self._below[:-1])
        with above._opened() as opened, contextlib.suppress(FileExistsError):
            os.mkdir(opened.at(self._below[-1]), dir_fd=opened.handle)
        with self._opened():
            pass  # raises if it is a link

    def names(self) -> tuple[str, ...]:
        """Return the names in the folder, in arbitrary order."""
        with self._opened() as opened:
            return tuple(os.listdir(self.path if opened.handle is None else opened.handle))  # noqa: PTH208

    def status(self, name: str) -> os.stat_result | None:
        """Return the status of a regular file; None if there is none."""
        try:
            with self._opened() as opened:
                status = opened.status(_plain(name))
            check_regular(status, self.path / name)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status

    def has(self, name: str) -> bool:
        """Return whether a regular file of this name exists; False also if it cannot be read."""
        try:
            return self.status(name) is not None
        except OSError:
            return False

    def read(self, name: str, most: int) -> bytes:
        """Return the bytes of a file; raises `UnsafeFileError` if it has more than ``most``."""
        with self.open(name) as file:
            return read_bounded(file.fileno(), most, self.path / name)

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading, unbuffered."""
        with self._opened() as opened:
            handle = open_regular(opened.at(_plain(name)), folder=opened.handle)
        return os.fdopen(handle, "rb", buffering=0)

    def open_to_grow(self, name: str) -> int:
        """Return a descriptor, for reading and writing, of an existing or new file.

        A file with further hard links, as in a snapshot of the folder, is copied before, so that those stay
        unchanged.
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

    def replace(self, name: str, data: Content, *, lasting: bool = True) -> None:
        """Replace a file atomically: write a temporary file and rename it.

        The permissions of the old file are kept. ``lasting`` syncs the file too, so that it survives a crash
        of the machine. On an error the old file is unchanged.
        """
        # 40 characters: a name may have 255 bytes, and a character has up to 4
        temporary = f".{_plain(name)[:40]}.{os.getpid()}.{secrets.token_hex(4)}"
        with self._opened() as opened:
            mode = _mode_of(opened, name)
            handle = create_regular(opened.at(temporary), folder=opened.handle)
            try:
                _write(handle, data, mode, lasting=lasting)
                move(opened.at(temporary), opened.at(name), folder=opened.handle)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(opened.at(temporary), dir_fd=opened.handle)
                raise
            if lasting:
                opened.sync()

    def remove(self, name: str) -> None:
        """Remove a file, or a link itself; does nothing if there is none."""
        with self._opened() as opened, contextlib.suppress(FileNotFoundError):
            os.unlink(opened.at(_plain(name)), dir_fd=opened.handle)

    def remove_temporaries(self) -> None:
        """Remove temporary files that a killed `replace` has left; only for the writer of this folder."""
        for name in self.names():
            if _TEMPORARY.fullmatch(name):
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
    """Return the permissions of a regular file; None if there is none."""
    try:
        status = opened.status(name)
    except FileNotFoundError:
        return None
    return stat.S_IMODE(status.st_mode) if stat.S_ISREG(status.st_mode) else None


def _write(handle: int, data: Content, mode: int | None, *, lasting: bool) -> None:
    """Write all data to a descriptor, and close it."""
    try:
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(handle, mode)
        for piece in (data,) if isinstance(data, bytes) else data:
            rest = memoryview(piece)
            while rest:
                rest = rest[os.write(handle, rest) :]
        if lasting:
            os.fsync(handle)
    finally:
        os.close(handle)
