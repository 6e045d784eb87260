"""A widget on which gates, states and x can be clicked, or opened by their letter."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
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
