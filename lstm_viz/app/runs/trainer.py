"""Starts trainer processes, writes requests for them, and detects when one has died."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.runs.folder_reads import LIMIT_SECONDS, in_time, within
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.runs.trainer_process import TrainerProcess, resume_arguments, train_arguments
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.state import State
from lstm_viz.app.texts import put
from lstm_viz.files.errors import reason_of
from lstm_viz.runs.folder import Control, RunFolder, Status
from lstm_viz.runs.library import RunLibrary
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.uris import of_run

_WATCH_MS = 50
_SELF = "lstm-viz train: "  # the prefix of the trainer's error messages
#: A spare trainer is started so long after the last was used, and kept so long after the page is left.
_SPARE_AFTER_MS = 4_000
_SPARE_KEPT_MS = 30_000


@dataclass(frozen=True, slots=True)
class Job:
    """A trainer started by this window.

    ``new`` is True until its run has a checkpoint.
    """

    process: TrainerProcess
    data: RunData
    new: bool


class Trainer(QObject):
    """The trainers started by this window, one per run, and a spare one that has already loaded torch.

    Attributes
    ----------
    pending : RunData or None
        The run that was started last and has no checkpoint yet.

    Signals
    -------
    pending_changed()
        `pending` changed.
    died(path, how)
        A trainer of this window ended without a final status.
    failed(sentence)
        A training could not be started, resumed or controlled.
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
        self._watch, self._spare_timer, self._spare_end_timer = QTimer(self), QTimer(self), QTimer(self)
        self._watch.setInterval(_WATCH_MS)
        self._watch.timeout.connect(self._check_jobs)
        for timer, slot in ((self._spare_timer, self.start_spare), (self._spare_end_timer, self._end_spare)):
            timer.setSingleShot(True)
            timer.timeout.connect(slot)
        state.training_changed.connect(self._training_changed)

    # ------------------------------------------------------------ user actions

    def train(self, settings: TrainingSettings, control: Control | None = None) -> None:
        """Start a new run in the library; emits `failed` if it cannot be started."""
        library = self._runs.library
        try:
            path = in_time(lambda: _make_folder(library, settings))
            self._start_new(path, settings, _paced(control or Control(), self._state.training.pace))
        except OSError as error:
            text = self.tr("A run cannot be written to %1: %2.")
            self.failed.emit(put(text, library.folder, reason_of(error)))
            return
        self._set_pending(self._jobs[path].data)

    def resume(self, data: RunData, control: Control | None = None) -> None:
        """Resume a run that no trainer writes, at its own pace; emits `failed` if it cannot be resumed."""
        try:
            data.write_control(_paced(control or Control(), data.control.steps_per_second))
            self._start(data.path, resume_arguments(data.path), new=False)
        except OSError as error:
            text = self.tr("The run %1 cannot be resumed: %2.")
            self.failed.emit(put(text, data.name, reason_of(error)))
        self._runs.grown.emit(data)

    def request(self, data: RunData, **changes: Any) -> None:
        """Write requests for a run's trainer, for example ``request(data, stop=True)``."""
        try:
            data.write_control(msgspec.structs.replace(data.control, **changes))
        except OSError as error:
            text = self.tr("No request can be sent to the run %1: %2.")
            self.failed.emit(put(text, data.name, reason_of(error)))
        self._runs.grown.emit(data)

    @property
    def under_way(self) -> tuple[RunData, ...]:
        """The runs that this window trains, without those that were requested to stop."""
        going = ((path, job) for path, job in self._jobs.items() if job.process.ended() is None)
        return tuple(self._runs.follows(path) or job.data for path, job in going if not _is_stopping(path))

    def close(self) -> None:
        """Request all trainers of this window to save and stop, and end the spare one."""
        self._end_spare()
        for path, job in self._jobs.items():
            self._stop(path, job)
        self._forget_jobs()

    def leave(self) -> None:
        """Let all trainers of this window continue without it, and end the spare one."""
        self._end_spare()
        for job in self._jobs.values():
            job.process.forget()
        self._forget_jobs()

    def _forget_jobs(self) -> None:
        self._jobs = {}
        for timer in (self._watch, self._spare_timer, self._spare_end_timer):
            timer.stop()

    # ------------------------------------------------------------ processes

    def _start_new(self, path: Path, settings: TrainingSettings, control: Control) -> None:
        """Start a trainer for the new folder ``path``, which is removed again if that fails."""
        try:
            in_time(lambda: RunFolder(path).write_control(control))
            self._start(path, train_arguments(settings, path), new=True)
        except OSError:
            _remove_empty(path)
            raise

    def _start(self, path: Path, arguments: list[str], new: bool) -> None:
        process, data = self._take_spare(), self._runs.follows(path) or RunData(path)
        process.run_command(arguments)
        self._jobs[path] = Job(process, data, new)
        self._runs.begun[path] = data.status
        self._watch.start()
        if self._state.training.shown:
            self._spare_timer.start(_SPARE_AFTER_MS)

    def _take_spare(self) -> TrainerProcess:
        spare, self._spare = self._spare, None
        if spare is not None and spare.ended() is not None:
            spare.forget()
            spare = None
        return spare or self._make()

    def _stop(self, path: Path, job: Job) -> None:
        """Request a trainer to stop; one that is still loading is killed."""
        match within(LIMIT_SECONDS, lambda: _request_stop(RunFolder(path), job), "refused"):
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

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        if new.shown and not old.shown:
            self._spare_end_timer.stop()
            self.start_spare()
        elif old.shown and not new.shown:
            self._spare_timer.stop()
            self._spare_end_timer.start(_SPARE_KEPT_MS)

    def start_spare(self) -> None:
        """Start a spare trainer, which loads torch, unless there is one."""
        if self._spare is None or self._spare.ended() is not None:
            self._end_spare()
            try:
                self._spare = self._make()
            except OSError:
                self._spare = None  # reported when a training is started

    def _end_spare(self) -> None:
        if self._spare is not None:
            self._spare.end()
            self._spare = None

    # ------------------------------------------------------------ watching

    def _check_jobs(self) -> None:
        for path, job in list(self._jobs.items()):
            if job.new and job.data.checkpoints:
                self._jobs[path] = Job(job.process, job.data, new=False)
                self._show(path)
            elif job.new and not self._runs.is_being_read(job.data):
                self._runs.read(job.data)
            how = job.process.ended()
            if how is not None:
                del self._jobs[path]
                self._read_last_output(path, job, how)
        if not self._jobs:
            self._watch.stop()

    def _show(self, path: Path) -> None:
        """Select a run that now has a checkpoint, if it was started last."""
        if self.pending is not None and self.pending.path == path:
            self._runs.relist()
            self._state.pick_model(of_run(path))
            self._set_pending(None)

    def _read_last_output(self, path: Path, job: Job, how: str) -> None:
        """Report how a trainer ended, after all that it wrote has been read."""
        message = job.process.last_line().removeprefix(_SELF) or how
        job.process.forget()
        before = self._runs.begun.pop(path, None)  # now: it may be resumed before the read has arrived

        def read() -> None:
            if job.data.has_more:
                self._runs.read(job.data, read)
            else:
                self._ended(path, job, how, message, before)

        self._runs.read(job.data, read)

    def _ended(self, path: Path, job: Job, how: str, message: str, before: Status | None) -> None:
        status = job.data.status
        is_reported = status is not None and status.phase in ("stopped", "finished", "failed")
        if job.new and job.data.checkpoints:
            self._show(path)
        elif job.new:
            self._report_not_started(path, job, status.message if status and status.message else message)
        elif status is not None and status == before:
            text = self.tr("The run %1 cannot be resumed: %2")
            self.failed.emit(put(text, job.data.name, message))
        elif not is_reported:
            self.died.emit(path, how)
        followed = self._runs.follows(path)
        if followed is not None:
            self._runs.read(followed, lambda: self._runs.grown.emit(followed))

    def _report_not_started(self, path: Path, job: Job, message: str) -> None:
        if self.pending is not None and self.pending.path == path:
            self._set_pending(None)
        if job.data.run is None:
            _remove_empty(path)
        self.failed.emit(put(self.tr("Training could not begin: %1"), message))

    def _set_pending(self, data: RunData | None) -> None:
        self.pending = data
        self.pending_changed.emit()


def _paced(control: Control, pace: float | None) -> Control:
    return msgspec.structs.replace(control, steps_per_second=pace)


def _make_folder(library: RunLibrary, settings: TrainingSettings) -> Path:
    """Create the folder of a new run; raises OSError."""
    path = library.free_path(settings)
    path.mkdir(parents=True)
    return path


def _is_stopping(path: Path) -> bool:
    return within(LIMIT_SECONDS, RunFolder(path).control, Control()).stop


def _request_stop(folder: RunFolder, job: Job) -> Literal["requested", "refused", "loading", "no run"]:
    """Request a trainer to stop, and return the outcome."""
    if not folder.exists():
        return "no run" if job.new else "refused"  # a resumed run exists; its disk may be missing
    status = folder.status()
    if not job.new and (status is None or status.pid != job.process.pid):
        return "loading"
    try:
        folder.write_control(msgspec.structs.replace(folder.control(), stop=True))
    except OSError:
        return "refused"
    return "requested"


def _remove_empty(path: Path) -> None:
    """Remove the folder of a run that was not started."""
    try:
        for name in ("control.json", "lock"):
            RunFolder(path).files.remove(name)
        path.rmdir()
    except OSError:
        pass  # it has other files: it stays
