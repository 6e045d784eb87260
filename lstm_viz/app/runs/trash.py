"""The trash of the run library: deleted runs can be restored until the program ends."""

from contextlib import suppress
from pathlib import Path
from threading import Lock

from filelock import BaseFileLock, Timeout

from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.library import RunLibrary
from lstm_viz.runs.locks import release


class Trash:
    """The deleted runs; each is locked, so that no other window removes it as left behind."""

    def __init__(self, library: RunLibrary) -> None:
        self._library = library
        self._locks: dict[Path, BaseFileLock | None] = {}
        self._lock = Lock()

    def delete(self, path: Path) -> Path:
        """Move a run to the trash and return its path there; raises OSError."""
        with self._lock:
            trashed = self._library.delete(path)
            self._locks[trashed] = _locked(trashed)
        return trashed

    def restore(self, trashed: Path) -> Path:
        """Restore a run and return its path; raises OSError."""
        self._release(trashed)
        try:
            return self._library.restore(trashed)
        except OSError:
            self._locks[trashed] = _locked(trashed)
            raise

    def clear(self) -> None:
        """Remove the runs that were deleted for good; may be called in another thread."""
        while self._locks:
            trashed = next(iter(self._locks))
            self._release(trashed)
            self._library.purge(trashed)

    def clear_left(self) -> None:
        """Remove the trash of windows that were killed; may be called in another thread."""
        for trashed in self._library.trashed():
            with self._lock:  # else a run that is just being deleted could be removed
                is_left = trashed not in self._locks and not RunFolder(trashed).is_written()
                retired = self._library.retire(trashed) if is_left else None
            self._library.remove(retired)

    def _release(self, trashed: Path) -> None:
        lock = self._locks.pop(trashed)
        if lock is not None:
            release(lock)


def _locked(path: Path) -> BaseFileLock | None:
    """Return the run's acquired lock; None if it cannot be acquired: the run can be restored all the same."""
    with suppress(Timeout, OSError, NotImplementedError):
        lock = RunFolder(path).lock()
        lock.acquire(blocking=False)
        return lock
    return None
