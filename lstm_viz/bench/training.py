"""Cost of training steps: batches against single sentences, and recording against none."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from time import perf_counter

import torch
from msgspec.structs import replace

from lstm_viz.bench.timing import Goal, Row, row
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.training.loop import Event, Stepped, Training
from lstm_viz.training.runner import open_recorder
from lstm_viz.training.task import Task, prepare

_TREEBANK = "en_ewt-ud-train.conllu"
_CHARACTERS_64 = TrainingSettings(corpus=("small",), characters=True, epochs=100_000)
_WORDS_6 = replace(_CHARACTERS_64, characters=False, hidden_size=6, embedding_size=6)
_Listener = Callable[[Event, Training], object]


def rows(*, short: bool = False) -> Iterator[Row]:
    """Run on one thread, on the English treebank if ``LSTM_VIZ_DATA`` has it, else on ``small``."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        task = prepare(replace(_CHARACTERS_64, corpus=(_corpus(),)))
        pairs, words = (9, 3_000) if short else (25, 6_000)
        yield _batches(task, min(pairs, 5), words)
        yield _gates("64 units, characters", task, pairs, words)
        yield _gates("6 units", prepare(replace(_WORDS_6, corpus=task.settings.corpus)), pairs, words)
        yield from _histograms(task, pairs, words)
    finally:
        torch.set_num_threads(threads)


def _corpus() -> str:
    treebank = Path(os.environ.get("LSTM_VIZ_DATA", "data")) / _TREEBANK
    return str(treebank) if treebank.is_file() else "small"


class _TimedTraining:
    """A training that is timed, some words at a time."""

    def __init__(self, task: Task, listener: _Listener | None = None, *, gates: bool = False) -> None:
        self._training = Training(task, record_gates=gates)
        self._events, self._listener = self._training.events(), listener

    @property
    def training(self) -> Training:
        return self._training

    def seconds_a_word(self, words: int) -> float:
        """Train on ``words`` words and return the seconds per word, without the evaluation after epochs."""
        seconds, trained = 0.0, 0
        while trained < words:
            start = perf_counter()
            event = next(self._events)
            if self._listener is not None:
                self._listener(event, self._training)
            if isinstance(event, Stepped):
                seconds += perf_counter() - start
                trained += event.line.tokens or 0
        return seconds / trained


def _compare(
    what: tuple[str, str], a: _TimedTraining, b: _TimedTraining, amount: tuple[int, int], goal: Goal | None
) -> Row:
    """Run both alternately, ``amount`` (pairs, words); times are per thousand words."""
    pairs, words = amount
    a.seconds_a_word(words), b.seconds_a_word(words)
    found = [(1000 * a.seconds_a_word(words), 1000 * b.seconds_a_word(words)) for _ in range(pairs)]
    return row(*what, found, goal)


def _batches(task: Task, pairs: int, words: int) -> Row:
    one = replace(task.settings, batch_size=1, shuffle=True)
    single, batched = _TimedTraining(prepare(one)), _TimedTraining(task)
    what = ("training, 64 units, characters", "one sentence a step / batches of 32")
    return _compare(what, single, batched, (pairs, words // 2), Goal("≥", 5.0))


def _gates(name: str, task: Task, pairs: int, words: int) -> Row:
    """Compare two trainings that write a run folder; one of them records its gates."""
    with tempfile.TemporaryDirectory() as place, ExitStack() as opened:
        trainings: list[_TimedTraining] = []
        for gates in (True, False):
            training = Training(task)
            folder = RunFolder(Path(place) / str(gates))
            recorder = open_recorder(folder, training, resume=False, device="cpu")
            opened.enter_context(closing(recorder))
            trainings.append(_TimedTraining(task, recorder.take, gates=gates))
        what = (f"training, {name}", "gates recorded / not")
        with_gates, without = trainings
        return _compare(what, with_gates, without, (pairs, words), Goal("≤", 1.05))


def _histograms(task: Task, pairs: int, words: int) -> Iterator[Row]:
    """Measure TensorBoard as in its tutorials: a histogram of every weight and gradient at every step."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return
    with tempfile.TemporaryDirectory() as folder, closing(SummaryWriter(folder)) as writer:

        def write(event: Event, training: Training) -> None:
            if not isinstance(event, Stepped):
                return
            writer.add_scalar("loss", event.line.loss, event.line.step)
            for name, parameter in training.tagger.named_parameters():
                writer.add_histogram(name, parameter, event.line.step)
                writer.add_histogram(f"{name}.grad", parameter.grad, event.line.step)

        watched, unwatched = _TimedTraining(task, write), _TimedTraining(task)
        what = ("training, 64 units, characters", "TensorBoard histograms / unwatched")
        yield _compare(what, watched, unwatched, (pairs, words), None)
