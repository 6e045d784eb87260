"""One heatmap, as a band: name and scale on the left, a column a step, a row a unit."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from lstm_viz.app.painting import number_font, paint_panel, signed, text_font
from lstm_viz.app.pictures import dark_text, levels, picture
from lstm_viz.app.scale import paint_scale
from lstm_viz.app.sentence.columns import LABEL_WIDTH, Columns
from lstm_viz.app.theme import QUANTITIES, Theme
from lstm_viz.app.words import part_name, quantity_name
from lstm_viz.messages import Floats

_PADDING = 4.0
_ROW_FOR_NUMBERS = 10.5
_WIDTH_FOR_NUMBERS = 36.0
_ROW_FOR_GAPS = 6.0


@dataclass(frozen=True)
class Band:
    """A quantity's heatmap at its place.

    ``values`` is (T, H). ``gap`` pixels are left free between columns.
    """

    name: str
    rect: QRectF
    values: Floats
    columns: Columns
    theme: Theme
    parts: tuple[tuple[str, int], ...] = ()

    @cached_property
    def image(self) -> QImage:
        return picture(self.values, self.name, self.theme)

    @property
    def cells(self) -> QRectF:
        """Where the visible cells are."""
        width = self.columns.shown * self.columns.width
        return QRectF(LABEL_WIDTH, self.rect.top() + _PADDING, width, self.rect.height() - 2 * _PADDING)

    @property
    def row_height(self) -> float:
        return self.cells.height() / self.rows

    @property
    def rows(self) -> int:
        return int(self.values.shape[1])

    @property
    def gap(self) -> float:
        return _gap(self.columns)

    def row_at(self, y: float) -> int:
        """Return the unit at ``y``, clamped to the units there are."""
        return max(0, min(int((y - self.cells.top()) / self.row_height), self.rows - 1))

    def cell(self, column: int, row: int) -> QRectF:
        top = self.cells.top() + row * self.row_height
        left = self.columns.left(column) + self.gap / 2
        return QRectF(left, top, self.columns.width - self.gap, self.row_height)

    # ------------------------------------------------------------ painting

    def paint_ground(self, painter: QPainter) -> None:
        """Paint what no number changes: the panel, the name and the scale."""
        paint_panel(painter, self.rect, self.theme, edge=self.theme.quantity[self.name])
        self._paint_label(painter)

    def paint(self, painter: QPainter, unit: int | None, shown: range) -> None:
        """Paint the numbers of the columns ``shown``, over what `paint_ground` painted."""
        columns, cells = self.columns, self.cells
        # the whole image, whatever is shown of it: a part of it would round its rows elsewhere
        painter.drawImage(cells, self.image, QRectF(columns.first, 0, columns.shown, self.rows))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.panel))
        painter.drawRects(_gaps(columns, shown, cells.top(), cells.height(), self.rows))
        if self.row_height >= _ROW_FOR_NUMBERS and self.columns.width - self.gap >= _WIDTH_FOR_NUMBERS:
            self._paint_numbers(painter, shown)
        if unit is not None:
            self._paint_unit(painter, unit)
        self._paint_parts(painter)

    def _paint_numbers(self, painter: QPainter, columns: range) -> None:
        painter.setFont(number_font(min(12, int(self.row_height - 2))))
        shown = self.values[columns.start : columns.stop]
        dark = dark_text(self.name, self.theme)[levels(shown, self.name)]
        black, white = QColor("#000000"), QColor("#ffffff")
        has_sign = QUANTITIES[self.name].range == "signed"
        for t, column in enumerate(columns):
            for row in range(shown.shape[1]):
                value = float(shown[t, row])
                painter.setPen(black if dark[t, row] else white)
                text = signed(value) if has_sign else signed(value).removeprefix("+")
                painter.drawText(self.cell(column, row), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_label(self, painter: QPainter) -> None:
        quantity, rect = QUANTITIES[self.name], self.rect
        left, width = rect.left() + 14, LABEL_WIDTH - 30
        painter.setPen(QColor(self.theme.ink[self.name]))
        painter.setFont(text_font(12, bold=True))
        one_line = rect.height() < 44
        align = Qt.AlignmentFlag.AlignVCenter if one_line else Qt.AlignmentFlag.AlignTop
        title = f"{quantity.symbol}  {quantity_name(self.name)}" if one_line else quantity_name(self.name)
        painter.drawText(
            QRectF(left, rect.top() + (0 if one_line else 7), width + 12, rect.height()), align, title
        )
        if one_line:
            return
        painter.setPen(QColor(self.theme.text))
        painter.setFont(text_font(14))
        painter.drawText(
            QRectF(left, rect.top() + 23, width, 20), Qt.AlignmentFlag.AlignLeft, f"{quantity.symbol}ₜ"
        )
        if rect.height() >= 70:
            paint_scale(painter, QRectF(left, rect.top() + 49, width, 5), self.name, self.theme)

    def _paint_unit(self, painter: QPainter, unit: int) -> None:
        """Mark the picked unit's row: a pointer at its left, and a frame where the row is tall enough."""
        if unit >= self.rows:
            return
        cells = self.cells
        y = cells.top() + (unit + 0.5) * self.row_height
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.text))
        tip = cells.left() - 1
        painter.drawPolygon(QPolygonF([QPointF(tip - 6, y - 4), QPointF(tip, y), QPointF(tip - 6, y + 4)]))
        if self.row_height >= _ROW_FOR_GAPS:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.text), 1, Qt.PenStyle.DotLine))
            row = QRectF(cells.left(), y - self.row_height / 2, cells.width(), self.row_height)
            painter.drawRect(row.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_parts(self, painter: QPainter) -> None:
        """Mark what the rows are made of, where they come from several places."""
        if len(self.parts) < 2:
            return
        painter.setFont(text_font(10))
        start = 0
        for name, size in self.parts:
            top = self.cells.top() + start * self.row_height
            height = size * self.row_height
            painter.setPen(QPen(QColor(self.theme.text), 1))
            if start:
                painter.drawLine(QPointF(self.rect.left() + 8, top), QPointF(self.cells.right(), top))
            painter.setPen(QColor(self.theme.muted))
            rect = QRectF(LABEL_WIDTH - 74, top, 62, height)
            painter.drawText(
                rect,
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom,
                part_name(name),
            )
            start += size


def _gap(columns: Columns) -> float:
    return min(6.0, columns.width * 0.06)


@lru_cache(maxsize=64)
def _gaps(columns: Columns, shown: range, top: float, height: float, rows: int) -> list[QRectF]:
    """Return the strips between the columns, and between the rows where they are tall enough.

    Kept, since they are the same with every key, and to list them takes longer than to paint them.
    """
    gap = _gap(columns)
    lefts = (columns.left(column) - gap / 2 for column in range(shown.start, shown.stop + 1))
    strips = [QRectF(left, top, gap, height) for left in lefts]
    if height / rows >= _ROW_FOR_GAPS:
        left, width = columns.left(shown.start), len(shown) * columns.width
        tops = (round(top + row * height / rows) for row in range(1, rows))
        strips += [QRectF(left, y - 0.5, width, 1) for y in tops]
    return strips
