"""The geometry of the gradient flow matrix, and the words or numbers beside its rows and columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from lstm_viz.app.widgets.cell_grid import GridGeometry
from lstm_viz.app.widgets.painting import number_font, text_font
from lstm_viz.ordinals import ordinal

#: The height of the title of an axis, in pixels.
TITLE = 15.0
#: The room for words, for numbers of words, for a line of text, and for the scale at the foot.
_WORDS, _NUMBERS, _LINE, _SCALE = 54.0, 24.0, 16.0, 24.0
_CELL_FOR_WORDS, _UPRIGHT, _LARGEST = 11.0, 28.0, 60.0
_LARGEST_FONT = 11
_ELIDED = Qt.TextElideMode.ElideRight
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


@dataclass(frozen=True, slots=True)
class FlowLayout:
    """The cells, and how rows and columns are labelled: with words, or with the numbers of some of them."""

    grid: GridGeometry
    rows: Literal["words", "numbers"]
    columns: Literal["upright", "turned", "numbers"]

    @classmethod
    def fit(cls, words: Sequence[str], width: float, height: float) -> "FlowLayout":
        """Return the largest cells for these words, with the words beside them where they can be read."""
        room, tall, n = width - TITLE - 2.0, height - TITLE - _SCALE, max(1, len(words))
        upright = min(room - _WORDS, tall - _LINE) / n
        turned = min(room - _WORDS, tall - _WORDS) / n
        if min(upright, _LARGEST) >= _room_upright(words):
            return cls(_grid(_WORDS, min(upright, _LARGEST), len(words)), "words", "upright")
        if turned >= _CELL_FOR_WORDS:
            return cls(_grid(_WORDS, min(turned, _LARGEST), len(words)), "words", "turned")
        if upright >= _CELL_FOR_WORDS:
            return cls(_grid(_WORDS, upright, len(words)), "words", "numbers")
        return cls(_grid(_NUMBERS, min(room - _NUMBERS, tall - _LINE) / n, len(words)), "numbers", "numbers")

    @property
    def under(self) -> float:
        """The height of the labels under the columns."""
        return _WORDS if self.columns == "turned" else _LINE

    def numbered(self) -> range:
        """Return the words whose numbers have room: all, every second, fifth, tenth and so on."""
        steps = (step * 10**power for power in range(6) for step in (1, 2, 5))
        step = next(step for step in steps if step * self.grid.height >= _LINE)
        return range(step - 1, self.grid.rows, step)


def _room_upright(words: Sequence[str]) -> float:
    """Return how wide cells are under which the words are as long as beside them."""
    wide = QFontMetricsF(text_font(_LARGEST_FONT)).horizontalAdvance
    return max(_UPRIGHT, min(_WORDS - 8, max(map(wide, words), default=0.0)) + 2)


def _grid(labels: float, cell: float, words: int) -> GridGeometry:
    side = max(cell, 0.5)
    return GridGeometry(TITLE + labels, 0.0, side, side, words, words)


def paint_labels(painter: QPainter, layout: FlowLayout, words: Sequence[str]) -> None:
    """Paint the labels of rows and columns in the colour of the painter's pen; numbers count from 1."""
    painter.setFont(number_font(9))
    for k in layout.numbered():
        if layout.rows == "numbers":
            painter.drawText(_beside(layout, k, _NUMBERS), _RIGHT, str(ordinal(k)))
        if layout.columns == "numbers":
            painter.drawText(_under(layout, k, 28.0), _CENTRE, str(ordinal(k)))
    if layout.rows == "words":
        _paint_words(painter, layout, words)


def _paint_words(painter: QPainter, layout: FlowLayout, words: Sequence[str]) -> None:
    grid, font = layout.grid, text_font(int(min(_LARGEST_FONT, layout.grid.height - 1)))
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    for k, word in enumerate(words):
        text = metrics.elidedText(word, _ELIDED, _WORDS - 8)
        painter.drawText(_beside(layout, k, _WORDS), _RIGHT, text)
        if layout.columns == "upright":
            text = metrics.elidedText(word, _ELIDED, grid.width - 2)
            painter.drawText(_under(layout, k, grid.width), _CENTRE, text)
        elif layout.columns == "turned":
            _paint_turned(painter, _under(layout, k, grid.width), text)


def _beside(layout: FlowLayout, row: int, width: float) -> QRectF:
    """Return the rectangle of a row's label, at least as tall as a line."""
    cell = layout.grid.cell(row, 0)
    tall = max(_LINE, cell.height())
    return QRectF(cell.left() - width, cell.center().y() - tall / 2, width - 6, tall)


def _under(layout: FlowLayout, column: int, width: float) -> QRectF:
    """Return the rectangle of a column's label."""
    grid = layout.grid
    return QRectF(grid.cell(0, column).center().x() - width / 2, grid.rect.bottom() + 2, width, 14)


def _paint_turned(painter: QPainter, place: QRectF, text: str) -> None:
    """Paint a word from bottom to top, with its end at its column."""
    painter.save()
    painter.translate(place.topLeft())
    painter.rotate(-90)
    painter.drawText(QRectF(-_WORDS, 0, _WORDS - 2, place.width()), _RIGHT, text)
    painter.restore()
