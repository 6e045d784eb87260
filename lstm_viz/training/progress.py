"""Progress of a training on the terminal: a progress bar, or plain lines where it is no terminal."""

import contextlib
import shlex
import sys
from pathlib import Path
from typing import Any, TextIO

from tqdm import tqdm

from lstm_viz.runs.history import Epoch, Line, Step
from lstm_viz.training.loop import Training
from lstm_viz.training.recorder import Recorder
from lstm_viz.training.task import Task


def introduction(training: Training, recorded: int, folder: Path, device: str) -> str:
    """Return a summary of the training, in some lines; ``recorded`` steps are in the history already."""
    task = training.task
    corpus, settings = task.corpus, task.settings
    epochs = f"{settings.epochs:,} epochs of {task.steps_per_epoch:,} steps"
    lines = [
        f"{corpus.sentences:,} sentences, {corpus.words:,} words, {len(task.model.tags)} tags; "
        f"evaluated on {_MEASURED[corpus.measured_on].format(corpus)}",
        f"{task.parameters():,} parameters; {epochs}; {device}",
        *map(str, task.remarks),
        f"run folder: {folder}",
    ]
    if recorded:
        again = recorded - training.step
        lines.append(
            f"goes on after step {recorded:,}"
            + (f", once {again:,} steps since the last saved state are done again" if again else "")
        )
    return "\n".join(lines)


def ending(training: Training, recorder: Recorder) -> str:
    """Return how the training ended, and how to resume it."""
    best = f"; the best dev accuracy is {recorder.best:.4f}" if recorder.best is not None else ""
    if training.finished:
        return f"finished{best}"
    return (
        f"stopped after step {training.step:,} of {training.task.steps:,}{best}\n"
        f"go on with: lstm-viz train --resume {shlex.quote(str(recorder.folder.path))}"
    )


_MEASURED = {
    "dev": "{0.dev_sentences:,} others",
    "held out": "{0.dev_sentences:,} that are held out",
    "train": "the same",
}


def tell(text: object, stream: TextIO | None = None) -> None:
    """Print a line to standard error; ignores a closed terminal and a full disk."""
    with contextlib.suppress(OSError, ValueError):
        print(text, file=stream or sys.stderr, flush=True)


class _Bar(tqdm):  # type: ignore[misc]
    """A progress bar without tqdm's monitor thread."""

    monitor_interval = 0


class ProgressPrinter:
    """Prints the progress to a stream from the lines of a history."""

    def __init__(self, task: Task, done: int, stream: TextIO | None = None) -> None:
        self._stream, self._task = stream or sys.stderr, task
        self._loss, self._accuracy = float("nan"), ""
        self._bar: tqdm[Any] | None = None
        if self._stream.isatty():
            self._bar = _Bar(
                total=task.steps, initial=done, unit="step", file=self._stream, dynamic_ncols=True
            )

    def take(self, line: Line) -> None:
        """Show a line of the history."""
        if isinstance(line, Step):
            self._loss = line.loss
            if self._bar is not None:
                self._bar.set_postfix_str(f"loss {line.loss:.4f}{self._accuracy}", refresh=False)
                with contextlib.suppress(OSError):  # the terminal is gone
                    self._bar.update()
        elif isinstance(line, Epoch):
            self._accuracy = f" · dev {line.dev_accuracy:.4f}" if line.dev_accuracy is not None else ""
            if self._bar is None:
                tell(_epoch_text(line, self._task, self._loss), self._stream)

    def close(self) -> None:
        if self._bar is not None:
            with contextlib.suppress(OSError):
                self._bar.close()


def _epoch_text(line: Epoch, task: Task, loss: float) -> str:
    parts = [f"epoch {line.epoch:,} of {task.settings.epochs:,}", f"step {line.step:,}"]
    parts += [f"loss {loss:.4f}"] if loss == loss else []  # noqa: PLR0124  # NaN before the first step
    parts += [f"dev loss {line.dev_loss:.4f}"] if line.dev_loss is not None else []
    parts += [f"dev accuracy {line.dev_accuracy:.4f}"] if line.dev_accuracy is not None else []
    return "  ".join(parts)
