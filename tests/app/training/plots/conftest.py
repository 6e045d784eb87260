"""Panels of curves over real run folders, in a window of their own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.state import State
from lstm_viz.app.theme import DARK
from lstm_viz.runs.library import RunLibrary
from lstm_viz.runs.settings import SMALL
from lstm_viz.uris import of_run
from tests.runs_support import write_run


@dataclass
class Scene:
    """The three panels side by side, and what they listen to."""

    state: State
    runs: Runs
    window: QWidget
    panels: dict[str, QWidget]

    @property
    def loss(self):
        return self.panels["LossPanel"]

    @property
    def second_plot(self):
        return self.panels["SecondPlotPanel"]

    @property
    def saturation(self):
        return self.panels["SaturationPanel"]

    def read(self) -> None:
        """Read what the runs have gained, as the timer would."""
        self.runs.poll()
        self.runs.stop()
        QApplication.processEvents()

    def drag(self, plot, start: QPoint, end: QPoint, key=Qt.KeyboardModifier.NoModifier) -> None:
        """Drag in a plot with the left button."""
        view, button = plot.viewport(), Qt.MouseButton.LeftButton
        QTest.mouseMove(view, start)
        QTest.mousePress(view, button, key, start)
        for share in (0.5, 1.0):
            place = start + (end - start) * share
            _move(view, place, key)
        QTest.mouseRelease(view, button, key, end)
        QApplication.processEvents()

    def middle(self, plot) -> QPoint:
        return plot.mapFromScene(plot.box.sceneBoundingRect().center())


def _move(view: QWidget, place: QPoint, key: Qt.KeyboardModifier) -> None:
    """Move with the left button held, which QTest's own moves are not."""
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(place), QPointF(view.mapToGlobal(place)),
        Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, key,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


@pytest.fixture
def every_move() -> Iterator[None]:
    """Let pyqtgraph see every move of the mouse: a test's come faster than a hand's."""
    import pyqtgraph as pg

    limit = pg.getConfigOption("mouseRateLimit")
    pg.setConfigOption("mouseRateLimit", 0)
    yield
    pg.setConfigOption("mouseRateLimit", limit)


@pytest.fixture
def scene(application: QApplication, qtbot: QtBot, every_move: None) -> Iterator[Callable[..., Scene]]:
    """Return what shows the panels: ``scene(run_path, epoch=3, compared=(...))``."""
    from lstm_viz.app.panels.curves.loss import LossPanel
    from lstm_viz.app.panels.curves.second_plot import SecondPlotPanel
    from lstm_viz.app.panels.saturation.saturation_panel import SaturationPanel

    made = list[Scene]()

    def make(
        path: Path | None, *, epoch: int | None = None, theme=DARK, size=(1200, 360), **training
    ) -> Scene:
        model = "preset:tutorial" if path is None else of_run(path)
        state = State(Selection(model=model, epoch=epoch), theme, TrainingView(page="training", **training))
        runs = Runs(state, RunLibrary(path.parent if path else Path("nowhere")))
        runs.start()
        runs.stop()
        window = QWidget()
        layout = QHBoxLayout(window)
        panels = {kind.__name__: kind(state, runs) for kind in (LossPanel, SecondPlotPanel, SaturationPanel)}
        for panel in panels.values():
            layout.addWidget(panel, 1)
        window.resize(*size)
        window.show()
        qtbot.waitExposed(window)
        made.append(Scene(state, runs, window, panels))
        made[-1].read()
        return made[-1]

    yield make
    for each in made:
        each.runs.stop()
        each.window.hide()
        for thing in (each.window, each.runs, each.state):
            thing.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.processEvents()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return a run of 600 steps in 10 epochs."""
    return write_run(tmp_path / "run", steps=600, epochs=10, settings=SMALL, name="a run")
