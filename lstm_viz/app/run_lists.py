"""Which runs there are: those of the shelf, and those that were opened from elsewhere."""

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QObject, Signal

from lstm_viz.app.folder_reads import LIMIT_SECONDS, FolderReads
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Run, RunFolder, Status
from lstm_viz.runs.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list of runs; ``run`` is None where ``trouble`` says why it cannot be read."""

    path: Path
    name: str
    run: Run | None
    status: Status | None
    written: bool
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class _Shelved:
    """What the shelf has, the links in it, and how long it took to read it."""

    entries: tuple[Entry, ...]
    linked: tuple[Path, ...]
    seconds: float


class RunLists(QObject):
    """Reads the shelf, and each run from elsewhere by itself: one disk that hangs hides no other.

    A run that is linked from the shelf is elsewhere, too.

    Attributes
    ----------
    entries : tuple of Entry
        Those of the shelf first.
    seconds : float
        How long the last read of the shelf took.
    trouble : str
        That the shelf does not answer, a sentence; empty if it does.

    Signals
    -------
    changed()
        Something was read; it may be as it was.
    """

    changed = Signal()

    def __init__(self, reads: FolderReads, shelf: Path) -> None:
        super().__init__(reads)
        self._reads, self._shelf = reads, shelf
        self._of_shelf: tuple[Entry, ...] = ()
        self._elsewhere: dict[Path, Entry] = {}
        self._asked: tuple[Path, ...] = ()
        self._asking, self._again = False, False
        self._linked: tuple[Path, ...] = ()
        self.seconds, self.trouble = 0.0, ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        there = {entry.path for entry in self._of_shelf}
        linked = (self._elsewhere[path] for path in self._linked if path in self._elsewhere)
        runs = (entry for entry in linked if entry.run is not None or entry.trouble)
        others = (self._elsewhere[path] for path in self._asked if path in self._elsewhere)
        return (*self._of_shelf, *runs, *(entry for entry in others if entry.path not in there))

    def read(self, elsewhere: tuple[Path, ...]) -> None:
        """Read what there is; what has not answered for a while is an entry that says so."""
        self._asked, self._asking = tuple(dict.fromkeys(elsewhere)), True
        self._read_shelf()
        wanted = dict.fromkeys((*self._linked, *self._asked))
        self._elsewhere = {path: entry for path, entry in self._elsewhere.items() if path in wanted}
        for path in wanted:
            self._read_one(path)
        self._asking = False
        self.changed.emit()

    def _read_shelf(self) -> None:
        self._again = self._reads.is_busy("shelf")  # that read may be of what was there before
        if not self._again:
            self._reads.run("shelf", lambda: _read_shelf(self._shelf), self._take_shelf)
        elif self._reads.seconds_waited("shelf") > LIMIT_SECONDS:
            self.trouble = no_answer(self._shelf, LIMIT_SECONDS)

    def _read_one(self, path: Path) -> None:
        key = "entry", path
        if not self._reads.is_busy(key):
            self._reads.run(key, lambda: read_entry(path), self._take)
        elif self._reads.seconds_waited(key) > LIMIT_SECONDS:
            self._elsewhere[path] = Entry(path, path.name, None, None, False, no_answer(path, LIMIT_SECONDS))

    def _take_shelf(self, found: _Shelved) -> None:
        self._of_shelf, self._linked, self.seconds = found.entries, found.linked, found.seconds
        self.trouble = ""
        if self._asking:
            return
        if self._again or set(found.linked) - self._elsewhere.keys():
            self.read(self._asked)
        else:
            self.changed.emit()

    def _take(self, entry: Entry) -> None:
        self._elsewhere[entry.path] = entry
        if not self._asking:
            self.changed.emit()


def read_entry(path: Path) -> Entry:
    """Return what a run folder says of itself."""
    folder = RunFolder(path)
    try:
        run, trouble = folder.run(), ""
    except RunError as error:
        run, trouble = None, str(error)
    return Entry(path, folder.name, run, folder.status(), folder.is_written(), trouble)


def no_answer(path: Path, seconds: float) -> str:
    """Return the sentence about a folder whose disk does not answer."""
    text = QCoreApplication.translate("RunLists", "%1 has not answered for %2 s: is its disk there?")
    return text.replace("%1", str(path)).replace("%2", f"{seconds:g}")


def _read_shelf(folder: Path) -> _Shelved:
    began, shelf = perf_counter(), Shelf(folder)
    return _Shelved(tuple(map(read_entry, shelf.paths())), shelf.linked(), perf_counter() - began)
