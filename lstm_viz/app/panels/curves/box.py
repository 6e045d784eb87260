"""Mouse interaction with a plot: zoom, pan, zoom to a rectangle, drag the cursor, reset."""

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QGraphicsSceneWheelEvent

from lstm_viz.app.guard import guarded
from lstm_viz.app.theme import Theme

#: A drag that starts within so many pixels of the cursor moves it.
GRAB_DISTANCE = 7
_NOTCH = 0.8
_LEFT = Qt.MouseButton.LeftButton


class PlotBox(pg.ViewBox):  # type: ignore[misc]
    """The view box of a plot; it emits the requested ranges and does not apply them itself.

    Signals
    -------
    steps_requested(low, high), values_requested(low, high)
        Another range of steps, or of values in coordinates of the axis.
    scrubbed(step)
        The cursor was dragged to a step.
    reset_requested()
        A double click.
    """

    steps_requested = Signal(float, float)
    values_requested = Signal(float, float)
    scrubbed = Signal(float)
    reset_requested = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0)
        self.disableAutoRange()
        self.cursor_step: float | None = None
        self.values_fixed = False
        self._drag = ""

    def set_theme(self, theme: Theme) -> None:
        self.rbScaleBox.setPen(pg.mkPen(theme.accent, width=1))
        self.rbScaleBox.setBrush(pg.mkBrush(_faint(theme.accent)))

    def is_at_cursor(self, place: QPointF) -> bool:
        """Return whether ``place``, in pixels of the box, is within `GRAB_DISTANCE` of the cursor."""
        if self.cursor_step is None:
            return False
        return abs(float(self.mapFromView(QPointF(self.cursor_step, 0)).x()) - place.x()) <= GRAB_DISTANCE

    def zoom_steps(self, factor: float, around: float | None = None) -> None:
        """Request the range of steps scaled by ``factor`` around a step, by default the middle."""
        low, high = self.viewRange()[0]
        middle = (low + high) / 2 if around is None else around
        self.steps_requested.emit(middle - (middle - low) * factor, middle + (high - middle) * factor)

    def move_steps(self, share: float) -> None:
        """Request the range of steps shifted by a share of its width."""
        low, high = self.viewRange()[0]
        by = share * (high - low)
        self.steps_requested.emit(low + by, high + by)

    # ------------------------------------------------------------ pyqtgraph's overrides

    @guarded
    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        event.accept()
        place = self.mapToView(event.pos())
        factor = _NOTCH ** (event.delta() / 120)
        if axis == 1 or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            low, high = self.viewRange()[1]
            self.values_requested.emit(
                place.y() - (place.y() - low) * factor, place.y() + (high - place.y()) * factor
            )
        else:
            self.zoom_steps(factor, place.x())

    @guarded
    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        if event.button() == _LEFT and event.double():
            event.accept()
            self.reset_requested.emit()

    @guarded
    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        if event.button() != _LEFT:
            event.ignore()
            return
        event.accept()
        if event.isStart():
            self._drag = self._kind_of_drag(event, axis)
        if self._drag == "scrub":
            self.scrubbed.emit(float(self.mapToView(event.pos()).x()))
        elif self._drag == "mark":
            self._mark(event)
        else:
            self._move(event, axis)

    def _kind_of_drag(self, event: MouseDragEvent, axis: int | None) -> str:
        if axis is None and self.is_at_cursor(event.buttonDownPos()):
            return "scrub"
        return "mark" if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and axis is None else "move"

    def _mark(self, event: MouseDragEvent) -> None:
        if not event.isFinish():
            self.updateScaleBox(event.buttonDownPos(), event.pos())
            return
        self.rbScaleBox.hide()
        one, other = self.mapToView(event.buttonDownPos()), self.mapToView(event.pos())
        xs, ys = sorted((one.x(), other.x())), sorted((one.y(), other.y()))
        if xs[1] > xs[0] and ys[1] > ys[0]:
            self.values_requested.emit(*ys)
            self.steps_requested.emit(*xs)

    def _move(self, event: MouseDragEvent, axis: int | None) -> None:
        (left, right), (bottom, top) = self.viewRange()
        before, now = self.mapToView(event.lastPos()), self.mapToView(event.pos())
        dx, dy = before.x() - now.x(), before.y() - now.y()
        if axis != 1 and dx:
            self.steps_requested.emit(left + dx, right + dx)
        if (axis == 1 or (axis is None and self.values_fixed)) and dy:
            self.values_requested.emit(bottom + dy, top + dy)


def _faint(colour: str) -> str:
    """Return a colour with an opacity of a quarter, in pyqtgraph's format ``#rrggbbaa``."""
    return f"{colour}40"
