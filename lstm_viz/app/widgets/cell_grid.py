"""The base class of grids of coloured cells, explored with the mouse or the arrow keys."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.hover import HoverWidget

_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class GridGeometry:
    """The geometry of rows and columns of cells."""

    left: float
    top: float
    width: float
    height: float
    rows: int
    columns: int

    @property
    def rect(self) -> QRectF:
        return QRectF(self.left, self.top, self.width * self.columns, self.height * self.rows)

    def cell(self, row: int, column: int) -> QRectF:
        return QRectF(self.left + column * self.width, self.top + row * self.height, self.width, self.height)

    def at(self, point: QPointF) -> Cell | None:
        """Return (row, column) of the cell at ``point``, None outside the grid."""
        if not self.rows or not self.columns or not self.rect.contains(point):
            return None
        row, column = (point.y() - self.top) / self.height, (point.x() - self.left) / self.width
        return min(int(row), self.rows - 1), min(int(column), self.columns - 1)


class CellGrid(HoverWidget):
    """A widget with a grid of cells; subclasses define the geometry and the descriptions, and paint it.

    Signals
    -------
    activated(row, column)
        A cell was clicked, or Enter pressed on it.
    """

    activated = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current: Cell | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # ------------------------------------------------------------ overridden by subclasses

    def grid(self) -> GridGeometry:
        """Return the geometry of the cells at the widget's size."""
        raise NotImplementedError

    def describe(self, row: int, column: int) -> str:
        """Return the description of a cell; empty if there is no such cell."""
        raise NotImplementedError

    # ------------------------------------------------------------ the current cell

    @property
    def current(self) -> Cell | None:
        """The cell selected with the arrow keys or the mouse."""
        return self._current

    def clear_current(self) -> None:
        self._current = None
        self._hover.hide()

    def move_to(self, row: int, column: int) -> None:
        """Make a cell current and show its description."""
        if not self.describe(row, column):
            return
        self._current = row, column
        text = self.describe(row, column)
        self.setAccessibleDescription(text)
        self._hover.show_at(self.grid().cell(row, column).center(), text)
        self.update()

    def paint_current(self, painter: QPainter, theme: Theme) -> None:
        """Paint the frame of the current cell; without one, that of the widget."""
        if self._current is None:
            self.paint_focus(painter)
        if self._current is None or self._is_posing or not self.hasFocus():
            return
        rect = self.grid().cell(*self._current)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.text), 2))
        painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def describe_at(self, point: QPointF) -> str:
        cell = self.grid().at(point)
        return self.describe(*cell) if cell else ""

    # ------------------------------------------------------------ Qt

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.grid().at(event.position())
        if cell and event.button() == Qt.MouseButton.LeftButton and self.describe(*cell):
            self._current = cell
            self.update()
            self.activated.emit(*cell)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, grid = event.key(), self.grid()
        if not grid.rows or not grid.columns:
            event.ignore()
        elif key in _MOVES:
            row, column = self._current or (0, 0)
            down, right = _MOVES[Qt.Key(key)] if self._current else (0, 0)
            self.move_to(
                max(0, min(row + down, grid.rows - 1)), max(0, min(column + right, grid.columns - 1))
            )
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current:
            self._hover.hide()
            self.activated.emit(*self._current)
        else:
            event.ignore()
