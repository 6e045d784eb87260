"""Writes a run folder during training.

The history is never lost: a line is written to the file before it is yielded, and on resuming the steps after
the last saved state are repeated without being written twice.
"""

import errno
import re
import time
from pathlib import Path

import filelock
import msgspec

from lstm_viz.files.checksums import sha256
from lstm_viz.files.errors import reason_of
from lstm_viz.files.lines import LineFile
from lstm_viz.runs import gates, history
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch, Line, Saved, Step
from lstm_viz.runs.locks import release
from lstm_viz.training.checkpoints import write_checkpoint
from lstm_viz.training.loop import Event, Stepped, Training
from lstm_viz.training.state import most_bytes, pack, unpack

#: The state is saved at least this often, so that few steps are repeated on resuming.
SAVE_SECONDS = 10.0
_KEPT_STATES = 2
_TRANSIENT = (errno.EMFILE, errno.ENFILE)
_STATE = re.compile(r"step-\d+\.safetensors")


class Recorder:
    """The one writer of a run folder.

    Attributes
    ----------
    folder : RunFolder
    recorded : int
        The last step in the history. Steps up to here are repeated without being written.
    best : float or None
        The highest accuracy so far.
    differs : bool
        Whether a repeated step had another loss than in the history: another machine, or another version of
        torch.
    state_errors : tuple of str
        The errors of the newest saved states that `resume_from` could not use: the beginning of a sentence
        each.
    """

    def __init__(self, folder: RunFolder, lock: filelock.BaseFileLock) -> None:
        """Append to the folder, whose lock is held; `close` releases it. Raises OSError."""
        self.folder, self._lock = folder, lock
        self._opened: list[LineFile] = []
        for part in (folder.files, folder.states, folder.checkpoints):
            part.make()
            part.remove_temporaries()
        known = history.read_all(folder.path).lines
        steps = [line for line in known if isinstance(line, Step)]
        epochs = [line for line in known if isinstance(line, Epoch)]
        self.recorded = steps[-1].step if steps else 0
        self.best = max((line.dev_accuracy or 0.0 for line in epochs), default=None)
        self.differs = False
        self.state_errors: tuple[str, ...] = ()
        self._epochs = {line.epoch for line in epochs}
        self._losses = {line.step: line.loss for line in steps}
        self._states = [line for line in known if isinstance(line, Saved)]
        self._remove_old_states()
        self._saved_at = time.monotonic()
        try:
            self._history, self._gates = self._open(folder.history), self._open(folder.gates)
            last = gates.decode(self._gates.last())
        except BaseException:
            self._close_files()
            raise
        self._gates_recorded = last.step if last is not None else 0

    def _open(self, path: Path) -> LineFile:
        file = LineFile(path)
        self._opened.append(file)
        return file

    def resume_from(self, training: Training) -> None:
        """Restore a new training from the newest intact state; without one, it starts from step 0.

        Raises `RunError` if the states cannot be opened at the moment.
        """
        try:
            self._states, self.state_errors = resume_from(self.folder, training, self._states)
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def take(self, event: Event, training: Training) -> Line | None:
        """Write an event and return its line of the history; None if it was in the history before.

        Raises
        ------
        RunError
            If it cannot be written; the lines before stay intact.
        """
        try:
            if isinstance(event, Stepped):
                return self._take_step(event, training)
            return self._take_epoch(event.line, training)
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def save(self, training: Training) -> None:
        """Save the training state, and remove older ones; raises `RunError`."""
        if self._states and self._states[-1].step == training.step:
            return
        try:
            self._save(training)
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def close(self) -> None:
        """Close the files and release the lock."""
        self._close_files()
        release(self._lock)

    def _close_files(self) -> None:
        for file in self._opened:
            file.close()
        self._opened = []

    def _take_step(self, event: Stepped, training: Training) -> Line | None:
        line = event.line
        if event.gates is not None and line.step > self._gates_recorded:
            self._gates.append(gates.encode(event.gates))
            self._gates_recorded = line.step
        new = line.step > self.recorded
        if new:
            self._history.append(history.encode(line))
            self.recorded = line.step
        else:
            self.differs |= self._losses.get(line.step, line.loss) != line.loss
        self._save_if_due(training)
        return line if new else None

    def _take_epoch(self, line: Epoch, training: Training) -> Line | None:
        if line.epoch in self._epochs:
            return None
        if training.task.settings.keeps_checkpoint(line.epoch):
            name, sha = write_checkpoint(self.folder, line.epoch, training.tagger)
            line = msgspec.structs.replace(line, checkpoint=name, sha256=sha)
        self._history.append(history.encode(line))
        self._history.sync()
        self._epochs.add(line.epoch)
        self.best = max(self.best or 0.0, line.dev_accuracy or 0.0)
        self._save_if_due(training)
        return line

    def _save_if_due(self, training: Training) -> None:
        if training.settled and time.monotonic() - self._saved_at > SAVE_SECONDS:
            self.save(training)

    def _save(self, training: Training) -> None:
        self._gates.sync()  # steps before the state are not repeated
        name = f"step-{training.step:09}.safetensors"
        data = pack(training)
        self.folder.states.replace(name, data)
        line = Saved(training.step, training.epoch, name, sha256(data))
        self._history.append(history.encode(line))
        self._history.sync()
        self._states.append(line)
        self._saved_at = time.monotonic()
        self._remove_old_states()

    def _remove_old_states(self) -> None:
        kept = {line.state for line in self._states[-_KEPT_STATES:]}
        for other in self.folder.states.names():
            if _STATE.fullmatch(other) and other not in kept:
                self.folder.states.remove(other)


def resume_from(
    folder: RunFolder, training: Training, states: list[Saved]
) -> tuple[list[Saved], tuple[str, ...]]:
    """Restore a new training from the newest intact state.

    Returns the states up to that one, and the errors of the newer ones, of which only the last few are kept.
    Without an intact state there are none, and the training is at step 0. Raises OSError if too many files
    are open: the state may be intact.
    """
    most, errors = most_bytes(training), list[str]()
    for place in range(len(states), 0, -1):
        error = _restore(folder, training, states[place - 1], most)
        if not error:
            return states[:place], tuple(errors[:_KEPT_STATES])
        errors.append(f"the saved state of step {states[place - 1].step:,} {error}")
    return [], tuple(errors[:_KEPT_STATES])


def _restore(folder: RunFolder, training: Training, line: Saved, most: int) -> str:
    """Restore a training from this state; return the error, "" if there is none."""
    try:
        data = folder.states.read(line.state, most)
        if sha256(data) != line.sha256:
            return "is damaged (its SHA-256 is not the one in the history)"
        unpack(training, data)
    except OSError as error:
        if error.errno in _TRANSIENT:
            raise
        return f"cannot be read ({reason_of(error)})"
    except ValueError as error:
        return f"is damaged ({error})"
    return ""


def saved_states(folder: RunFolder) -> list[Saved]:
    """Return the saved states in the history, oldest first; raises OSError."""
    return [line for line in history.read_all(folder.path).lines if isinstance(line, Saved)]


def unwritable(folder: RunFolder, error: Exception) -> RunError:
    """Return the error for a folder that cannot be written."""
    return RunError("run_unwritable", path=str(folder.path), reason=reason_of(error))
