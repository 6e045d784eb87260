"""Writes a run folder while a training goes on, and takes one up again where it was left.

What is in the history is never lost: a line stands in the file before it is told to anybody, and what came
after the last saved state is done again on resuming, step by step, without writing it twice.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from platform import python_version

import filelock
import msgspec
import numpy as np
import torch

from lstm_viz.runs import files, gates, history
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.files import LineFile
from lstm_viz.runs.folder import Run, RunFolder
from lstm_viz.runs.history import Epoch, Line, Saved, Step
from lstm_viz.training.checkpoints import write_checkpoint
from lstm_viz.training.loop import Event, Stepped, Training
from lstm_viz.training.state import pack, unpack
from lstm_viz.training.task import Task
from lstm_viz.version import __version__

#: The trainer saves itself at least this often, so that little has to be done again.
SAVE_SECONDS = 10.0
_KEPT_STATES = 2
_LOCK_SECONDS = 1.0  # whoever only looks whether a trainer lives holds the lock for a moment


class Recorder:
    """The one writer of a run folder.

    Attributes
    ----------
    folder : RunFolder
    recorded : int
        The last step in the history. A step up to here is done again silently.
    best : float or None
        The highest accuracy so far.
    differs : bool
        Whether a step that was done again came out otherwise than it stands in the history: another machine,
        or another version of torch.
    """

    def __init__(self, folder: RunFolder, task: Task | None = None, run: Run | None = None) -> None:
        """Take the folder: a new one for ``task`` and ``run``, or one that is there.

        Raises
        ------
        RunError
            If another trainer has it, it is no run, damaged, newer, or cannot be written.
        """
        self.folder = folder
        self._opened: list[LineFile] = []
        self._lock = _take(folder, new=task is not None)
        try:
            if task is not None and run is not None:
                _begin(folder, task, run)
            self._known = history.read_all(folder.path).lines
            self._history, self._gates = self._open(folder.history), self._open(folder.gates)
            folder.states.mkdir(exist_ok=True)
            folder.checkpoints.mkdir(exist_ok=True)
        except OSError as error:
            self.close()
            raise unwritable(folder, error) from error
        except BaseException:
            self.close()
            raise
        steps = [line for line in self._known if isinstance(line, Step)]
        epochs = [line for line in self._known if isinstance(line, Epoch)]
        self.recorded = steps[-1].step if steps else 0
        self.best = max((line.dev_accuracy or 0.0 for line in epochs), default=None)
        self.differs = False
        self._epochs = {line.epoch for line in epochs}
        self._losses = {line.step: line.loss for line in steps}
        self._states = [line for line in self._known if isinstance(line, Saved)]
        self._saved_at = time.monotonic()
        self._gates_after = self.recorded

    def _open(self, path: Path) -> LineFile:
        file = LineFile(path)
        self._opened.append(file)
        return file

    def take(self, event: Event, training: Training) -> Line:
        """Write what happened and return its line as it stands in the history.

        Raises
        ------
        RunError
            If it cannot be written; what was written before is whole.
        """
        try:
            if isinstance(event, Stepped):
                return self._take_step(event, training)
            return self._take_epoch(event.line, training)
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def save(self, training: Training) -> None:
        """Save all that is needed to go on from here, and let go of what is older; raises `RunError`."""
        if self._states and self._states[-1].step == training.step:
            return
        try:
            self._save(training)
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def close(self) -> None:
        """Let go of the folder."""
        for file in self._opened:
            file.close()
        self._opened = []
        self._lock.release()

    def _take_step(self, event: Stepped, training: Training) -> Line:
        line = event.line
        if line.step <= self.recorded:
            self.differs |= self._losses.get(line.step, line.loss) != line.loss
            return line
        self._history.append(history.encode(line))
        self.recorded = line.step
        if event.gates is not None:
            self._gates.append(gates.encode(event.gates))
        mid_epoch = line.step % training.task.steps_per_epoch != 0
        if mid_epoch and time.monotonic() - self._saved_at > SAVE_SECONDS:
            self.save(training)
        return line

    def _take_epoch(self, line: Epoch, training: Training) -> Line:
        if line.epoch in self._epochs:
            return line
        settings = training.task.settings
        if line.epoch % settings.checkpoint_every == 0 or line.epoch == settings.epochs:
            name, sha = write_checkpoint(self.folder, line.epoch, training.tagger)
            line = msgspec.structs.replace(line, checkpoint=name, sha256=sha)
        self._history.append(history.encode(line))
        self._history.sync()
        self._epochs.add(line.epoch)
        self.best = max(self.best or 0.0, line.dev_accuracy or 0.0)
        if time.monotonic() - self._saved_at > SAVE_SECONDS:
            self.save(training)
        return line

    def _save(self, training: Training) -> None:
        name = f"step-{training.step:09}.safetensors"
        data = pack(training)
        files.replace(self.folder.states / name, data)
        line = Saved(training.step, training.epoch, name, files.sha256(data))
        self._history.append(history.encode(line))
        self._history.sync()
        self._states.append(line)
        self._saved_at = time.monotonic()
        kept = {line.state for line in self._states[-_KEPT_STATES:]}
        for path in self.folder.states.glob("step-*.safetensors"):
            if path.name not in kept:
                path.unlink(missing_ok=True)


def take_up(folder: RunFolder, training: Training) -> None:
    """Put a fresh training where the newest state that is whole left it; without one, at the start."""
    states = [line for line in history.read_all(folder.path).lines if isinstance(line, Saved)]
    for line in reversed(states):
        try:
            data = (folder.states / line.state).read_bytes()
            if files.sha256(data) == line.sha256:
                unpack(training, data)
                return
        except (OSError, ValueError):
            continue


def unwritable(folder: RunFolder, error: OSError) -> RunError:
    """Return the sentence for a folder that cannot be written."""
    return RunError(
        "unwritable",
        f"The run cannot be written to {folder.path}: {error.strerror}. What was written before is whole; "
        "resume it when there is room.",
    )


def run_of(task: Task, device: str, processes: int) -> Run:
    """Return ``run.json`` of a training that begins now."""
    return Run(
        created=datetime.now().astimezone().isoformat(timespec="seconds"),
        settings=task.settings,
        versions={
            "lstm-viz": __version__,
            "python": python_version(),
            "torch": str(torch.__version__),
            "numpy": np.__version__,
        },
        hashes=task.hashes,
        tags=task.model.tags,
        corpus=task.corpus,
        parameters=task.parameters(),
        steps_per_epoch=task.steps_per_epoch,
        epochs=task.settings.epochs,
        device=device,
        processes=processes,
        probe=task.model.home,
    )


def create(folder: RunFolder, task: Task, device: str = "cpu", processes: int = 1) -> Recorder:
    """Make a run folder for a new training and take it; raises `RunError`."""
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    return Recorder(folder, task, run_of(task, device, processes))


def recorded(training: Training, recorder: Recorder) -> Iterator[Line]:
    """Train on and yield every line as soon as it stands in the history.

    Raises `RunError` where it cannot be written and `DivergedError` where training cannot go on.
    """
    for event in training.events():
        yield recorder.take(event, training)


def _begin(folder: RunFolder, task: Task, run: Run) -> None:
    """Write what is fixed; ``run.json`` comes last, since with it the folder is a run."""
    if any(path.name not in ("lock", "control.json") for path in folder.path.iterdir()):
        raise RunError(
            "taken",
            f"{folder.path} is not empty. Name a new folder, or go on with it: --resume {folder.path}",
        )
    model = msgspec.json.encode(task.model)
    files.replace(folder.model, model)
    folder.write_run(msgspec.structs.replace(run, hashes=run.hashes | {"model.json": files.sha256(model)}))


def _take(folder: RunFolder, new: bool) -> filelock.BaseFileLock:
    if not new:
        folder.run()  # raises where it is no run, or not one of ours
    lock = folder.lock()
    try:
        lock.acquire(timeout=_LOCK_SECONDS)
    except filelock.Timeout as error:
        raise RunError("taken", f"Another trainer is writing {folder.path}.") from error
    except OSError as error:
        raise unwritable(folder, error) from error
    return lock
