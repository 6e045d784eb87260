"""The bin of runs: what was deleted can be taken back until the program ends."""

from contextlib import suppress
from pathlib import Path
from threading import Lock

from filelock import BaseFileLock, Timeout

from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.locks import release
from lstm_viz.runs.shelf import Shelf


class Bin:
    """Holds the lock of every run in it: no other window takes it for one that was left behind."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._held: dict[Path, BaseFileLock | None] = {}
        self._lock = Lock()

    def put(self, path: Path) -> Path:
        """Put a run into the bin and return where it is now; raises OSError."""
        with self._lock:
            binned = self._shelf.delete(path)
            self._held[binned] = _hold(binned)
        return binned

    def take_out(self, binned: Path) -> Path:
        """Take a run out of the bin and return where it is now; raises OSError."""
        self._release(binned)
        try:
            return self._shelf.restore(binned)
        except OSError:
            self._held[binned] = _hold(binned)
            raise

    def clear(self) -> None:
        """Let go for good of what was put here; may be called in another thread."""
        while self._held:
            binned = next(iter(self._held))
            self._release(binned)
            self._shelf.purge(binned)

    def clear_left(self) -> None:
        """Let go of what the windows left on this shelf that were killed; may be called in another thread."""
        for binned in self._shelf.binned():
            with self._lock:  # else a run that is just being deleted could be taken for one of those
                is_left = binned not in self._held and not RunFolder(binned).is_written()
                retired = self._shelf.retire(binned) if is_left else None
            self._shelf.remove(retired)

    def _release(self, binned: Path) -> None:
        lock = self._held.pop(binned)
        if lock is not None:
            release(lock)


def _hold(path: Path) -> BaseFileLock | None:
    """Return the run's lock, held; None where it cannot be: the run can be taken back all the same."""
    with suppress(Timeout, OSError, NotImplementedError):
        lock = RunFolder(path).lock()
        lock.acquire(blocking=False)
        return lock
    return None
