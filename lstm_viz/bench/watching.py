"""Training with the window open: what following the run costs the trainer, and training the window."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from lstm_viz.app.pages.training.page import TrainingPage
from lstm_viz.app.runs.trainer_process import TrainerProcess, train_arguments
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.main import make_application
from lstm_viz.app.shell.session import Session
from lstm_viz.app.shell.themes import ThemeKeeper
from lstm_viz.app.shell.window import Window
from lstm_viz.bench.timing import Goal, Row, row
from lstm_viz.bench.window import keys, typing_session
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import HistoryReader, Step
from lstm_viz.runs.library import RunLibrary
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.uris import of_run

_SIZE = (1600, 1000)
_TICK_MS = 10
_LONGEST = 0.020
_HIDDEN = 256
#: A tagger of a typical size for a treebank; it is stopped long before its end.
_LONG = TrainingSettings(
    corpus=("small",), characters=True, hidden_size=128, epochs=10_000, checkpoint_every=20
)


def rows(*, short: bool = False) -> Iterator[Row]:
    """Run with a real trainer, a real window and its engine."""
    application = QApplication.instance() or make_application([])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory() as folder:
        library = RunLibrary(Path(folder))
        with _training(library.folder / "long") as run:
            yield from _side_by_side(application, library, run, *((2, 2.0) if short else (6, 5.0)))
        yield _typed_meanwhile(application, library, 500 if short else 10_000)
        yield _first_point(application, library, 1 if short else 5)


@contextmanager
def _training(folder: Path) -> Iterator[RunFolder]:
    """Train in a separate process while the context is open."""
    process, run = TrainerProcess(), RunFolder(folder)
    process.run_command(train_arguments(_LONG, folder))
    try:
        _until(lambda: run.history.exists() or process.ended() is not None)
        yield run
    finally:
        process.end()
        process.forget()


def _side_by_side(
    application: QApplication, library: RunLibrary, run: RunFolder, pairs: int, seconds: float
) -> Iterator[Row]:
    """Show and hide the window alternately during one training."""
    counted, gaps = _WordRate(run), list[float]()
    times = []
    with _window(application, library, Selection(model=of_run(run.path), motion=False)) as session:
        _spin(3.0)  # exclude the startup
        for _ in range(pairs):
            session.window.show()
            _spin(0.5)  # exclude the repaint of a shown window
            gaps += _spin(seconds, rate=counted)
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


def _typed_meanwhile(application: QApplication, library: RunLibrary, count: int) -> Row:
    """Type while a training runs, and compare the slowest keys with typing alone."""
    with typing_session(application, _HIDDEN) as session:
        alone = float(np.percentile(keys(session, 200), 95))
        with _training(library.folder / "beside"):
            beside = float(np.percentile(keys(session, count), 99.9))
    name = f"{count:,} keys while a training runs, H {_HIDDEN}"
    return row(name, "p99.9 / p95 of typing alone", [(beside, alone)], Goal("≤", 3.0))


class _WordRate:
    """The words per second of a training between `start` and `end`."""

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


def _spin(seconds: float, rate: _WordRate | None = None) -> list[float]:
    """Run the event loop, and return the actual intervals of a 10 ms timer."""
    loop, ticks, timer = QEventLoop(), list[float](), QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(perf_counter()))
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    if rate is not None:
        rate.start()
    timer.start(_TICK_MS)
    loop.exec()
    timer.stop()
    if rate is not None:
        rate.end()
    return list(np.diff(ticks))


def _first_point(application: QApplication, library: RunLibrary, times: int) -> Row:
    """Measure the time from pressing Train to the first point of the curve, against the command."""
    pairs = []
    for _ in range(times):
        with _window(application, library, Selection(motion=False)) as session:
            _spin(4.0)  # a preforked trainer imports torch
            pairs.append((_press(session), _in_terminal(library)))
    return row("pressing Train → first point on the curve", "window / lstm-viz train", pairs)


def _press(session: Session) -> float:
    loop = QEventLoop()
    page = session.content.page_of("training")
    assert isinstance(page, TrainingPage)

    def on_grown(_: object) -> None:
        current = session.runs.current
        if current is not None and len(current.steps):
            page.loss.repaint()
            loop.quit()

    session.runs.grown.connect(on_grown)
    session.runs.current_changed.connect(lambda: on_grown(None))
    started = perf_counter()
    page.control.go.click()
    loop.exec()
    return perf_counter() - started


def _in_terminal(library: RunLibrary) -> float:
    started = perf_counter()
    folder = library.folder / f"terminal-{time.monotonic_ns()}"
    process = TrainerProcess()
    process.run_command(train_arguments(TrainingSettings(corpus=("tutorial",)), folder))
    history = HistoryReader(folder)
    try:
        _until(lambda: any(isinstance(line, Step) for line in history.new().lines))
        return perf_counter() - started
    finally:
        process.end()
        process.forget()


@contextmanager
def _window(application: QApplication, library: RunLibrary, selection: Selection) -> Iterator[Session]:
    window = Window()
    session = Session.open(
        window,
        ThemeKeeper(application, "dark"),
        selection,
        training=TrainingView(page="training"),
        library=library,
    )
    window.resize(*_SIZE)
    window.show()
    try:
        yield session
    finally:
        session.close()


def _until(done: Callable[[], object]) -> None:
    """Wait until a condition holds, polling every 10 ms for at most a minute."""
    deadline = perf_counter() + 60.0
    while not done():
        if perf_counter() > deadline:
            raise TimeoutError("the trainer did not begin within a minute")
        time.sleep(0.01)
