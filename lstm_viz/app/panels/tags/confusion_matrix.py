"""The confusion matrix: true tags from top to bottom, predicted tags from left to right."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.tags.confusion_counts import ConfusionCounts
from lstm_viz.app.panels.tags.measures import shares
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.cell_grid import CellGrid, GridGeometry
from lstm_viz.app.widgets.figure import draw_cells
from lstm_viz.app.widgets.painting import fitted_font, fitting, number_font, text_font
from lstm_viz.app.widgets.pictures import Pixels, blend, image_of, is_light
from lstm_viz.app.widgets.tag_label import paint_swatch

_LEAST_NAMES, _MOST_NAMES = 60.0, 0.35  # pixels, and the share of the widget
_SWATCH = 9.0
_CELL_FOR_NAMES, _CELL_FOR_NUMBERS = 7.0, 15.0
_LARGEST = 64.0
_RANGE = 1000.0  # a share of one in so many is distinguishable from none
_ELIDED = Qt.TextElideMode.ElideRight
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def strength(row_shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the shade of shares of a row, 0 to 1, on a logarithmic scale that shows a few in a thousand."""
    return np.asarray(np.log1p(row_shares * _RANGE) / np.log1p(_RANGE))


def short_count(count: int) -> str:
    """Return a count in four characters at most: 999, 1.2k, 57k, 3M."""
    if count < 1000:
        return str(count)
    for unit, name in ((1_000_000, "M"), (1000, "k")):
        if count >= unit:
            return f"{count / unit:.1f}{name}" if count < 10 * unit else f"{count // unit}{name}"
    return str(count)


class ConfusionMatrix(CellGrid):
    """Draws the table of `ConfusionCounts`, the diagonal muted and the confusions prominent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: ConfusionCounts | None = None
        self._widest_name = 0.0
        self.setAccessibleName(self.tr("Confusion matrix"))

    def set_counts(self, counts: ConfusionCounts | None) -> None:
        if counts is None or self._counts is None or counts.tags != self._counts.tags:
            self.clear_current()
        self._counts = counts
        self._widest_name = _widest_name(counts) if counts else 0.0
        self._hover.hide()
        self.update()

    def grid(self) -> GridGeometry:
        rows, columns = (self._counts.rows, len(self._counts.tags)) if self._counts else (0, 0)
        left, top = self._names_room(self.width()), self._names_room(self.height())
        width = max(1.0, min((self.width() - left - 4) / max(1, columns), _LARGEST))
        height = max(1.0, min((self.height() - top - 18) / max(1, rows), _LARGEST * 0.6))
        return GridGeometry(left, top, width, height, rows, columns)

    def _names_room(self, size: int) -> float:
        """Return the margin for the names and swatches along a side of ``size`` pixels."""
        return max(_LEAST_NAMES, min(self._widest_name + _SWATCH + 14, _MOST_NAMES * size))

    def describe(self, row: int, column: int) -> str:
        counts = self._counts
        if counts is None or row >= counts.rows:
            return ""
        count, whole = int(counts.table[row, column]), int(counts.table[row].sum())
        text = self.tr("%1 tagged as %2: %3 of %4 (%5 %)")
        share = f"{100 * count / whole:.1f}" if whole else "–"
        for k, number in ((3, f"{count:,}"), (4, f"{whole:,}"), (5, share)):
            text = text.replace(f"%{k}", number)
        text = text.replace("%1", "\0", 1).replace("%2", counts.name(column), 1)
        return text.replace("\0", counts.name(row), 1)

    def sizeHint(self) -> QSize:
        return QSize(320, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 150)

    # ------------------------------------------------------------ painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._counts is None:
            return
        grid, theme, counts = self.grid(), self._theme, self._counts
        pixels = _pixels(counts, theme)
        with QPainter(self) as painter:
            draw_cells(painter, grid.rect, image_of(pixels))
            _paint_gaps(painter, grid, theme)
            if grid.width >= _CELL_FOR_NUMBERS and grid.height >= 11:
                _paint_numbers(painter, grid, counts, pixels)
            self._paint_names(painter, grid, counts, theme)
            self.paint_current(painter, theme)

    def _paint_names(
        self, painter: QPainter, grid: GridGeometry, counts: ConfusionCounts, theme: Theme
    ) -> None:
        painter.setPen(QColor(theme.muted))
        for row in range(grid.rows):
            cell = grid.cell(row, 0)
            room = QRectF(0, cell.top(), grid.left - _SWATCH - 8, cell.height())
            centre = QPointF(room.right() + 5 + _SWATCH / 2, room.center().y())
            _paint_swatch(painter, centre, counts.gold(row), theme, min(_SWATCH, grid.height - 1))
            self._paint_name(painter, room, counts.name(row), _RIGHT)
        for column in range(grid.columns):
            cell = grid.cell(0, column)
            centre = QPointF(cell.center().x(), grid.top - 3 - _SWATCH / 2)
            _paint_swatch(painter, centre, counts.gold(column), theme, min(_SWATCH, grid.width - 1))
            painter.save()
            painter.translate(cell.left(), cell.top())
            painter.rotate(-90)
            room = QRectF(8 + _SWATCH, 0, grid.top - _SWATCH - 8, cell.width())
            self._paint_name(painter, room, counts.name(column), _LEFT)
            painter.restore()
        painter.setFont(text_font(10))
        foot = QRectF(grid.left, grid.rect.bottom() + 2, self.width() - grid.left, 15)
        texts = self.tr("rows: true · columns: predicted"), self.tr("↓ true · → predicted")
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft), fitting(painter, foot.width(), *texts))

    def _paint_name(self, painter: QPainter, room: QRectF, name: str, way: int) -> None:
        """Paint a name, elided where there is no room; in a figure smaller instead."""
        if self._is_posing:
            painter.setFont(fitted_font(text_font(max(3, min(10, int(room.height())))), name, room.width()))
            painter.drawText(room, way, name)
        elif room.height() >= _CELL_FOR_NAMES:
            painter.setFont(text_font(min(10, int(room.height()))))
            painter.drawText(room, way, painter.fontMetrics().elidedText(name, _ELIDED, int(room.width())))


def _pixels(counts: ConfusionCounts, theme: Theme) -> Pixels:
    """Return the colour of each cell: up to red off the diagonal, up to a muted green on it."""
    table = counts.table[: counts.rows]
    places = (strength(shares(table)) * 254).round().astype(int)
    mistakes, right = blend(theme.panel, theme.danger), blend(theme.panel, _calm(theme))
    pixels: Pixels = mistakes[places]
    diagonal = np.arange(min(pixels.shape))
    pixels[diagonal, diagonal] = right[places[diagonal, diagonal]]
    return pixels


def _calm(theme: Theme) -> str:
    """Return the colour of a full diagonal cell: green, blended with the panel's colour."""
    middle = int(blend(theme.panel, theme.good)[110])
    return QColor.fromRgb(middle).name()


def _paint_gaps(painter: QPainter, grid: GridGeometry, theme: Theme) -> None:
    if min(grid.width, grid.height) < 6:
        return
    painter.setPen(QColor(theme.line))
    rect = grid.rect
    for column in range(grid.columns + 1):
        x = grid.left + column * grid.width
        painter.drawLine(int(x), int(rect.top()), int(x), int(rect.bottom()))
    for row in range(grid.rows + 1):
        y = grid.top + row * grid.height
        painter.drawLine(int(rect.left()), int(y), int(rect.right()), int(y))


def _paint_numbers(painter: QPainter, grid: GridGeometry, counts: ConfusionCounts, pixels: Pixels) -> None:
    """Paint the counts in black or white, by the contrast to the cell's colour."""
    font = number_font(int(min(11, grid.height - 1, grid.width / 2.1)))
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    light = is_light(pixels)
    for row in range(grid.rows):
        for column in range(grid.columns):
            text = short_count(int(counts.table[row, column]))
            if text != "0" and metrics.horizontalAdvance(text) <= grid.width:
                painter.setPen(QColor("#000000" if light[row, column] else "#ffffff"))
                painter.drawText(grid.cell(row, column), _CENTRE, text)


def _paint_swatch(painter: QPainter, centre: QPointF, tag: str, theme: Theme, size: float = _SWATCH) -> None:
    if tag and size > 1:
        half = QPointF(size / 2, size / 2)
        paint_swatch(painter, QRectF(centre - half, centre + half), tag, theme)


def _widest_name(counts: ConfusionCounts) -> float:
    metrics = QFontMetricsF(text_font(10))
    return max((metrics.horizontalAdvance(counts.name(tag)) for tag in range(counts.rows)), default=0.0)
