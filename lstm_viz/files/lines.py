"""Append-only files of whole lines: a writer, and readers that follow it."""

import contextlib
import os
from pathlib import Path

from lstm_viz.files.folder import Folder

_TAIL = 1 << 20  # longer than the last line of any file that is read with `last`
_LONGEST = 1 << 22  # longer lines (plus a block) are damage
_BLOCK = 1 << 16


class LineFile:
    """An append-only file of whole lines.

    Opening it truncates an incomplete last line, left by a kill or a full disk: it was never acknowledged.
    Raises OSError if it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._handle = Folder(path.parent).open_to_grow(path.name)
        try:
            self._size = _whole_lines(self._handle)
            if self._size != os.fstat(self._handle).st_size:
                os.ftruncate(self._handle, self._size)
            os.lseek(self._handle, 0, os.SEEK_END)
        except BaseException:
            self.close()
            raise

    def last(self) -> bytes:
        """Return the last line, without its newline; empty if there is none."""
        os.lseek(self._handle, max(0, self._size - _TAIL), os.SEEK_SET)
        tail = os.read(self._handle, min(self._size, _TAIL))
        os.lseek(self._handle, self._size, os.SEEK_SET)
        return tail.removesuffix(b"\n").rpartition(b"\n")[2]

    def append(self, line: bytes) -> None:
        """Append a line and a newline; once written, it survives a kill of the program.

        Raises
        ------
        OSError
            If it cannot be written whole; the file is then truncated to its old size.
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
        """Sync the file, so that its lines survive a crash of the machine too."""
        os.fsync(self._handle)

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


class LineReader:
    """Reads the whole lines that were appended to a file since the last call.

    An incomplete last line is read again by the next call: the writer may have truncated it. ``has_more`` is
    whether the file has more data than the last call has read; ``start`` is the offset of its lines in bytes
    and ``first`` the number of the first one, counted from 1. ``rest`` are the bytes after the last whole
    line of the file, empty while ``has_more``, and ``next`` is their line number.
    """

    def __init__(self, path: Path, block: int = 1 << 22) -> None:
        self._folder, self._name, self._block = Folder(path.parent), path.name, block
        self.has_more = False
        self.rest = b""
        self.start, self.first, self.next = 0, 1, 1
        self._place = 0
        self._identity: tuple[int, int] | None = None

    def new(self) -> tuple[bool, list[bytes]]:
        """Return whether the file was replaced or truncated (earlier lines are void), and its new lines.

        At most a block is read, or one line of a few MB; the next call returns more. A missing file is empty.
        Raises OSError if it cannot be read.
        """
        most = self._block
        try:
            with self._folder.open(self._name) as file:
                anew = self._is_another(os.fstat(file.fileno()))
                file.seek(self._place)
                data = file.read(most)
                if len(data) == most and b"\n" not in data:  # a confusion matrix of a large tagset
                    data, most = data + file.read(_LONGEST), most + _LONGEST
        except FileNotFoundError:
            anew, data = self._identity is not None, b""
            self._identity = None
            self._rewind()
        self.has_more = len(data) == most
        whole = data.rfind(b"\n") + 1
        if not whole and self.has_more:
            whole = len(data)  # no valid line is that long: the file is damaged here
        lines = data[:whole].split(b"\n")[:-1] if whole else []
        self.rest = b"" if self.has_more else data[whole:]
        self.start, self.first = self._place, self.next
        self._place += whole
        self.next += len(lines)
        return anew, lines

    def read_again(self, start: int, size: int) -> bytes:
        """Return bytes that `new` has read before; empty if the file was replaced, or cannot be read."""
        with contextlib.suppress(OSError), self._folder.open(self._name) as file:
            if _identity(os.fstat(file.fileno())) == self._identity:
                file.seek(start)
                return file.read(size)
        return b""

    def _is_another(self, status: os.stat_result) -> bool:
        identity, previous = _identity(status), self._identity
        self._identity = identity
        if previous is None or (identity == previous and status.st_size >= self._place):
            return False
        self._rewind()
        return True

    def _rewind(self) -> None:
        self._place, self.next = 0, 1


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _whole_lines(handle: int) -> int:
    """Return the offset of the end of the last whole line."""
    end = os.lseek(handle, 0, os.SEEK_END)
    while end:
        start = max(0, end - _BLOCK)
        os.lseek(handle, start, os.SEEK_SET)
        place = os.read(handle, end - start).rfind(b"\n")
        if place >= 0:
            return start + place + 1
        end = start
    return 0
