"""A growing loss curve, against pyqtgraph's own downsampling."""

from collections.abc import Callable, Iterator

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lstm_viz.app.panels.curves.curve import Curve
from lstm_viz.app.panels.curves.plot import Plot, PlotLine
from lstm_viz.app.shell.main import make_application
from lstm_viz.app.theme import DARK
from lstm_viz.bench.timing import Goal, Row, compare

_POINTS = 100_000
_NEW = 30  # steps between two frames
_SIZE = (640, 260)
_COLOUR = "#62b8f0"


def rows(*, short: bool = False) -> Iterator[Row]:
    """Measure appending some steps and painting the plot."""
    application = QApplication.instance() or make_application([])
    assert isinstance(application, QApplication)
    seconds = 0.5 if short else 3.0
    ways: tuple[tuple[str, dict[str, bool], Goal | None], ...] = (
        ("pyqtgraph autoDownsample", {"autoDownsample": True, "clipToView": True}, Goal("≥", 3.0)),
        ("pyqtgraph plain", {}, None),
    )
    for name, options, goal in ways:
        ours, theirs = _ours(), _theirs(options)
        title = f"loss curve, {_POINTS:,} points"
        yield compare(title, f"{name} / ours", theirs, ours, goal=goal, seconds=seconds)
    yield compare(
        f"{_NEW} points more, bucketed",
        "after 1,000,000 / after 10,000",
        _growing(1_000_000),
        _growing(10_000),
        goal=Goal("≤", 2.0),
        seconds=seconds,
    )


def _growing(points: int) -> Callable[[], None]:
    """Return a function that appends to a curve of ``points`` points and computes its visible part."""
    curve = Curve()
    curve.extend(*_loss(1, points))

    def grow() -> None:
        last = float(curve.steps[-1])
        curve.extend(*_loss(int(last) + 1, _NEW))
        curve.window(0.0, last + _NEW, _SIZE[0])

    return grow


def _loss(first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return steps and a noisy decreasing loss, deterministic for the same steps."""
    steps = np.arange(first, first + count, dtype=np.float64)
    noise = np.random.default_rng(first).standard_normal(count)
    return steps, 2.3 * np.exp(-3 * steps / _POINTS) * (1 + 0.15 * noise) + 0.15


def _ours() -> Callable[[], None]:
    plot, curve = Plot(), Curve()
    plot.set_theme(DARK)
    curve.extend(*_loss(1, _POINTS))
    line = PlotLine(curve, _COLOUR)
    _show(plot)

    def grow() -> None:
        last = float(curve.steps[-1])
        curve.extend(*_loss(int(last) + 1, _NEW))
        plot.draw([line], (0.0, last + _NEW))
        _paint()

    return grow


def _theirs(options: dict[str, bool]) -> Callable[[], None]:
    plot = pg.PlotWidget(background=DARK.panel)
    steps, losses = _loss(1, _POINTS)
    item = plot.plot(pen=pg.mkPen(_COLOUR, width=1), skipFiniteCheck=True, **options)
    _show(plot)

    def grow() -> None:
        nonlocal steps, losses
        new = _loss(int(steps[-1]) + 1, _NEW)
        steps, losses = np.append(steps, new[0]), np.append(losses, new[1])
        item.setData(steps, losses)
        plot.setXRange(0.0, steps[-1], padding=0)
        _paint()

    return grow


def _show(widget: QWidget) -> None:
    widget.resize(*_SIZE)
    widget.show()
    QTest.qWaitForWindowExposed(widget)


def _paint() -> None:
    """Process events until all is painted, including repaints that painting has requested."""
    QCoreApplication.processEvents()
    QCoreApplication.processEvents()
