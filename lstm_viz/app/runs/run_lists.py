"""The list of runs: those in the run library, and those opened from outside it."""

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QObject, Signal

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.runs.folder_reads import LIMIT_SECONDS, FolderReads
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Run, RunFolder, Status
from lstm_viz.runs.library import RunLibrary


@dataclass(frozen=True, slots=True)
class RunEntry:
    """An entry of the list of runs; if ``run`` is None, ``error`` is why it cannot be read."""

    path: Path
    name: str
    run: Run | None
    status: Status | None
    written: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class _LibraryEntries:
    """The entries of the run library, the links in it, and how long the read took."""

    entries: tuple[RunEntry, ...]
    linked: tuple[Path, ...]
    seconds: float


class RunLists(QObject):
    """Reads the run library, and each run outside it separately: a disk that hangs hides no other runs.

    A run that is linked from the library counts as external, too.

    Attributes
    ----------
    entries : tuple of RunEntry
        Those of the library first.
    seconds : float
        How long the last read of the library took.
    error : str
        The error message if the library does not respond; else empty.

    Signals
    -------
    changed()
        Something was read, possibly without a change.
    """

    changed = Signal()

    def __init__(self, reads: FolderReads, library: Path) -> None:
        super().__init__(reads)
        self._reads, self._library = reads, library
        self._in_library: tuple[RunEntry, ...] = ()
        self._external: dict[Path, RunEntry] = {}
        self._requested: tuple[Path, ...] = ()
        self._reading, self._again = False, False
        self._linked: tuple[Path, ...] = ()
        self.seconds, self.error = 0.0, ""

    @property
    def entries(self) -> tuple[RunEntry, ...]:
        there = {entry.path for entry in self._in_library}
        linked = (self._external[path] for path in self._linked if path in self._external)
        runs = (entry for entry in linked if entry.run is not None or entry.error)
        others = (self._external[path] for path in self._requested if path in self._external)
        return (*self._in_library, *runs, *(entry for entry in others if entry.path not in there))

    def read(self, external: tuple[Path, ...]) -> None:
        """Read the list; a run that does not respond is an entry with an error."""
        self._requested, self._reading = tuple(dict.fromkeys(external)), True
        self._read_library()
        wanted = dict.fromkeys((*self._linked, *self._requested))
        self._external = {path: entry for path, entry in self._external.items() if path in wanted}
        for path in wanted:
            self._read_one(path)
        self._reading = False
        self.changed.emit()

    def _read_library(self) -> None:
        self._again = self._reads.is_busy("library")  # the pending read may be outdated
        if not self._again:
            self._reads.run("library", lambda: _read_library(self._library), self._take_library)
        elif self._reads.seconds_waited("library") > LIMIT_SECONDS:
            self.error = no_answer(self._library, LIMIT_SECONDS)

    def _read_one(self, path: Path) -> None:
        key = "entry", path
        if not self._reads.is_busy(key):
            self._reads.run(key, lambda: read_entry(path), self._take)
        elif self._reads.seconds_waited(key) > LIMIT_SECONDS:
            self._external[path] = RunEntry(
                path, path.name, None, None, False, no_answer(path, LIMIT_SECONDS)
            )

    def _take_library(self, found: _LibraryEntries) -> None:
        self._in_library, self._linked, self.seconds = found.entries, found.linked, found.seconds
        self.error = ""
        if self._reading:
            return
        if self._again or set(found.linked) - self._external.keys():
            self.read(self._requested)
        else:
            self.changed.emit()

    def _take(self, entry: RunEntry) -> None:
        self._external[entry.path] = entry
        if not self._reading:
            self.changed.emit()


def read_entry(path: Path) -> RunEntry:
    """Return the entry of a run folder."""
    folder = RunFolder(path)
    try:
        run, message = folder.run(), ""
    except RunError as error:
        run, message = None, error_text(error)
    return RunEntry(path, folder.name, run, folder.status(), folder.is_written(), message)


def no_answer(path: Path, seconds: float) -> str:
    """Return the error message for a folder whose disk does not respond."""
    return error_text(unresponsive(path, seconds))


def unresponsive(path: Path, seconds: float) -> RunError:
    """Return the error for a folder whose disk does not respond."""
    return RunError("folder_unresponsive", path=str(path), seconds=seconds)


def _read_library(folder: Path) -> _LibraryEntries:
    began, library = perf_counter(), RunLibrary(folder)
    return _LibraryEntries(tuple(map(read_entry, library.paths())), library.linked(), perf_counter() - began)
