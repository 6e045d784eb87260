"""Trains on a person's word: starts trainers, tells them what is wished, and sees when one has died."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.folder_reads import LIMIT_SECONDS, in_time, within
from lstm_viz.app.run_data import RunData
from lstm_viz.app.runs import Runs, model_name
from lstm_viz.app.state import State, TrainingLook
from lstm_viz.app.texts import put
from lstm_viz.app.trainer_process import TrainerProcess, resume_arguments, train_arguments
from lstm_viz.files.errors import reason_of
from lstm_viz.runs.folder import Control, RunFolder, Status
from lstm_viz.runs.settings import Settings
from lstm_viz.runs.shelf import Shelf

_WATCH_MS = 50
_SELF = "lstm-viz train: "  # how the trainer begins what it complains of
#: A spare trainer is loaded so long after the one before was used, and kept so long after the page is left.
_SPARE_AFTER_MS = 4_000
_SPARE_KEPT_MS = 30_000


@dataclass(frozen=True, slots=True)
class Job:
    """A trainer that this window started.

    ``new`` holds until its run can be looked at.
    """

    process: TrainerProcess
    data: RunData
    new: bool


class Trainer(QObject):
    """The trainers that this window started, one a run, and a spare one that has loaded torch already.

    Attributes
    ----------
    pending : RunData or None
        The run that was started last and has no checkpoint to be looked at yet.

    Signals
    -------
    pending_changed()
    died(path, how)
        A trainer of ours ended without having said why in its run.
    failed(sentence)
        It could not even begin.
    """

    pending_changed = Signal()
    died = Signal(object, str)
    failed = Signal(str)

    def __init__(self, state: State, runs: Runs, make: Callable[[], TrainerProcess] = TrainerProcess) -> None:
        super().__init__()
        self._state, self._runs, self._make = state, runs, make
        self._jobs: dict[Path, Job] = {}
        self._spare: TrainerProcess | None = None
        self.pending: RunData | None = None
        self._watch, self._warming, self._cooling = QTimer(self), QTimer(self), QTimer(self)
        self._watch.setInterval(_WATCH_MS)
        self._watch.timeout.connect(self._look_after)
        for timer, slot in ((self._warming, self.keep_warm), (self._cooling, self._drop_spare)):
            timer.setSingleShot(True)
            timer.timeout.connect(slot)
        state.training_changed.connect(self._training_changed)

    # ------------------------------------------------------------ what a person wishes

    def train(self, settings: Settings, control: Control | None = None) -> None:
        """Begin a new run on the shelf; what cannot be is said by `failed`."""
        shelf = self._runs.shelf
        try:
            path = in_time(lambda: _make_folder(shelf, settings))
            self._start_new(path, settings, self._paced(control or Control()))
        except OSError as error:
            text = self.tr("A run cannot be written to %1: %2.")
            self.failed.emit(put(text, shelf.folder, reason_of(error)))
            return
        self._set_pending(self._jobs[path].data)

    def resume(self, data: RunData, control: Control | None = None) -> None:
        """Go on with a run that nobody writes."""
        try:
            data.wish(self._paced(control or Control()))
            self._start(data.path, resume_arguments(data.path), new=False)
        except OSError as error:
            text = self.tr("The run %1 cannot be resumed: %2.")
            self.failed.emit(put(text, data.name, reason_of(error)))
        self._runs.grown.emit(data)

    def wish(self, data: RunData, **changes: Any) -> None:
        """Tell a run's trainer, whoever started it, for example ``wish(data, stop=True)``."""
        try:
            data.wish(msgspec.structs.replace(data.control, **changes))
        except OSError as error:
            text = self.tr("The run %1 cannot be told anything: %2.")
            self.failed.emit(put(text, data.name, reason_of(error)))
        self._runs.grown.emit(data)

    def close(self) -> None:
        """Stop what this window started, which saves itself, and end the spare one."""
        for timer in (self._watch, self._warming, self._cooling):
            timer.stop()
        self._drop_spare()
        for path, job in self._jobs.items():
            self._stop(path, job)
        self._jobs = {}

    # ------------------------------------------------------------ processes

    def _paced(self, control: Control) -> Control:
        return msgspec.structs.replace(control, steps_per_second=self._state.training.pace)

    def _start_new(self, path: Path, settings: Settings, control: Control) -> None:
        """Start a trainer for the new folder ``path``, which is taken away again where that cannot be."""
        try:
            in_time(lambda: RunFolder(path).write_control(control))
            self._start(path, train_arguments(settings, path), new=True)
        except OSError:
            _remove_empty(path)
            raise

    def _start(self, path: Path, arguments: list[str], new: bool) -> None:
        process, data = self._take_spare(), self._runs.follows(path) or RunData(path)
        process.tell(arguments)
        self._jobs[path] = Job(process, data, new)
        self._runs.begun[path] = data.status
        self._watch.start()
        if self._state.training.shown:
            self._warming.start(_SPARE_AFTER_MS)

    def _take_spare(self) -> TrainerProcess:
        spare, self._spare = self._spare, None
        if spare is not None and spare.ended() is not None:
            spare.forget()
            spare = None
        return spare or self._make()

    def _stop(self, path: Path, job: Job) -> None:
        """Wish that a trainer ends; one that is loading, and has said nothing in the run yet, is ended."""
        match within(LIMIT_SECONDS, lambda: _wish_end(RunFolder(path), job), "refused"):
            case "no run":
                job.process.end()
                _remove_empty(path)
            case "loading":
                job.process.end()
            case "refused":
                job.process.terminate()
                job.process.forget()
            case _:
                job.process.forget()

    def _training_changed(self, new: TrainingLook, old: TrainingLook) -> None:
        if new.shown and not old.shown:
            self._cooling.stop()
            self.keep_warm()
        elif old.shown and not new.shown:
            self._warming.stop()
            self._cooling.start(_SPARE_KEPT_MS)

    def keep_warm(self) -> None:
        """Have a trainer ready that has loaded torch."""
        if self._spare is None or self._spare.ended() is not None:
            self._drop_spare()
            try:
                self._spare = self._make()
            except OSError:
                self._spare = None  # it will be said when somebody wants to train

    def _drop_spare(self) -> None:
        if self._spare is not None:
            self._spare.end()
            self._spare = None

    # ------------------------------------------------------------ watching

    def _look_after(self) -> None:
        for path, job in list(self._jobs.items()):
            if job.new and job.data.checkpoints:
                self._jobs[path] = Job(job.process, job.data, new=False)
                self._show(path)
            elif job.new and not self._runs.is_being_read(job.data):
                self._runs.read(job.data)
            how = job.process.ended()
            if how is not None:
                del self._jobs[path]
                self._read_last_words(path, job, how)
        if not self._jobs:
            self._watch.stop()

    def _show(self, path: Path) -> None:
        """Look at a run that can be looked at now, if it is the one that was begun last."""
        if self.pending is not None and self.pending.path == path:
            self._runs.relist()
            self._state.pick_model(model_name(path))
            self._set_pending(None)

    def _read_last_words(self, path: Path, job: Job, how: str) -> None:
        """Say how a trainer ended when all that it wrote has been read."""
        words = job.process.last_words().removeprefix(_SELF) or how
        job.process.forget()
        before = self._runs.begun.pop(path, None)  # now: it may be resumed before the read has arrived

        def read() -> None:
            if job.data.behind:
                self._runs.read(job.data, read)
            else:
                self._ended(path, job, how, words, before)

        self._runs.read(job.data, read)

    def _ended(self, path: Path, job: Job, how: str, words: str, before: Status | None) -> None:
        status = job.data.status
        told = status is not None and status.phase in ("stopped", "finished", "failed")
        if job.new and job.data.checkpoints:
            self._show(path)
        elif job.new:
            self._never_began(path, job, status.sentence if status and status.sentence else words)
        elif status is not None and status == before:
            text = self.tr("The run %1 cannot be resumed: %2")
            self.failed.emit(put(text, job.data.name, words))
        elif not told:
            self.died.emit(path, how)
        followed = self._runs.follows(path)
        if followed is not None:
            self._runs.read(followed, lambda: self._runs.grown.emit(followed))

    def _never_began(self, path: Path, job: Job, words: str) -> None:
        if self.pending is not None and self.pending.path == path:
            self._set_pending(None)
        if job.data.run is None:
            _remove_empty(path)
        self.failed.emit(put(self.tr("Training could not begin: %1"), words))

    def _set_pending(self, data: RunData | None) -> None:
        self.pending = data
        self.pending_changed.emit()


def _make_folder(shelf: Shelf, settings: Settings) -> Path:
    """Make the folder of a new run; raises OSError."""
    path = shelf.free_path(settings)
    path.mkdir(parents=True)
    return path


def _wish_end(folder: RunFolder, job: Job) -> Literal["told", "refused", "loading", "no run"]:
    """Wish that training ends, and return what came of it."""
    if not folder.exists():
        return "no run" if job.new else "refused"  # one that is resumed is there, be it that its disk is not
    status = folder.status()
    if not job.new and (status is None or status.pid != job.process.pid):
        return "loading"
    try:
        folder.write_control(msgspec.structs.replace(folder.control(), stop=True))
    except OSError:
        return "refused"
    return "told"


def _remove_empty(path: Path) -> None:
    """Take away the folder that was made for a run which never was."""
    try:
        for name in ("control.json", "lock"):
            RunFolder(path).files.remove(name)
        path.rmdir()
    except OSError:
        pass  # somebody put something there: it stays
