"""A widget on which gates, states and x can be clicked, or typed by their letter."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.plain_text import show_tip


class GateClicks(QWidget):
    """Base of what shows the numbers of a cell; every other click and key passes on.

    Signals
    -------
    number_clicked(str)
        The arithmetic of a gate, of c, h or x is wanted.
    """

    number_clicked = Signal(str)

    def number_at(self, point: QPointF) -> str | None:
        """Return the gate, c, h or x at ``point``, if it has an arithmetic to show."""
        raise NotImplementedError

    def openable(self) -> Collection[str]:
        """Return the names of all that have an arithmetic to show."""
        raise NotImplementedError

    def tip_at(self, point: QPointF) -> str:
        """Return what there is to say of ``point``, "" if nothing."""
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
