"""Latency of the window on a saved trace of 10,000 steps of 1,024 units: open, step, pan, zoom and hover."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lstm_viz.app.client.client import EngineClient, new_links
from lstm_viz.app.client.link import EngineLink
from lstm_viz.app.client.request import Priority
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.shell.main import make_application
from lstm_viz.app.shell.session import Session
from lstm_viz.app.shell.themes import ThemeKeeper
from lstm_viz.app.shell.window import Window
from lstm_viz.bench.engine import BENCH_ENGINE, TRACE, sentence
from lstm_viz.bench.timing import Goal, Row, row
from lstm_viz.tracing import LSTMTrace

_STEPS, _UNITS, _INPUT = 10_000, 1024, 64
_SIZE = (1600, 1000)
_FRAME, _AT_ONCE, _SECOND = 1 / 60, 0.1, 1.0
_NOTCH = 120


def rows(*, short: bool = False) -> Iterator[Row]:
    """Run with the real window and a real engine, on a file that was just written."""
    application = QApplication.instance() or make_application([])
    assert isinstance(application, QApplication)
    count, name = 60 if short else 300, f"saved trace, T {_STEPS:,}, H {_UNITS:,}"
    with TemporaryDirectory() as folder, _session(application) as session:
        path = Path(folder) / "trace.safetensors"
        _random_trace().save(path)
        opened = [_open(session, f"{TRACE}{path}") for _ in range(3)]
        yield row(name, "open / 1 s", [(s, _SECOND) for s in opened], Goal("≤", 1.0), by_p95=True)
        _wait(lambda: session.state.extremes is not None)
        for what, action in _actions(session).items():
            frames = [(_painted(session, action), _FRAME) for _ in range(count)]
            yield row(name, f"{what} / a 60 Hz frame", frames, Goal("≤", 1.0), by_p95=True)
        jumps = [(_painted(session, lambda: _jump(session)), _AT_ONCE) for _ in range(count)]
        yield row(name, "jump / 0.1 s", jumps, Goal("≤", 1.0), by_p95=True)


def _random_trace() -> LSTMTrace:
    """Return numbers of the sizes of a trace; they are not those of any net."""
    generator, shape = np.random.default_rng(0), (1, 1, _STEPS, 1, _UNITS)

    def numbers(low: float) -> np.ndarray:
        return generator.uniform(low, 1.0, shape).astype(np.float32)

    return LSTMTrace(
        **{name: numbers(0.0) for name in "ifo"},
        **{name: numbers(-1.0) for name in "gch"},
        x=np.zeros((_STEPS, 1, _INPUT), np.float32),
        **dict.fromkeys(("h0", "c0"), np.zeros((1, 1, 1, _UNITS), np.float32)),
        lengths=np.array([_STEPS]),
        max_error=0.0,
    )


@contextmanager
def _session(application: QApplication) -> Iterator[Session]:
    """Open a window on a short sentence, with an engine that has loaded."""
    client = EngineClient(new_links() | {Priority.TYPING: EngineLink(arguments=BENCH_ENGINE)})
    client.link(Priority.TYPING).start()
    window, selection = Window(), Selection(model="6", text=sentence(5), motion=False)
    session = Session.of(window, ThemeKeeper(application, "dark"), selection, client)
    window.resize(*_SIZE)
    window.show()
    _wait(lambda: session.state.is_up_to_date)
    try:
        yield session
    finally:
        session.close()


def _open(session: Session, uri: str) -> float:
    """Return the seconds until the trace is painted, opened in place of a sentence."""
    state = session.state
    state.change(model="6", text=sentence(5), first=0, step=0)
    _wait(lambda: state.is_up_to_date)

    def select() -> None:
        state.change(model=uri, text="trace", first=0, step=0)

    return _painted(session, select)


def _actions(session: Session) -> dict[str, Callable[[], None]]:
    matrix = session.content.page.matrix
    timeline, heatmaps = matrix.timeline, matrix.heatmaps
    zooms, places = cycle([1] * 20 + [-1] * 20), cycle(range(200, 700, 7))

    def zoom() -> None:
        _wheel(timeline, QPoint(0, next(zooms) * _NOTCH))

    def hover() -> None:
        _move(heatmaps, QPointF(next(places), 100.5))

    def hover_timeline() -> None:
        _move(timeline, QPointF(next(places), 20.5))

    return {
        "step": lambda: QTest.keyClick(session.content.page, Qt.Key.Key_Right),
        "pan": lambda: _wheel(matrix, QPoint(0, -_NOTCH)),
        "zoom": zoom,
        "hover": hover,
        "hover over the timeline": hover_timeline,
    }


def _jump(session: Session) -> None:
    """Select a step far away: another section is read."""
    session.state.go_to((session.state.position * 7 + 4_321) % _STEPS)


def _wheel(widget: QWidget, angle: QPoint) -> None:
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place,
        QPointF(widget.mapToGlobal(place)),
        QPoint(),
        angle,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def _move(widget: QWidget, place: QPointF) -> None:
    button = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        QPointF(widget.mapToGlobal(place)),
        button,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def _painted(session: Session, action: Callable[[], None]) -> float:
    """Return the seconds until what an action shows is read and painted."""
    started = perf_counter()
    action()
    _wait(lambda: session.state.is_up_to_date)
    QApplication.processEvents()
    return perf_counter() - started


def _wait(condition: Callable[[], bool]) -> None:
    while not condition():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
