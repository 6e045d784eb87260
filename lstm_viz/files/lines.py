"""Files that grow by whole lines: the one who writes, and those who read meanwhile."""

import contextlib
import os
from pathlib import Path

from lstm_viz.files.folder import Folder

_TAIL = 1 << 20  # longer than any line of ours that is looked for at the end
_LONGEST = 1 << 22  # a line that is longer than this and a block is none of ours
_BLOCK = 1 << 16


class LineFile:
    """A file that only grows, a whole line at a time.

    Opening it cuts off a torn last line, which a kill or a full disk left: it was never acknowledged.
    Raises OSError where it cannot be opened.
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


class LineReader:
    """Reads the whole lines that were added to a file since the last time.

    A torn last line is read again at the next call: whoever writes may have cut it off meanwhile. ``behind``
    tells whether the last call left something for the next, ``start`` at which byte its lines begin and
    ``first`` the number of the first of them, counted from 1. ``rest`` is what stands behind the last whole
    line of the file, and ``next`` the number of that; empty while it is behind.
    """

    def __init__(self, path: Path, block: int = 1 << 22) -> None:
        self._folder, self._name, self._block = Folder(path.parent), path.name, block
        self.behind = False
        self.rest = b""
        self.start, self.first, self.next = 0, 1, 1
        self._place = 0
        self._identity: tuple[int, int] | None = None

    def new(self) -> tuple[bool, list[bytes]]:
        """Return whether the file is another than last time (what was read is void), and its new lines.

        At most a block at a time is read, or one line of a few MB; more is there at the next call. A file
        that is not there is empty. Raises OSError where it cannot be read.
        """
        most = self._block
        try:
            with self._folder.open(self._name) as file:
                anew = self._is_another(os.fstat(file.fileno()))
                file.seek(self._place)
                data = file.read(most)
                if len(data) == most and b"\n" not in data:  # an epoch of a large tagset, with its confusions
                    data, most = data + file.read(_LONGEST), most + _LONGEST
        except FileNotFoundError:
            anew, data = self._identity is not None, b""
            self._identity = None
            self._rewind()
        self.behind = len(data) == most
        whole = data.rfind(b"\n") + 1
        if not whole and self.behind:
            whole = len(data)  # no line of ours is that long: the file is damaged here
        lines = data[:whole].split(b"\n")[:-1] if whole else []
        self.rest = b"" if self.behind else data[whole:]
        self.start, self.first = self._place, self.next
        self._place += whole
        self.next += len(lines)
        return anew, lines

    def read_again(self, start: int, size: int) -> bytes:
        """Return bytes that `new` has read; none where it is another file by now, or cannot be read."""
        with contextlib.suppress(OSError), self._folder.open(self._name) as file:
            if _identity(os.fstat(file.fileno())) == self._identity:
                file.seek(start)
                return file.read(size)
        return b""

    def _is_another(self, status: os.stat_result) -> bool:
        identity, before = _identity(status), self._identity
        self._identity = identity
        if before is None or (identity == before and status.st_size >= self._place):
            return False
        self._rewind()
        return True

    def _rewind(self) -> None:
        self._place, self.next = 0, 1


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _whole_lines(handle: int) -> int:
    """Return the length of the file up to the end of its last whole line."""
    end = os.lseek(handle, 0, os.SEEK_END)
    while end:
        start = max(0, end - _BLOCK)
        os.lseek(handle, start, os.SEEK_SET)
        place = os.read(handle, end - start).rfind(b"\n")
        if place >= 0:
            return start + place + 1
        end = start
    return 0
