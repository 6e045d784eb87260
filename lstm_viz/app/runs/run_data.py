"""The data of a run as read so far: the columns of its history, and its status and control."""

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lstm_viz.app.runs.folder_reads import in_time
from lstm_viz.app.runs.run_reader import RunReader, RunUpdate
from lstm_viz.runs.folder import Control, Run, RunFolder, Status
from lstm_viz.runs.history import Epoch, Line, Saved, Step
from lstm_viz.uris import of_run

Values = npt.NDArray[np.float64]

_NAMED_LINES = 8  # the most damaged lines whose numbers are kept
_COLUMNS = ("step", "epoch", "loss", "learning_rate", "gradient_norm", "weight_norm", "tokens", "time")


class StepColumns:
    """The steps of a run as growing columns; missing numbers are NaN."""

    def __init__(self) -> None:
        self._table: Values = np.empty((len(_COLUMNS), 1024))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def extend(self, steps: list[Step]) -> None:
        rows = np.array([[getattr(step, name) for name in _COLUMNS] for step in steps], np.float64)
        needed = self._length + len(rows)
        if needed > self._table.shape[1]:
            grown = np.empty((len(_COLUMNS), max(needed, 2 * self._table.shape[1])))
            grown[:, : self._length] = self._table[:, : self._length]
            self._table = grown
        self._table[:, self._length : needed] = rows.T
        self._length = needed

    def column(self, name: str) -> Values:
        """Return the column (steps,) of a field of `lstm_viz.runs.history.Step`."""
        return self._table[_COLUMNS.index(name), : self._length]


class RunData:
    """The data of a run folder, as far as it has been read; `take` adds the result of a read.

    Attributes
    ----------
    path : Path
    reader : RunReader
    run : Run or None
        None until ``run.json`` exists.
    name : str
    status : Status or None
    control : Control
        The requests to the trainer.
    written : bool
        Whether a trainer has locked the folder.
    steps : StepColumns
    epochs : list of Epoch
        In order of time; epoch 0 first.
    by_epoch : dict of int to Epoch
        The valid epochs, in order: the last line of an epoch counts, and where training was resumed from an
        earlier step, epochs after that step are dropped.
    checkpoints : tuple of int
        The epochs among them with a checkpoint, in order.
    generation : int
        Incremented whenever all that was read becomes invalid: the history, ``run.json`` or the run's
        segmenter was replaced.
    gates_read : int
        Incremented whenever ``gates.jsonl`` has grown.
    damaged_gates : int
        The number of lines of ``gates.jsonl`` that were skipped.
    damage : tuple of str
        Error messages about the small files of the folder.
    has_more : bool
        Whether there is more to read.
    error : str
        Why the folder cannot be read; empty if it can.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = RunFolder(path)
        self.reader = RunReader(path)
        self.name = path.name
        self.run: Run | None = None
        self.status: Status | None = None
        self.control = Control()
        self.written = False
        self.has_more = False
        self.error = ""
        self.damage: tuple[str, ...] = ()
        self.generation = 0
        self.gates_read = 0
        self._forget()

    def _forget(self) -> None:
        self.steps = StepColumns()
        self.epochs: list[Epoch] = []
        self.by_epoch: dict[int, Epoch] = {}
        self.checkpoints: tuple[int, ...] = ()
        self._damaged, self._damaged_end = 0, 0
        self._damaged_lines: tuple[int, ...] = ()
        self.damaged_gates = 0
        self._last_step = 0
        self._saved: Saved | None = None

    @property
    def uri(self) -> str:
        """The URI of the run."""
        return of_run(self.path)

    @property
    def damaged(self) -> int:
        """The number of lines of the history that are invalid and were skipped."""
        return self._damaged + bool(self._damaged_end)

    @property
    def damaged_lines(self) -> tuple[int, ...]:
        """The numbers of the first invalid lines, counted from 1."""
        last = (self._damaged_end,) if self._damaged_end else ()
        return (*self._damaged_lines, *last)[:_NAMED_LINES]

    def poll(self) -> bool:
        """Read what is new, in this thread; return whether anything is.

        Only for runs that `lstm_viz.app.runs.runs.Runs` does not follow: it reads them in other threads.
        """
        return self.take(self.reader.read())

    def take(self, update: RunUpdate) -> bool:
        """Add the result of a read; return whether anything is new."""
        before = self._small()
        if update.is_replaced:
            self.generation += 1
            self._forget()
        self.generation += update.has_new_segmenter
        self.gates_read += update.has_gates
        self.run, self.name, self.error = update.run, update.name, update.error
        self.written, self.status, self.control = update.written, update.status, update.control
        self.has_more, self.damage = update.has_more, update.damage
        self._damaged += update.damaged
        self._damaged_end = update.damaged_end
        self._damaged_lines = (*self._damaged_lines, *update.damaged_lines)[:_NAMED_LINES]
        self.damaged_gates = update.damaged_gates
        self._take_lines(update.lines)
        return (
            update.is_replaced
            or update.has_new_segmenter
            or update.has_gates
            or bool(update.lines)
            or before != self._small()
        )

    def _small(self) -> tuple[object, ...]:
        """Return all data except the lines, to be compared before and after a read."""
        errors = self.error, self.damage, self.damaged, self.damaged_gates
        return self.run, self.name, self.written, self.status, self.control, *errors

    def write_control(self, control: Control) -> None:
        """Write the requests for the run's trainer; raises OSError if they cannot be written."""
        in_time(lambda: self.folder.write_control(control))
        self.control = control

    @property
    def step(self) -> int:
        """The last step known to be finished."""
        last = int(self.steps.column("step")[-1]) if len(self.steps) else 0
        return max(last, self.status.step if self.status else 0)

    @property
    def epoch(self) -> int:
        """The last epoch known to be finished."""
        last = self.epochs[-1].epoch if self.epochs else 0
        return max(last, self.status.epoch if self.status else 0)

    @property
    def resumed_step(self) -> int:
        """The step from which training is resumed: after a kill, steps behind it are lost."""
        return self.step if self._saved is None else self._saved.step

    @property
    def resumed_epoch(self) -> int:
        """The last epoch that is finished at `resumed_step`."""
        if self._saved is None:
            return self.epoch
        return max((e for e, line in self.by_epoch.items() if line.step <= self._saved.step), default=0)

    @property
    def best_accuracy(self) -> float | None:
        """The accuracy of `best`; without one, that of the status, if it has any."""
        best = self.best
        if best is not None:
            return best.dev_accuracy
        return self.status.best_accuracy if self.status else None

    @property
    def best(self) -> Epoch | None:
        """The first epoch with the highest accuracy; None if none was evaluated."""
        return max(self._evaluated, key=lambda line: line.dev_accuracy or 0.0, default=None)

    @property
    def lowest(self) -> Epoch | None:
        """The first epoch with the lowest loss on the dev set; None if none was evaluated."""
        measured = (line for line in self.by_epoch.values() if math.isfinite(_dev_loss(line)))
        return min(measured, key=_dev_loss, default=None)

    @property
    def last(self) -> Epoch | None:
        """The last epoch that was evaluated."""
        return self._evaluated[-1] if self._evaluated else None

    @property
    def _evaluated(self) -> list[Epoch]:
        return [line for line in self.by_epoch.values() if line.dev_accuracy is not None]

    def _take_lines(self, lines: tuple[Line, ...]) -> None:
        if not lines:
            return
        steps = [line for line in lines if isinstance(line, Step)]
        if steps:
            self.steps.extend(steps)
        for line in lines:
            if isinstance(line, Saved):
                self._saved = line
            else:
                self._void_from(line.step)
            if isinstance(line, Epoch):
                self.epochs.append(line)
                self.by_epoch[line.epoch] = line
        self.checkpoints = tuple(sorted(e for e, line in self.by_epoch.items() if line.checkpoint))

    def _void_from(self, step: int) -> None:
        """Update the last step; where training was resumed from an earlier one, drop the later epochs."""
        if step < self._last_step:
            self.by_epoch = {epoch: line for epoch, line in self.by_epoch.items() if line.step < step}
        self._last_step = step


def _dev_loss(line: Epoch) -> float:
    return math.nan if line.dev_loss is None else line.dev_loss
