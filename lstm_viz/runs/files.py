"""Files that are whole or not there: replaced at once, or grown by whole lines."""

import contextlib
import hashlib
import os
import time
from pathlib import Path

_TAIL = 1 << 20  # longer than any line of ours
_REFUSED_SECONDS, _AGAIN_SECONDS = 1.0, 0.02


def replace(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Write ``data`` aside and put it in the place of ``path``; a reader sees the old or the new.

    ``lasting`` syncs it too, so that it survives a crash of the machine.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is still there.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        move(aside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    if lasting:
        _sync_folder(path.parent)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder, in the place of a file that is there; refused, try again for a second.

    On Windows a file that another program has open, such as a virus scanner, cannot be renamed meanwhile.

    Raises
    ------
    OSError
        If it cannot be renamed.
    """
    end = time.monotonic() + _REFUSED_SECONDS
    while True:
        try:
            os.replace(source, target)  # noqa: PTH105  # the same, and one place for tests to refuse it
            return
        except PermissionError:
            if time.monotonic() > end:
                raise
            time.sleep(_AGAIN_SECONDS)


def clear_asides(folder: Path) -> None:
    """Take away what `replace` left where it was killed; only for the one who writes this folder."""
    for path in folder.glob(".*.[0-9]*"):
        with contextlib.suppress(OSError):
            path.unlink()


def sha256(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make the new name as lasting as the bytes, where the system can (Windows cannot, and need not)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class LineFile:
    """A file that only grows, a whole line at a time.

    Opening it cuts off a torn last line, which a kill or a full disk left: it was never acknowledged.
    Raises OSError where it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        self._size = _whole_lines(path)
        os.ftruncate(self._handle, self._size)
        os.lseek(self._handle, 0, os.SEEK_END)

    def last(self) -> bytes:
        """Return the last line, without its newline; empty where there is none."""
        os.lseek(self._handle, max(0, self._size - _TAIL), os.SEEK_SET)
        tail = os.read(self._handle, min(self._size, _TAIL))
        os.lseek(self._handle, self._size, os.SEEK_SET)
        return tail.removesuffix(b"\n").rpartition(b"\n")[2]

    def append(self, line: bytes) -> None:
        """Write one line, which has no newline yet; it survives a kill of the program from here on.

        Raises
        ------
        OSError
            If it cannot be written whole; then nothing of it is left in the file.
        """
        data = line + b"\n"
        try:
            written = 0
            while written < len(data):
                written += os.write(self._handle, data[written:])
        except BaseException:  # Ctrl+C too
            os.ftruncate(self._handle, self._size)
            os.lseek(self._handle, 0, os.SEEK_END)
            raise
        self._size += len(data)

    def sync(self) -> None:
        """Make what was written survive a crash of the machine too."""
        os.fsync(self._handle)

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _whole_lines(path: Path, block: int = 1 << 16) -> int:
    """Return the length of the file up to the end of its last whole line."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - block)
            file.seek(start)
            place = file.read(end - start).rfind(b"\n")
            if place >= 0:
                return start + place + 1
            end = start
    return 0
