"""The view of the list of runs: mouse and keyboard handling."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.runs.run_list import DOT_WIDTH

_OVERLAY_KEYS = (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.MetaModifier)


class RunView(QListView):
    """A list view: a press selects a run, a press on its dot or with Ctrl compares it.

    Signals
    -------
    line_picked(row), line_toggled(row), delete_requested(row)
        A run is to be selected, compared or no longer compared, or deleted.
    """

    line_picked = Signal(int)
    line_toggled = Signal(int)
    delete_requested = Signal(int)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            super().mousePressEvent(event)
            return
        self.setFocus()
        self.setCurrentIndex(index)
        on_dot = event.position().x() - self.visualRect(index).left() < DOT_WIDTH
        if on_dot or event.modifiers() in _OVERLAY_KEYS:
            self.line_toggled.emit(index.row())
        else:
            self.line_picked.emit(index.row())

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        signals = {
            Qt.Key.Key_Return: self.line_picked,
            Qt.Key.Key_Enter: self.line_picked,
            Qt.Key.Key_Space: self.line_toggled,
            Qt.Key.Key_Delete: self.delete_requested,
        }
        row, signal = self.currentIndex().row(), signals.get(Qt.Key(event.key()))
        if signal is not None and row >= 0 and self.state() != QAbstractItemView.State.EditingState:
            signal.emit(row)
        else:
            super().keyPressEvent(event)
