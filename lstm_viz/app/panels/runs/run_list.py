"""The list of runs: its model, the delegate that paints its lines, and the view."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.runs.run_line import RunLine
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.painting import RADIUS, number_font, text_font
from lstm_viz.app.widgets.plain_text import as_tip

_HEIGHT = 38
_DOT = 5.0
#: A press left of this shows or hides the run's curves.
DOT_WIDTH = 30

_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_UPPER = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_LOWER = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom

Index = QModelIndex | QPersistentModelIndex


class RunModel(QAbstractListModel):
    """The model of the list.

    Signals
    -------
    renamed(path, name)
        A name was typed.
    toggled(path, on)
        A run was added to the compared ones, or removed.
    """

    renamed = Signal(object, str)
    toggled = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[RunLine, ...] = ()

    def set_lines(self, lines: Sequence[RunLine]) -> None:
        """Set the lines; the model, and with it an open editor, is reset only if the runs are others."""
        old, new = [line.path for line in self.lines], [line.path for line in lines]
        if old != new:
            self.beginResetModel()
            self.lines = tuple(lines)
            self.endResetModel()
            return
        changed = [row for row, pair in enumerate(zip(self.lines, lines, strict=True)) if pair[0] != pair[1]]
        self.lines = tuple(lines)
        for row in changed:
            self.dataChanged.emit(self.index(row), self.index(row))

    def row_of(self, path: Path) -> int:
        """Return the row of a run, -1 if there is none."""
        return next((row for row, line in enumerate(self.lines) if line.path == path), -1)

    # ------------------------------------------------------------ Qt

    @guarded
    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    @guarded
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return line.name
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(line.about)
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (line.name, line.accuracy, line.phase, line.begun) if part)
            case Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if line.colour else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.UserRole:
                return line
        return None

    @guarded
    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if not self.lines[index.row()].readable:
            return usual
        return usual | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable

    @guarded
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and line.readable and not line.current:
            self.toggled.emit(line.path, not line.colour)
            return True
        name = str(value).strip() if role == Qt.ItemDataRole.EditRole else ""
        if name and name != line.name:
            self.renamed.emit(line.path, name)
        return bool(name)


class RunDelegate(QStyledItemDelegate):
    """Paints a line: the dot in the colour of its curves, name, phase and accuracy."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state

    @guarded
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, _HEIGHT)

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line, rect = index.data(Qt.ItemDataRole.UserRole), QRectF(option.rect).adjusted(1, 2, -1, -2)
        painter.save()
        try:
            self._paint(painter, rect, line, option)
        finally:
            painter.restore()

    def _paint(self, painter: QPainter, rect: QRectF, line: RunLine, option: QStyleOptionViewItem) -> None:
        theme, state = self._state.theme, option.state
        edge = line.colour if line.current else theme.line
        if state & QStyle.StateFlag.State_HasFocus:
            edge = theme.text
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(edge), 1))
        painter.setBrush(QColor(theme.raised if line.current else theme.panel))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        self._paint_dot(painter, rect, line)
        accuracy, font = line.accuracy, number_font(12)
        painter.setFont(font)
        width = QFontMetricsF(font).horizontalAdvance("0.0000")
        right = rect.adjusted(0, 0, -10, 0)
        if accuracy:
            self._paint_accuracy(painter, right, accuracy)
        middle = right.adjusted(DOT_WIDTH, 0, -width - 10, 0)
        middle.setRight(middle.right() - self._paint_phase(painter, middle, line))
        painter.setFont(text_font(13))
        painter.setPen(QColor(theme.text if line.readable else theme.muted))
        name = painter.fontMetrics().elidedText(
            shown_text(line.name), Qt.TextElideMode.ElideRight, int(middle.width())
        )
        painter.drawText(middle.adjusted(0, 3, 0, 0), _UPPER if line.begun else _MIDDLE, name)
        painter.setFont(text_font(10))
        painter.setPen(QColor(theme.muted))
        painter.drawText(middle.adjusted(0, 0, 0, -2), _LOWER, line.begun)

    def _paint_accuracy(self, painter: QPainter, rect: QRectF, accuracy: str) -> None:
        """Paint the number, and below it what it is."""
        theme = self._state.theme
        painter.setPen(QColor(theme.text))
        painter.drawText(rect.adjusted(0, 3, 0, 0), Qt.AlignmentFlag.AlignRight, accuracy)
        painter.setFont(text_font(10))
        painter.setPen(QColor(theme.muted))
        way = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        painter.drawText(rect.adjusted(0, 0, 0, -2), way, self.tr("best"))

    def _paint_dot(self, painter: QPainter, rect: QRectF, line: RunLine) -> None:
        """Paint a disc for a run with curves, a ring for one without, a cross if it cannot be read."""
        theme, centre = self._state.theme, QPointF(rect.left() + DOT_WIDTH / 2, rect.center().y())
        if not line.readable:
            painter.setPen(QPen(QColor(theme.danger), 1.6))
            for sign in (1, -1):
                painter.drawLine(centre + QPointF(-4, -4 * sign), centre + QPointF(4, 4 * sign))
            return
        painter.setPen(QPen(QColor(line.colour or theme.muted), 1.4))
        painter.setBrush(QColor(line.colour) if line.colour else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, _DOT, _DOT)

    def _paint_phase(self, painter: QPainter, rect: QRectF, line: RunLine) -> float:
        """Paint the phase at the right, and return its width."""
        if not line.phase:
            return 0.0
        painter.setFont(text_font(11))
        painter.setPen(QColor(line.phase_colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line.phase)
        return QFontMetricsF(painter.font()).horizontalAdvance(line.phase) + 8


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
