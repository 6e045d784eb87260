"""Training and the window beside each other: what watching costs the one, and training the other."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from lstm_viz.app.main import make_application
from lstm_viz.app.runs import model_name
from lstm_viz.app.session import Session
from lstm_viz.app.state import Look, TrainingLook
from lstm_viz.app.themes import ThemeKeeper
from lstm_viz.app.trainer_process import TrainerProcess, train_arguments
from lstm_viz.app.window import Window
from lstm_viz.bench.timing import Goal, Row, row
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import HistoryReader, Step
from lstm_viz.runs.settings import Settings
from lstm_viz.runs.shelf import Shelf

_SIZE = (1600, 1000)
_TICK_MS = 10
_LONGEST = 0.020
#: A tagger of the size that one would train on a treebank; it is stopped long before it is done.
_LONG = Settings(corpus=("small",), characters=True, hidden_size=128, epochs=10_000, checkpoint_every=20)


def rows(*, short: bool = False) -> Iterator[Row]:
    """Measure with a real trainer, a real window, and the engine that the Training page asks."""
    application = QApplication.instance() or make_application([])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder))
        with _training(shelf.folder / "long") as run:
            yield from _side_by_side(application, shelf, run, *((2, 2.0) if short else (6, 5.0)))
        yield _first_point(application, shelf, 1 if short else 5)


@contextmanager
def _training(folder: Path) -> Iterator[RunFolder]:
    """Train in a process of its own until we have seen enough."""
    process, run = TrainerProcess(), RunFolder(folder)
    process.tell(train_arguments(_LONG, folder))
    try:
        _until(lambda: run.history.exists() or process.ended() is not None)
        yield run
    finally:
        process.end()
        process.forget()


def _side_by_side(
    application: QApplication, shelf: Shelf, run: RunFolder, pairs: int, seconds: float
) -> Iterator[Row]:
    """Look and look away in turn, at one and the same training."""
    counted, gaps = _Counted(run), list[float]()
    times = []
    with _window(application, shelf, Look(model=model_name(run.path), motion=False)) as session:
        _spin(3.0)  # what is loaded at first is not what watching costs
        for _ in range(pairs):
            session.window.show()
            _spin(0.5)  # a window that comes to the front is drawn anew
            gaps += _spin(seconds, beside=counted)
            watched = counted.rate
            session.window.hide()
            time.sleep(0.2)
            counted.start()
            time.sleep(seconds)
            counted.end()
            times.append((1000 / counted.rate, 1000 / watched))
    name = f"training watched at 30 fps, {pairs} × {seconds:g} s"
    yield row(name, "1,000 words, unwatched / watched", times, Goal("≥", 0.95))
    name = f"{_TICK_MS} ms timer in the window meanwhile"
    yield row(name, "longest gap / 20 ms", [(max(gaps), _LONGEST)], Goal("≤", 1.0))
    yield row(name, "p99 gap / 20 ms", [(float(np.percentile(gaps, 99)), _LONGEST)], Goal("≤", 1.0))


class _Counted:
    """How many words a second a training reads between two moments."""

    def __init__(self, run: RunFolder) -> None:
        self._history = HistoryReader(run.path)
        self.rate = 0.0

    def start(self) -> None:
        self._words()
        self._started = perf_counter()

    def end(self) -> None:
        self.rate = self._words() / (perf_counter() - self._started)

    def _words(self) -> int:
        words = 0
        while lines := self._history.new().lines:
            words += sum(line.tokens or 0 for line in lines if isinstance(line, Step))
        return words


def _spin(seconds: float, beside: _Counted | None = None) -> list[float]:
    """Let the window live, and return how long a timer of 10 ms really waited each time."""
    loop, ticks, timer = QEventLoop(), list[float](), QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(perf_counter()))
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    if beside is not None:
        beside.start()
    timer.start(_TICK_MS)
    loop.exec()
    timer.stop()
    if beside is not None:
        beside.end()
    return list(np.diff(ticks))


def _first_point(application: QApplication, shelf: Shelf, times: int) -> Row:
    """From pressing Train until the curve has a point, against the command from a terminal."""
    pairs = []
    for _ in range(times):
        with _window(application, shelf, Look(motion=False)) as session:
            _spin(4.0)  # a trainer is loading
            pairs.append((_press(session), _in_terminal(shelf)))
    return row("pressing Train → first point on the curve", "window / lstm-viz train", pairs)


def _press(session: Session) -> float:
    loop = QEventLoop()
    page = session.content.training_page()

    def grown(_: object) -> None:
        current = session.runs.current
        if current is not None and len(current.steps):
            page.loss.repaint()
            loop.quit()

    session.runs.grown.connect(grown)
    session.runs.current_changed.connect(lambda: grown(None))
    started = perf_counter()
    page.control.go.click()
    loop.exec()
    return perf_counter() - started


def _in_terminal(shelf: Shelf) -> float:
    started = perf_counter()
    folder = shelf.folder / f"terminal-{time.monotonic_ns()}"
    process = TrainerProcess()
    process.tell(train_arguments(Settings(corpus=("tutorial",)), folder))
    history = HistoryReader(folder)
    try:
        _until(lambda: any(isinstance(line, Step) for line in history.new().lines))
        return perf_counter() - started
    finally:
        process.end()
        process.forget()


@contextmanager
def _window(application: QApplication, shelf: Shelf, look: Look) -> Iterator[Session]:
    window = Window()
    session = Session.open(
        window, ThemeKeeper(application, "dark"), look, training=TrainingLook(shown=True), shelf=shelf
    )
    window.resize(*_SIZE)
    window.show()
    try:
        yield session
    finally:
        session.close()


def _until(done: Callable[[], object]) -> None:
    """Look every hundredth of a second, and no longer than a minute, whether it is so."""
    deadline = perf_counter() + 60.0
    while not done():
        if perf_counter() > deadline:
            raise TimeoutError("the trainer did not begin within a minute")
        time.sleep(0.01)
