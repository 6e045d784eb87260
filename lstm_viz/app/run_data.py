"""What the window knows of a run: the columns of its history, and the small files beside it."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from lstm_viz.app.folder_reads import in_time
from lstm_viz.app.run_reader import RunNews, RunReader
from lstm_viz.runs.folder import Control, Run, RunFolder, Status
from lstm_viz.runs.history import Epoch, Line, Saved, Step

Values = npt.NDArray[np.float64]

_NAMED_LINES = 8  # of those that are damaged
_COLUMNS = ("step", "epoch", "loss", "learning_rate", "gradient_norm", "weight_norm", "tokens", "time")


class Steps:
    """The steps of a run as columns that grow; a number that a line lacks is NaN."""

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
        """Return a column (steps,) by the name of a field of `lstm_viz.runs.history.Step`."""
        return self._table[_COLUMNS.index(name), : self._length]


class RunData:
    """What is known of a run folder, as far as it has been read; `take` adds what a read found.

    Attributes
    ----------
    path : Path
    reader : RunReader
    run : Run or None
        None until ``run.json`` is there.
    name : str
    status : Status or None
    control : Control
        What the trainer is wished to do.
    written : bool
        Whether a trainer holds the folder now.
    steps : Steps
    epochs : list of Epoch
        In order of time; epoch 0 first.
    by_epoch : dict of int to Epoch
        The epochs that hold, in order: one that was measured again counts as it was last, and where a
        training went on from an earlier step, what lay after that step is void.
    checkpoints : tuple of int
        The epochs among them whose weights are kept, in order.
    generation : int
        Grows whenever what was read before became void: the history or ``run.json`` is another file, or the
        run's segmenter.
    gates_read : int
        Grows whenever ``gates.jsonl`` has gained something.
    damaged_gates : int
        Lines of ``gates.jsonl`` that were left out.
    damage : tuple of str
        What is wrong with the small files of the folder, sentences.
    behind : bool
        Whether there is more to be read already.
    trouble : str
        Why the folder cannot be read, a sentence; empty if it can.
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
        self.behind = False
        self.trouble = ""
        self.damage: tuple[str, ...] = ()
        self.generation = 0
        self.gates_read = 0
        self._forget()

    def _forget(self) -> None:
        self.steps = Steps()
        self.epochs: list[Epoch] = []
        self.by_epoch: dict[int, Epoch] = {}
        self.checkpoints: tuple[int, ...] = ()
        self._damaged, self._damaged_end = 0, 0
        self._damaged_lines: tuple[int, ...] = ()
        self.damaged_gates = 0
        self._last_step = 0

    @property
    def damaged(self) -> int:
        """Lines of the history that are damaged, or none of ours, and were left out."""
        return self._damaged + bool(self._damaged_end)

    @property
    def damaged_lines(self) -> tuple[int, ...]:
        """The numbers of the first of them, counted from 1."""
        last = (self._damaged_end,) if self._damaged_end else ()
        return (*self._damaged_lines, *last)[:_NAMED_LINES]

    def poll(self) -> bool:
        """Read what is new, in this thread; tell whether anything is.

        Only for runs that `lstm_viz.app.runs.Runs` does not follow; those it reads in other threads.
        """
        return self.take(self.reader.read())

    def take(self, news: RunNews) -> bool:
        """Add what a read found; tell whether anything is new."""
        before = self._small()
        if news.anew:
            self.generation += 1
            self._forget()
        self.generation += news.recut
        self.gates_read += news.has_gates
        self.run, self.name, self.trouble = news.run, news.name, news.trouble
        self.written, self.status, self.control = news.written, news.status, news.control
        self.behind, self.damage = news.behind, news.damage
        self._damaged += news.damaged
        self._damaged_end = news.damaged_end
        self._damaged_lines = (*self._damaged_lines, *news.damaged_lines)[:_NAMED_LINES]
        self.damaged_gates = news.damaged_gates
        self._take_lines(news.lines)
        return news.anew or news.recut or news.has_gates or bool(news.lines) or before != self._small()

    def _small(self) -> tuple[object, ...]:
        """Return all but the lines, which are compared by whether there are new ones."""
        said = self.trouble, self.damage, self.damaged, self.damaged_gates
        return self.run, self.name, self.written, self.status, self.control, *said

    def wish(self, control: Control) -> None:
        """Tell the trainer, whoever started it, what is wished; raises OSError where it cannot be told."""
        in_time(lambda: self.folder.write_control(control))
        self.control = control

    @property
    def step(self) -> int:
        """The last step that was finished, as far as we know."""
        last = int(self.steps.column("step")[-1]) if len(self.steps) else 0
        return max(last, self.status.step if self.status else 0)

    @property
    def epoch(self) -> int:
        """The last epoch that was finished, as far as we know."""
        last = self.epochs[-1].epoch if self.epochs else 0
        return max(last, self.status.epoch if self.status else 0)

    @property
    def best_accuracy(self) -> float | None:
        """The highest accuracy on the dev part so far; None where nothing was measured."""
        measured = [line.dev_accuracy for line in self.epochs if line.dev_accuracy is not None]
        return max(measured, default=self.status.best_accuracy if self.status else None)

    def _take_lines(self, lines: tuple[Line, ...]) -> None:
        if not lines:
            return
        steps = [line for line in lines if isinstance(line, Step)]
        if steps:
            self.steps.extend(steps)
        for line in lines:
            if not isinstance(line, Saved):
                self._void_from(line.step)
            if isinstance(line, Epoch):
                self.epochs.append(line)
                self.by_epoch[line.epoch] = line
        self.checkpoints = tuple(sorted(e for e, line in self.by_epoch.items() if line.checkpoint))

    def _void_from(self, step: int) -> None:
        """Note how far the training is; where it went back, drop the epochs that it is to reach again."""
        if step < self._last_step:
            self.by_epoch = {epoch: line for epoch, line in self.by_epoch.items() if line.step < step}
        self._last_step = step
