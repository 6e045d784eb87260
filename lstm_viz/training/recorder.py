"""Writes a run folder while a training goes on.

What is in the history is never lost: a line stands in the file before it is told to anybody, and what came
after the last saved state is done again on resuming, step by step, without writing it twice.
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

#: The trainer saves itself at least this often, so that little has to be done again.
SAVE_SECONDS = 10.0
_KEPT_STATES = 2
_OF_THE_MOMENT = (errno.EMFILE, errno.ENFILE)
_STATE = re.compile(r"step-\d+\.safetensors")


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
    lost : tuple of str
        What is wrong with the newest saved states, where `take_up` could use none of them: the first words of
        a sentence each.
    """

    def __init__(self, folder: RunFolder, lock: filelock.BaseFileLock) -> None:
        """Go on with what is in the folder, whose lock is held; `close` lets go of it. Raises OSError."""
        self.folder, self._lock = folder, lock
        self._opened: list[LineFile] = []
        for part in (folder.files, folder.states, folder.checkpoints):
            part.make()
            part.clear_asides()
        known = history.read_all(folder.path).lines
        steps = [line for line in known if isinstance(line, Step)]
        epochs = [line for line in known if isinstance(line, Epoch)]
        self.recorded = steps[-1].step if steps else 0
        self.best = max((line.dev_accuracy or 0.0 for line in epochs), default=None)
        self.differs = False
        self.lost: tuple[str, ...] = ()
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

    def take_up(self, training: Training) -> None:
        """Put a fresh training where the newest state that is whole left it; without one, at the start.

        Raises `RunError` where that cannot be told now.
        """
        try:
            self._states, self.lost = take_up(self.folder, training, self._states)
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def take(self, event: Event, training: Training) -> Line | None:
        """Write what happened and return its line as it stands in the history; None if it stood there.

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
        self._save_now_and_then(training)
        return line if new else None

    def _take_epoch(self, line: Epoch, training: Training) -> Line | None:
        if line.epoch in self._epochs:
            return None
        settings = training.task.settings
        if line.epoch % settings.checkpoint_every == 0 or line.epoch == settings.epochs:
            name, sha = write_checkpoint(self.folder, line.epoch, training.tagger)
            line = msgspec.structs.replace(line, checkpoint=name, sha256=sha)
        self._history.append(history.encode(line))
        self._history.sync()
        self._epochs.add(line.epoch)
        self.best = max(self.best or 0.0, line.dev_accuracy or 0.0)
        self._save_now_and_then(training)
        return line

    def _save_now_and_then(self, training: Training) -> None:
        if training.settled and time.monotonic() - self._saved_at > SAVE_SECONDS:
            self.save(training)

    def _save(self, training: Training) -> None:
        self._gates.sync()  # what is before the state is not done again
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


def take_up(
    folder: RunFolder, training: Training, states: list[Saved]
) -> tuple[list[Saved], tuple[str, ...]]:
    """Put a fresh training where the newest of these states that is whole left it.

    Returns the states up to that one, and what is wrong with the newer ones, of which only the last few were
    kept. None of them is whole where there are no states, and training is at its start. Raises OSError where
    too many files are open: the state may be whole.
    """
    most, lost = most_bytes(training), list[str]()
    for place in range(len(states), 0, -1):
        wrong = _take_up(folder, training, states[place - 1], most)
        if not wrong:
            return states[:place], tuple(lost[:_KEPT_STATES])
        lost.append(f"the saved state of step {states[place - 1].step:,} {wrong}")
    return [], tuple(lost[:_KEPT_STATES])


def _take_up(folder: RunFolder, training: Training, line: Saved, most: int) -> str:
    """Put a training where this state left it; return why it cannot be, "" where it is done."""
    try:
        data = folder.states.read(line.state, most)
        if sha256(data) != line.sha256:
            return "is damaged (its SHA-256 is not the one in the history)"
        unpack(training, data)
    except OSError as error:
        if error.errno in _OF_THE_MOMENT:
            raise
        return f"cannot be read ({reason_of(error)})"
    except ValueError as error:
        return f"is damaged ({error})"
    return ""


def saved_states(folder: RunFolder) -> list[Saved]:
    """Return what the history says of saved states, oldest first; raises OSError."""
    return [line for line in history.read_all(folder.path).lines if isinstance(line, Saved)]


def unwritable(folder: RunFolder, error: Exception) -> RunError:
    """Return the sentence for a folder that cannot be written."""
    return RunError(
        "unwritable",
        f"The run cannot be written to {folder.path}: {reason_of(error)}. What was written before is whole; "
        "resume it when there is room.",
    )
