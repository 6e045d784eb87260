"""A table of texts that is read row by row."""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QWidget

from lstm_viz.app.guard import guarded

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RowTable(QTableWidget):
    """A table to read; Home and End go to its first and last row, and not within a row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        header = self.horizontalHeader()
        header.setDefaultAlignment(_LEFT)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    @guarded
    def moveCursor(  # noqa: N802
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        column = max(0, self.currentColumn())
        match action:
            case QAbstractItemView.CursorAction.MoveHome:
                return self.model().index(0, column)
            case QAbstractItemView.CursorAction.MoveEnd:
                return self.model().index(self.rowCount() - 1, column)
        return super().moveCursor(action, modifiers)
