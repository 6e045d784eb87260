"""What the window knows of a run: the columns of its history, and the small files beside it."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Control, Run, RunFolder, Status
from lstm_viz.runs.gates import GatesReader, Saturation
from lstm_viz.runs.history import Epoch, HistoryReader, Line, Saved, Step
from lstm_viz.runs.segmenter import segmenter_version

Values = npt.NDArray[np.float64]

#: So much of a file is read at once: what takes longer is felt under the hand.
_BLOCK = 1 << 18
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
    """A run folder as far as it has been read; `poll` reads on.

    Attributes
    ----------
    path : Path
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
    behind : bool
        Whether there is more to be read already.
    trouble : str
        Why the folder cannot be read, a sentence; empty if it can.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = RunFolder(path)
        self.name = self.folder.name
        self.run: Run | None = None
        self.status: Status | None = None
        self.control = Control()
        self.written = False
        self.trouble = ""
        self.generation = 0
        self._run_stamp: tuple[int, ...] = ()
        self._segmenter = segmenter_version(path)
        self._history, self._gates = HistoryReader(path, _BLOCK), GatesReader(path, _BLOCK)
        self._forget()

    def _forget(self) -> None:
        self.steps = Steps()
        self.epochs: list[Epoch] = []
        self.by_epoch: dict[int, Epoch] = {}
        self.checkpoints: tuple[int, ...] = ()
        self._damaged = 0
        self._last_step = 0

    def _start_over(self) -> None:
        """Let go of all that was read, and read ``gates.jsonl`` anew: it is about another history."""
        self.generation += 1
        self._forget()
        self._gates = GatesReader(self.path, _BLOCK)

    @property
    def behind(self) -> bool:
        return not self.trouble and (self._history.behind or self._gates.behind)

    @property
    def damaged(self) -> int:
        """Lines of the history that are none of ours."""
        return self._damaged + self._history.has_damaged_end

    def poll(self) -> bool:
        """Read what is new; tell whether anything is. What cannot be read is said in ``trouble``."""
        before = self.trouble, self.run, self.name, self.damaged
        try:
            self.trouble = ""
            self.run = self._poll_run()
            grown = self._poll_lines() | self._poll_segmenter()
            self.name = self.folder.name
        except RunError as error:
            self.trouble, grown = str(error), False
        except OSError as error:
            self.trouble, grown = f"{self.path.name} cannot be read: {error.strerror}.", False
        return grown or before != (self.trouble, self.run, self.name, self.damaged)

    def poll_status(self, grown: bool = False) -> bool:
        """Look whether somebody writes, and what they say; tell whether that changed.

        Whose history has just ``grown`` lives: the lock need not be tried.
        """
        before = self.written, self.status, self.control
        self.written = (grown and self.written) or self.folder.is_written()
        self.status = self.folder.status()
        self.control = self.folder.control()
        return before != (self.written, self.status, self.control)

    def wish(self, control: Control) -> None:
        """Tell the trainer, whoever started it, what is wished; raises OSError where it cannot be told."""
        self.folder.write_control(control)
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

    def saturation_at(self, step: int | None) -> Saturation | None:
        """Return the newest line of ``gates.jsonl`` up to ``step``, which is the last one of an epoch."""
        return None if step is None else self._gates.up_to(step)

    def _poll_run(self) -> Run:
        """Return ``run.json``, read again where it is another file: then the whole folder is another run."""
        stamp = _stamp(self.path / "run.json")
        if self.run is not None and stamp and stamp == self._run_stamp:
            return self.run
        run = self.folder.run()
        if self.run is not None and run != self.run:
            self._start_over()
            self._history = HistoryReader(self.path, _BLOCK)
        self._run_stamp = stamp
        return run

    def _poll_segmenter(self) -> bool:
        """Look whether typed text is cut in another way by now: then all that was read of any is void."""
        before, self._segmenter = self._segmenter, segmenter_version(self.path)
        changed = before != self._segmenter
        self.generation += changed
        return changed

    def _poll_lines(self) -> bool:
        news = self._history.new()
        if news.anew:
            self._start_over()
        self._damaged += news.damaged
        self._take(news.lines)
        has_gates = self._gates.poll()
        return news.anew or has_gates or bool(news.lines)

    def _take(self, lines: tuple[Line, ...]) -> None:
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


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what tells a file from another one in its place; empty where there is none."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_size
