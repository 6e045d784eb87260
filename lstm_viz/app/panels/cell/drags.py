"""Widgets on which the numbers of a cell are clicked, opened by their letter, dragged, and have a menu."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.cell.dragging import Drag
from lstm_viz.app.widgets.plain_text import show_tip


class GateClicks(QWidget):
    """Base of widgets that show the numbers of a cell; all other clicks and keys are ignored.

    Signals
    -------
    number_clicked(str)
        The arithmetic of a gate, of c, h or x is requested.
    """

    number_clicked = Signal(str)

    def number_at(self, point: QPointF) -> str | None:
        """Return the gate, c, h or x at ``point``, if it has an arithmetic."""
        raise NotImplementedError

    def openable(self) -> Collection[str]:
        """Return the names of all quantities that have an arithmetic."""
        raise NotImplementedError

    def tip_at(self, point: QPointF) -> str:
        """Return the tool tip at ``point``, "" for none."""
        raise NotImplementedError

    @guarded
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            show_tip(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        gate = self.number_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and gate:
            self.number_clicked.emit(gate)
        else:
            event.ignore()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text().lower()
        if letter and letter in self.openable():
            self.number_clicked.emit(letter)
        else:
            event.ignore()


class NumberDrags(GateClicks):
    """Distinguishes a drag of a number from a click on its gate: a press without movement is a click.

    Signals
    -------
    dragged(str, float), dropped()
        A number is dragged to this value; it was dropped.
    drag_refused(str)
        A number was dragged that cannot be; the argument is why.
    menu_requested(str, position)
        A context menu is requested for a number ("" for none in particular), in screen coordinates.
    """

    dragged = Signal(str, float)
    dropped = Signal()
    drag_refused = Signal(str)
    menu_requested = Signal(str, QPoint)

    _drag: Drag | None = None
    _in_vain: QPointF | None = None

    def drag_at(self, point: QPointF) -> Drag | None:
        """Return the drag that a press at ``point`` begins, None for none."""
        raise NotImplementedError

    def why_no_drag(self, point: QPointF) -> str:
        """Return why the number at ``point`` cannot be dragged, "" if it can or there is none."""
        raise NotImplementedError

    def name_at(self, point: QPointF) -> str:
        """Return the number at ``point`` that can be clamped, "" for none."""
        raise NotImplementedError

    def point_at(self, point: QPointF) -> None:
        """Set hover state and cursor for ``point``."""
        raise NotImplementedError

    def drop(self) -> None:
        """End the current drag, if there is one."""
        drag, self._drag = self._drag, None
        if drag is not None and drag.moves:
            self.dropped.emit()

    def _refuse(self, point: QPointF, pressed: bool) -> None:
        """Report once why the pressed number cannot be dragged."""
        start = self._in_vain if pressed else None
        if start is not None and (point - start).manhattanLength() >= QApplication.startDragDistance():
            self._in_vain = None
            self.drag_refused.emit(self.why_no_drag(start))

    # ---------------------------------------------------------------- Qt

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._drag = self.drag_at(event.position())
        self._in_vain = event.position() if self.why_no_drag(event.position()) else None
        if self._drag is None and not self.number_at(event.position()):
            event.ignore()

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point, drag = event.position(), self._drag
        if drag is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self.drop()
            self.point_at(point)
            self._refuse(point, bool(event.buttons() & Qt.MouseButton.LeftButton))
            return
        if drag.moves:
            self.dragged.emit(drag.name, drag.at(point))
        elif abs(drag.distance_to(point)) >= QApplication.startDragDistance():
            self._drag = drag.moved(point)  # it still has its own value, and is not clamped to it

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        drag, gate = self._drag, self.number_at(event.position())
        self.drop()
        if gate and not (drag and (drag.moves or drag.name != gate)):
            self.number_clicked.emit(gate)

    @guarded
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.drop()
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        self.menu_requested.emit(self.name_at(QPointF(event.pos())) if by_mouse else "", event.globalPos())

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        self.drop()
        super().hideEvent(event)
