"""The runs that the window knows, and the one that it looks at: read on a timer, never pushed.

The reads themselves are done in other threads (`lstm_viz.app.folder_reads`).
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.bin import Bin
from lstm_viz.app.folder_reads import LIMIT_SECONDS, FolderReads, in_time, within
from lstm_viz.app.moment import Moment, moment_of
from lstm_viz.app.run_data import RunData
from lstm_viz.app.run_lists import Entry, RunLists, no_answer
from lstm_viz.app.run_reader import RunNews
from lstm_viz.app.saturations import Saturations
from lstm_viz.app.state import Look, State, TrainingLook
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder, Status
from lstm_viz.runs.gates import Saturation
from lstm_viz.runs.shelf import Shelf

#: A model of this name is the run whose folder follows.
RUN = "run:"

_BEHIND_MS = 5  # a part of a long history takes about that, too
_LIVE_MS = 33  # thirty times a second
_CALM_MS = 500
_LIST_MS = 2000
#: Reading takes at most this share of the time, however slow the disk.
_SHARE = 0.1


def run_path(model: str) -> Path | None:
    """Return the run folder that a model's name stands for; None for a preset."""
    return Path(model.removeprefix(RUN)) if model.startswith(RUN) else None


def model_name(path: Path) -> str:
    """Return the name of the model that a run trains."""
    return f"{RUN}{path}"


class Runs(QObject):
    """Follows the run that is looked at and those beside it.

    Attributes
    ----------
    shelf : Shelf
    entries : tuple of Entry
        Every run of the shelf, and those opened from elsewhere.
    shelf_trouble : str
        That the shelf does not answer, a sentence; empty if it does.
    current : RunData or None
        The run whose model is looked at (`State.look.model`).
    moment : Moment or None
        The run and the epoch that are looked at, which everything on the Training page is about; None
        without a run.
    compared : tuple of RunData
        The others of `State.training.compared`, in its order.
    begun : dict of Path to (Status or None)
        The runs that a trainer of this window was started for, and what each said of itself before that.

    Signals
    -------
    entries_changed(), current_changed()
        Another list; another run, or none.
    moment_changed(moment)
        Another run or epoch is selected, or the selected run has changed.
    grown(data)
        A followed run has something new: steps, epochs, status, or trouble.
    """

    entries_changed = Signal()
    current_changed = Signal()
    moment_changed = Signal(object)
    grown = Signal(object)

    def __init__(self, state: State, shelf: Shelf) -> None:
        super().__init__()
        self._state, self.shelf = state, shelf
        self.entries: tuple[Entry, ...] = ()
        self.shelf_trouble = ""
        self.current: RunData | None = None
        self.moment: Moment | None = None
        self.compared: tuple[RunData, ...] = ()
        self.begun: dict[Path, Status | None] = {}
        self._bin, self._reads = Bin(shelf), FolderReads(self)
        self._lists = RunLists(self._reads, shelf.folder)
        self._lists.changed.connect(self._take_entries)
        self._saturations = Saturations(self._reads)
        self._saturations.arrived.connect(self.grown)
        self._due: dict[Path, float] = {}
        self._quiet = False
        self._reading, self._listing = QTimer(self), QTimer(self)
        for timer, slot in ((self._reading, self._poll_again), (self._listing, self._list_again)):
            timer.setSingleShot(True)
            timer.timeout.connect(slot)
        self.grown.connect(self._find_moment)  # the first slot: later ones find `moment` current
        state.look_changed.connect(self._look_changed)
        state.training_changed.connect(self._training_changed)

    def start(self) -> None:
        """Begin to follow; what was compared and is there no more is forgotten."""
        compared = self._state.training.compared
        there = within(LIMIT_SECONDS / 4, lambda: tuple(filter(_is_run, compared)), compared)
        self._state.change_training(compared=there)
        self._list_again()
        self._follow()
        self._poll_again()
        self._reads.run("bin", self._bin.clear_left, lambda _: None)

    def stop(self) -> None:
        """Follow no more, and let go of what was deleted."""
        self._reading.stop()
        self._listing.stop()
        self._reads.clear()
        within(LIMIT_SECONDS, self._bin.clear, None)  # what is left the next window removes

    # ------------------------------------------------------------ what a person does to a run

    def follows(self, path: Path) -> RunData | None:
        """Return what is known of a run that is followed."""
        return next((data for data in (self.current, *self.compared) if data and data.path == path), None)

    def is_live(self, data: RunData) -> bool:
        """Tell whether a trainer works on a run, be it that it only loads as yet."""
        return data.written or self.is_loaded_for(data)

    def is_loaded_for(self, data: RunData) -> bool:
        """Tell whether a trainer of this window loads for a run, and has said nothing yet."""
        return data.path in self.begun and data.status == self.begun[data.path]

    def rename(self, path: Path, name: str) -> None:
        """Call a run something else; raises OSError."""
        in_time(lambda: RunFolder(path).rename(name))
        self.relist()
        data = self.follows(path)
        if data is not None:
            self.read(data)

    def delete(self, path: Path) -> Path:
        """Put a run into the bin and return where it is until the program ends; raises OSError."""
        binned = in_time(lambda: self._bin.put(path))
        self.leave_elsewhere(path)
        self.relist()
        return binned

    def restore(self, binned: Path) -> Path:
        """Take a run out of the bin and return where it is; raises OSError."""
        path = in_time(lambda: self._bin.take_out(binned))
        self._list_elsewhere(path)
        self.relist()
        return path

    def open_elsewhere(self, path: Path) -> None:
        """Put a run folder from outside of the shelf into the list; raises `RunError` if it is none."""
        late: RunError | None = RunError("missing", no_answer(path, LIMIT_SECONDS))
        error = within(LIMIT_SECONDS, lambda: _error_of(path), late)
        if error is not None:
            raise error
        self._list_elsewhere(path)

    def _list_elsewhere(self, path: Path) -> None:
        if path.parent != self.shelf.folder:
            others = tuple(p for p in self._state.training.elsewhere if p != str(path))
            self._state.change_training(elsewhere=(str(path), *others))

    def leave_elsewhere(self, path: Path) -> None:
        """Take a run folder from outside of the shelf off the list; its files stay."""
        training = self._state.training
        self._state.change_training(
            elsewhere=tuple(p for p in training.elsewhere if p != str(path)),
            compared=tuple(p for p in training.compared if p != str(path)),
        )

    def compare(self, path: Path, on: bool) -> None:
        """Lay a run over the current one, or take it away."""
        others = tuple(p for p in self._state.training.compared if p != str(path))
        self._state.change_training(compared=(*others, str(path)) if on else others)

    # ------------------------------------------------------------ reading

    def relist(self) -> None:
        """Look which runs there are."""
        self._lists.read(tuple(map(Path, self._state.training.elsewhere)))

    def _take_entries(self) -> None:
        found = self._lists.entries, self._lists.trouble
        if found != (self.entries, self.shelf_trouble):
            self.entries, self.shelf_trouble = found
            self.entries_changed.emit()

    def poll(self) -> None:
        """Read what is new of the followed runs now."""
        for data in self._followed:
            if not self._reads.is_busy(data.path):
                self.read(data)

    def _poll_again(self) -> None:
        """Read what is new of the followed runs, and again in a while: sooner while one is being written.

        A long history is read in parts, with time for the window between them.
        """
        try:
            for data in self._followed:
                if self._reads.is_busy(data.path):
                    self._say_if_late(data)
                elif monotonic() >= self._due.get(data.path, 0.0):
                    self.read(data)
        finally:  # what goes wrong with one folder does not end the following of all
            self._reading.start(self._pause())

    @property
    def _followed(self) -> tuple[RunData, ...]:
        return tuple(data for data in (self.current, *self.compared) if data is not None)

    def read(self, data: RunData, then: Callable[[], None] | None = None) -> None:
        """Read what is new of a run, and call ``then`` when it has been read."""

        def take(news: RunNews) -> None:
            self._due[data.path] = monotonic() + news.seconds * (1 / _SHARE - 1) * (not news.behind)
            if data.path in self.begun and news.run is None:
                news = replace(news, trouble="")  # its trainer has not made it yet
            if data.take(news) and not self._quiet:
                self.grown.emit(data)
            if then is not None:
                then()

        self._reads.run(data.path, data.reader.read, take)

    def is_being_read(self, data: RunData) -> bool:
        """Tell whether a read of a run has not been answered yet."""
        return self._reads.is_busy(data.path)

    def saturation_at(self, data: RunData, step: int | None) -> Saturation | None:
        """Return the newest line of ``gates.jsonl`` up to ``step``, as far as it is known.

        Where it has to be read first, `grown` tells when it was.
        """
        return None if step is None else self._saturations.at(data, step)

    def has_saturation_of(self, data: RunData, step: int | None) -> bool:
        """Tell whether that line is of ``step``, and not of what was asked for before."""
        return step is None or self._saturations.is_read(data, step)

    def _say_if_late(self, data: RunData) -> None:
        seconds = self._reads.seconds_waited(data.path)
        if seconds > LIMIT_SECONDS and not data.trouble:
            data.trouble = no_answer(data.path, LIMIT_SECONDS)
            self.grown.emit(data)

    def _pause(self) -> int:
        """Return in how many milliseconds to look again."""
        live = self._state.training.shown and any(data.written for data in self._followed)
        if any(data.behind for data in self._followed):
            return _BEHIND_MS
        return _LIVE_MS if live else _CALM_MS

    def _list_again(self) -> None:
        """Look which runs there are, and again in a while."""
        self.relist()
        self._listing.start(max(_LIST_MS, int(1000 * self._lists.seconds / _SHARE)))

    def _find_moment(self, *_: object) -> None:
        """Find the one moment that all panels show: the selected epoch of the selected run, as it is now."""
        data = self.current
        moment = None if data is None else moment_of(data, self._state.look.epoch)
        if moment != self.moment:
            self.moment = moment
            self.moment_changed.emit(moment)

    def _look_changed(self, new: Look, old: Look) -> None:
        if new.model != old.model:
            self._follow()
        elif new.epoch != old.epoch:
            self._find_moment()

    def _training_changed(self, new: TrainingLook, old: TrainingLook) -> None:
        if new.elsewhere != old.elsewhere:
            self.relist()
        if new.compared != old.compared:
            self._follow()
        if new.shown and not old.shown and self._listing.isActive():
            self._poll_again()

    def _follow(self) -> None:
        """Follow what is looked at now; what was followed already is not read anew."""
        known = {data.path: data for data in (self.current, *self.compared) if data is not None}
        wanted = run_path(self._state.look.model)
        before = self.current
        self.current = None if wanted is None else known.get(wanted) or RunData(wanted)
        others = (Path(path) for path in self._state.training.compared)
        self.compared = tuple(known.get(path) or RunData(path) for path in others if path != wanted)
        self._quiet = True  # what is read at once is told by `current_changed`
        for data in (self.current, *self.compared):
            if data is not None and data not in known.values():
                self.read(data)
        self._quiet = False
        if self._reading.isActive():
            self._reading.start(0)  # what is followed anew may have more to be read
        if self.current is not before:
            self._find_moment()
            self.current_changed.emit()


def _is_run(path: str) -> bool:
    return RunFolder(Path(path)).exists()


def _error_of(path: Path) -> RunError | None:
    """Return why a folder is no run; None where it is one."""
    try:
        RunFolder(path).run()
    except RunError as error:
        return error
    return None
