"""The list of runs and the selected run, polled on a timer.

The reads themselves are done in other threads (`lstm_viz.app.runs.folder_reads`).
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.runs.folder_reads import LIMIT_SECONDS, FolderReads, in_time, within
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_epoch import RunEpoch, run_epoch_of
from lstm_viz.app.runs.run_lists import RunEntry, RunLists, no_answer, unresponsive
from lstm_viz.app.runs.run_reader import RunUpdate
from lstm_viz.app.runs.saturations import Saturations
from lstm_viz.app.runs.trash import Trash
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.state import State
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder, Status
from lstm_viz.runs.gates import Saturation
from lstm_viz.runs.library import RunLibrary
from lstm_viz.uris import run_path

_BEHIND_MS = 5  # reading a block of a long history takes about as long
_LIVE_MS = 33  # thirty times a second
_CALM_MS = 500
_LIST_MS = 2000
#: Reading takes at most this share of the time, however slow the disk.
_SHARE = 0.1


class Runs(QObject):
    """Follows the selected run and those compared with it.

    Attributes
    ----------
    library : RunLibrary
    entries : tuple of RunEntry
        The runs of the library, and those opened from outside it.
    library_error : str
        The error message if the library does not respond; else empty.
    current : RunData or None
        The selected run, whose model is `State.selection.model`.
    run_epoch : RunEpoch or None
        The selected run and epoch, which everything on the Training page shows; None without a run.
    compared : tuple of RunData
        The other runs of `State.training.compared`, in its order.
    begun : dict of Path to (Status or None)
        The runs for which this window started a trainer, and the status of each before that.

    Signals
    -------
    entries_changed(), current_changed()
        `entries` or `current` changed.
    run_epoch_changed(run_epoch)
        Another run or epoch is selected, or the selected run has changed.
    grown(data)
        A followed run has something new: steps, epochs, status, or an error.
    """

    entries_changed = Signal()
    current_changed = Signal()
    run_epoch_changed = Signal(object)
    grown = Signal(object)

    def __init__(self, state: State, library: RunLibrary) -> None:
        super().__init__()
        self._state, self.library = state, library
        self.entries: tuple[RunEntry, ...] = ()
        self.library_error = ""
        self.current: RunData | None = None
        self.run_epoch: RunEpoch | None = None
        self.compared: tuple[RunData, ...] = ()
        self.begun: dict[Path, Status | None] = {}
        self._trash, self._reads = Trash(library), FolderReads(self)
        self._lists = RunLists(self._reads, library.folder)
        self._lists.changed.connect(self._take_entries)
        self._saturations = Saturations(self._reads)
        self._saturations.arrived.connect(self.grown)
        self._due: dict[Path, float] = {}
        self._quiet = False
        self._reading, self._listing = QTimer(self), QTimer(self)
        for timer, slot in ((self._reading, self._poll_again), (self._listing, self._list_again)):
            timer.setSingleShot(True)
            timer.timeout.connect(slot)
        self.grown.connect(self._find_run_epoch)  # the first slot: later ones find `run_epoch` current
        state.selection_changed.connect(self._selection_changed)
        state.training_changed.connect(self._training_changed)

    def start(self) -> None:
        """Start polling; compared runs that no longer exist are removed."""
        compared = self._state.training.compared
        there = within(LIMIT_SECONDS / 4, lambda: tuple(filter(_is_run, compared)), compared)
        self._state.change_training(compared=there)
        self._list_again()
        self._follow()
        self._poll_again()
        self._reads.run("trash", self._trash.clear_left, lambda _: None)

    def stop(self) -> None:
        """Stop polling, and remove the deleted runs for good."""
        self._reading.stop()
        self._listing.stop()
        self._reads.clear()
        within(LIMIT_SECONDS, self._trash.clear, None)  # the next window removes the rest

    # ------------------------------------------------------------ user actions

    def follows(self, path: Path) -> RunData | None:
        """Return the data of a followed run; None if it is not followed."""
        return next((data for data in (self.current, *self.compared) if data and data.path == path), None)

    def is_live(self, data: RunData) -> bool:
        """Return whether a run is being trained, or a trainer is loading for it."""
        return data.written or self.is_loaded_for(data)

    def is_loaded_for(self, data: RunData) -> bool:
        """Return whether a trainer of this window is loading for a run and has not changed its status yet."""
        return data.path in self.begun and data.status == self.begun[data.path]

    def rename(self, path: Path, name: str) -> None:
        """Rename a run; raises OSError."""
        in_time(lambda: RunFolder(path).rename(name))
        self.relist()
        data = self.follows(path)
        if data is not None:
            self.read(data)

    def delete(self, path: Path) -> Path:
        """Move a run to the trash and return its path there; raises OSError."""
        trashed = in_time(lambda: self._trash.delete(path))
        self.close_external(path)
        self.relist()
        return trashed

    def restore(self, trashed: Path) -> Path:
        """Restore a run from the trash and return its path; raises OSError."""
        path = in_time(lambda: self._trash.restore(trashed))
        self._list_external(path)
        self.relist()
        return path

    def open_external(self, path: Path) -> None:
        """Add a run folder from outside the library to the list; raises `RunError` if it is not a run."""
        late: RunError | None = unresponsive(path, LIMIT_SECONDS)
        error = within(LIMIT_SECONDS, lambda: _error_of(path), late)
        if error is not None:
            raise error
        self._list_external(path)

    def _list_external(self, path: Path) -> None:
        if path.parent != self.library.folder:
            others = tuple(p for p in self._state.training.external if p != str(path))
            self._state.change_training(external=(str(path), *others))

    def close_external(self, path: Path) -> None:
        """Remove a run folder outside the library from the list; its files are kept."""
        training = self._state.training
        self._state.change_training(
            external=tuple(p for p in training.external if p != str(path)),
            compared=tuple(p for p in training.compared if p != str(path)),
        )

    def compare(self, path: Path, on: bool) -> None:
        """Add a run to the compared ones, or remove it."""
        others = tuple(p for p in self._state.training.compared if p != str(path))
        self._state.change_training(compared=(*others, str(path)) if on else others)

    # ------------------------------------------------------------ reading

    def relist(self) -> None:
        """Read the list of runs."""
        self._lists.read(tuple(map(Path, self._state.training.external)))

    def _take_entries(self) -> None:
        found = self._lists.entries, self._lists.error
        if found != (self.entries, self.library_error):
            self.entries, self.library_error = found
            self.entries_changed.emit()

    def poll(self) -> None:
        """Read what is new in the followed runs now."""
        for data in self._followed:
            if not self._reads.is_busy(data.path):
                self.read(data)

    def _poll_again(self) -> None:
        """Read what is new in the followed runs and schedule the next poll, sooner while one is written.

        A long history is read in blocks, between which the event loop runs.
        """
        try:
            for data in self._followed:
                if self._reads.is_busy(data.path):
                    self._report_late_read(data)
                elif monotonic() >= self._due.get(data.path, 0.0):
                    self.read(data)
        finally:  # an error with one folder must not end the polling of all
            self._reading.start(self._pause())

    @property
    def _followed(self) -> tuple[RunData, ...]:
        return tuple(data for data in (self.current, *self.compared) if data is not None)

    def read(self, data: RunData, then: Callable[[], None] | None = None) -> None:
        """Read what is new in a run, and call ``then`` when it has been read."""

        def take(update: RunUpdate) -> None:
            self._due[data.path] = monotonic() + update.seconds * (1 / _SHARE - 1) * (not update.has_more)
            if data.path in self.begun and update.run is None:
                update = replace(update, error="")  # its trainer has not written it yet
            if data.take(update) and not self._quiet:
                self.grown.emit(data)
            if then is not None:
                then()

        self._reads.run(data.path, data.reader.read, take)

    def is_being_read(self, data: RunData) -> bool:
        """Return whether a read of a run is pending."""
        return self._reads.is_busy(data.path)

    def saturation_at(self, data: RunData, step: int | None) -> Saturation | None:
        """Return the newest line of ``gates.jsonl`` up to ``step``, or the previous one while it is read.

        `grown` is emitted when it has been read.
        """
        return None if step is None else self._saturations.at(data, step)

    def has_saturation_of(self, data: RunData, step: int | None) -> bool:
        """Return whether the result of `saturation_at` is that of ``step``."""
        return step is None or self._saturations.is_read(data, step)

    def _report_late_read(self, data: RunData) -> None:
        seconds = self._reads.seconds_waited(data.path)
        if seconds > LIMIT_SECONDS and not data.error:
            data.error = no_answer(data.path, LIMIT_SECONDS)
            self.grown.emit(data)

    def _pause(self) -> int:
        """Return the milliseconds until the next poll."""
        live = self._state.training.shown and any(data.written for data in self._followed)
        if any(data.has_more for data in self._followed):
            return _BEHIND_MS
        return _LIVE_MS if live else _CALM_MS

    def _list_again(self) -> None:
        """Read the list of runs, and schedule the next read."""
        self.relist()
        self._listing.start(max(_LIST_MS, int(1000 * self._lists.seconds / _SHARE)))

    def _find_run_epoch(self, *_: object) -> None:
        """Update `run_epoch`, which all panels show: the selected epoch of the selected run."""
        data = self.current
        run_epoch = None if data is None else run_epoch_of(data, self._state.selection.epoch)
        if run_epoch != self.run_epoch:
            self.run_epoch = run_epoch
            self.run_epoch_changed.emit(run_epoch)

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.model != old.model:
            self._follow()
        elif new.epoch != old.epoch:
            self._find_run_epoch()

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        if new.external != old.external:
            self.relist()
        if new.compared != old.compared:
            self._follow()
        if new.shown and not old.shown and self._listing.isActive():
            self._poll_again()

    def _follow(self) -> None:
        """Follow the selected and compared runs; those that were followed already are not read again."""
        known = {data.path: data for data in (self.current, *self.compared) if data is not None}
        wanted = run_path(self._state.selection.model)
        before = self.current
        self.current = None if wanted is None else known.get(wanted) or RunData(wanted)
        others = (Path(path) for path in self._state.training.compared)
        self.compared = tuple(known.get(path) or RunData(path) for path in others if path != wanted)
        self._quiet = True  # what is read here is announced by `current_changed`
        for data in (self.current, *self.compared):
            if data is not None and data not in known.values():
                self.read(data)
        self._quiet = False
        if self._reading.isActive():
            self._reading.start(0)  # newly followed runs may have more to read
        if self.current is not before:
            self._find_run_epoch()
            self.current_changed.emit()


def _is_run(path: str) -> bool:
    return RunFolder(Path(path)).exists()


def _error_of(path: Path) -> RunError | None:
    """Return why a folder is not a run; None if it is one."""
    try:
        RunFolder(path).run()
    except RunError as error:
        return error
    return None
