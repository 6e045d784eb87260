"""One heatmap as a band: one column per step, one row per unit."""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen

from lstm_viz.app.panels.comparison.marks import Mark
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, PARTS_LEFT, ColumnLayout
from lstm_viz.app.panels.heatmaps.marks_legend import bar_colour, beyond_bar, paint_corner
from lstm_viz.app.panels.heatmaps.unit_axis import UnitAxis
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.figure import draw_cells
from lstm_viz.app.widgets.labels import part_name
from lstm_viz.app.widgets.painting import NO_PEN, number_font, signed, text_font
from lstm_viz.app.widgets.pictures import (
    DELTA,
    Bools,
    Pictures,
    condensed,
    dark_text,
    ends,
    has_sign,
    levels,
    picture,
    units_of_rows,
)
from lstm_viz.cells import BEYOND_SCALE
from lstm_viz.messages import Floats

_ROW_FOR_NUMBERS = 10.0
_WIDTH_FOR_NUMBERS = 36.0
_ROW_FOR_GAPS = 6.0
_ROW_FOR_FRAMES = 4.0
_ROW_FOR_CORNERS = 6.0
_PALE = 0.62
_GUIDE, _POINTED_GUIDE = 0.4, 0.8  # opacity
_HEIGHT_FOR_SCALE = 26.0
_HEIGHT_FOR_PART = 11.0
#: Differences on a finer scale have three digits, and no zero before the point.
_SCALE_FOR_TWO = 0.1
_NOTHING = "·"
_CORNER = 6.0


@dataclass(frozen=True)
class Band:
    """A quantity's heatmap and its geometry.

    ``values`` is (T, H); ``scale`` is the limit of a difference, None if it is none. Columns that are not
    ``present`` have no values. ``gap`` pixels are left free between columns, ``padding`` above and below.
    ``mark`` names which of a comparison this is, ``marks`` are the clamped cells, and ``changed`` (T, H)
    those that changed with them. ``pictures`` makes the images of the bands at this place. ``titled`` is
    whether its axis has a title.
    """

    name: str
    rect: QRectF
    values: Floats
    columns: ColumnLayout
    theme: Theme
    parts: tuple[tuple[str, int], ...] = ()
    present: Bools | None = None
    scale: float | None = None
    mark: str = ""
    marks: tuple[Mark, ...] = ()
    changed: Bools | None = None
    padding: float = 3.0
    titled: bool = False
    pictures: Pictures = field(default_factory=Pictures)

    @cached_property
    def image(self) -> QImage:
        if self.present is not None:
            return picture(condensed(self.values, _pixels(self)), self.shade, self.theme, self.present)
        key, height = (self.name, self.mark), int(self.cells.height())
        return self.pictures.picture(key, self.values, self.shade, self.theme, height if height > 0 else 1)

    @property
    def shade(self) -> str:
        """The name of the colour map."""
        return self.name if self.scale is None else f"{DELTA}{self.scale:g}"

    @property
    def difference(self) -> bool:
        return self.scale is not None

    def has(self, column: int) -> bool:
        """Return whether a column has values."""
        return self.present is None or bool(self.present[column])

    @cached_property
    def cells(self) -> QRectF:
        """The rectangle of the visible cells."""
        width = self.columns.shown * self.columns.width
        height = self.rect.height() - 2 * self.padding
        return QRectF(LABEL_WIDTH, self.rect.top() + self.padding, width, height)

    @cached_property
    def row_height(self) -> float:
        return self.cells.height() / self.rows

    @cached_property
    def rows(self) -> int:
        return int(self.values.shape[1])

    @cached_property
    def axis(self) -> UnitAxis:
        """The numbers of the rows, to the left of the cells."""
        numbered = not self.mark  # the mark of a comparison is in the place of the numbers
        return UnitAxis(self.rows, self.cells.top(), self.row_height, self.theme, self.titled, numbered)

    @cached_property
    def ends_exceeded(self) -> tuple[bool, ...]:
        """The ends of the scale that any value exceeds: True above, False below it.

        A difference exceeds none, as its scale holds the largest.
        """
        if self.scale is not None or self.name not in BEYOND_SCALE:
            return ()
        every = range(len(self.values))
        return tuple([above for above in (True, False) if self.beyond(every, above=above).any()])

    def exceeds(self, shown: range) -> bool:
        """Return whether a value of the columns ``shown`` is beyond the scale."""
        return any(self.beyond(shown, above=above).any() for above in self.ends_exceeded)

    def beyond(self, shown: range, *, above: bool) -> Bools:
        """Return which values of the columns ``shown`` are above the scale, or below it, (T, H)."""
        values, (low, high) = self.values[shown.start : shown.stop], ends(self.shade)
        beyond: Bools = values > high if above else values < low
        return beyond

    @property
    def gap(self) -> float:
        return _gap(self.columns)

    def row_at(self, y: float) -> int:
        """Return the unit at ``y``, the nearest one outside the cells."""
        return max(0, min(int((y - self.cells.top()) / self.row_height), self.rows - 1))

    def unit_at(self, point: QPointF) -> int:
        """Return the unit whose value is drawn at a point: of several in a row of pixels, the extreme one."""
        row, column = self.row_at(point.y()), self.columns.at(point.x())
        if self.rows <= _pixels(self) or column is None or not self.has(column):
            return row
        rows, values = units_of_rows(self.rows, _pixels(self)), self.values[column]
        units = rows[:, np.searchsorted(rows[0], row, "right") - 1]
        return int(units[np.abs(values[units] - values.mean()).argmax()])

    def cell(self, column: int, row: int) -> QRectF:
        return self._cell_of(column, row, self.rows)

    def _cell_of(self, column: int, row: int, rows: int) -> QRectF:
        """Return the rectangle of a column in one of so many rows."""
        height, left = self.cells.height() / rows, self.columns.left(column) + self.gap / 2
        return QRectF(left, self.cells.top() + row * height, self.columns.width - self.gap, height)

    # ------------------------------------------------------------ painting

    def paint(self, painter: QPainter, shown: range, *, pale: bool = False) -> None:
        """Paint the values of the columns ``shown``, ``pale`` while newer ones are awaited."""
        columns, cells = self.columns, self.cells
        # the whole image, whatever part is visible: Qt would round the rows of a part to other pixels
        draw_cells(painter, cells, self.image, QRectF(columns.first, 0, columns.shown, self.image.height()))
        painter.setPen(NO_PEN)
        painter.setBrush(QColor(self.theme.panel))
        painter.drawRects(_gaps(columns, shown, cells.top(), cells.height(), self.rows))
        if self.present is not None:
            self._paint_absence(painter, shown)
        if pale:
            self._paint_veil(painter, shown)
        elif self.row_height >= _ROW_FOR_NUMBERS and self.columns.width - self.gap >= _WIDTH_FOR_NUMBERS:
            self._paint_numbers(painter, shown)
        self._paint_beyond(painter, shown)
        if self.corners is not None:
            self._paint_corners(painter, shown, self.corners)
        for mark in self.marks:
            self._paint_mark(painter, mark)
        if len(self.parts) > 1:
            self._paint_parts(painter)

    @cached_property
    def corners(self) -> Bools | None:
        """Which cells (T, H) have the corner of a changed one: no clamped ones; None where rows are dense."""
        if self.changed is None or self.row_height < _ROW_FOR_CORNERS:
            return None
        corners = self.changed.copy()
        for mark in self.marks:
            rows = slice(None) if mark.unit is None else mark.unit
            corners[mark.first : mark.last + 1, rows] = False
        return corners

    def _paint_corners(self, painter: QPainter, shown: range, corners: Bools) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = min(_CORNER, self.row_height - 1)
        for column in shown:
            for row in np.flatnonzero(corners[column]).tolist():
                cell = self.cell(column, row)
                paint_corner(painter, cell.right(), cell.top(), self.theme, size)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_beyond(self, painter: QPainter, shown: range) -> None:
        """Mark the values beyond the scale with a bar at an end of their cells."""
        for above in self.ends_exceeded:
            self._paint_bars(painter, shown, self.beyond(shown, above=above), above=above)

    def _paint_bars(self, painter: QPainter, shown: range, beyond: Bools, *, above: bool) -> None:
        """Paint the bars of one end of the scale: one for all units that share a row of pixels."""
        dark = dark_text(self.shade, self.theme)[levels(self.values[shown.start : shown.stop], self.shade)]
        rows = units_of_rows(self.rows, _pixels(self))
        painter.setPen(NO_PEN)
        for is_dark, are in ((True, beyond & dark), (False, beyond & ~dark)):
            painter.setBrush(bar_colour(is_dark))
            places = np.argwhere(are[:, rows].any(axis=1)).tolist()
            cells = [self._cell_of(shown.start + t, row, rows.shape[1]) for t, row in places]
            painter.drawRects([beyond_bar(cell, above=above) for cell in cells])

    def paint_mark(self, painter: QPainter) -> None:
        """Paint which of a comparison this is, to the left of its cells."""
        painter.setFont(text_font(11, bold=True))
        painter.setPen(QColor(self.theme.text))
        place = QRectF(LABEL_WIDTH - 30, self.rect.top(), 20, self.rect.height())
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        if self.mark and self.scale is not None and place.height() >= _HEIGHT_FOR_SCALE:
            painter.drawText(place.adjusted(0, 0, 0, -12), align, self.mark)
            painter.setPen(QColor(self.theme.muted))
            painter.setFont(number_font(9))
            painter.drawText(place.adjusted(-20, 12, 0, 0), align, f"±{self.scale:g}")
        else:
            painter.drawText(place, align, self.mark)

    def _strip(self, column: int) -> QRectF:
        """Return the rectangle of all cells of a column."""
        left = self.columns.left(column) + self.gap / 2
        return QRectF(left, self.cells.top(), self.columns.width - self.gap, self.cells.height())

    def _paint_absence(self, painter: QPainter, shown: range) -> None:
        """Hatch the columns without a word: no value is not the same as 0."""
        strips = [self._strip(column) for column in shown if not self.has(column)]
        for strip in strips:
            painter.fillRect(strip, QColor(self.theme.ground))
            painter.fillRect(strip, QBrush(QColor(self.theme.line), Qt.BrushStyle.BDiagPattern))

    def _paint_veil(self, painter: QPainter, shown: range) -> None:
        veil = QColor(self.theme.panel)
        veil.setAlphaF(_PALE)
        for column in shown:
            painter.fillRect(self._strip(column), veil)

    def _paint_mark(self, painter: QPainter, mark: Mark) -> None:
        """Frame clamped cells, with a dot at their corner."""
        rows, seen = self.rows, self.columns.visible()
        first, last = max(mark.first, seen.start), min(mark.last, seen.stop - 1)
        if first > last or (mark.unit is not None and mark.unit >= rows):
            return
        top, bottom = (0, rows - 1) if mark.unit is None else (mark.unit, mark.unit)
        frame = self.cell(first, top).united(self.cell(last, bottom))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if frame.height() >= _ROW_FOR_FRAMES:
            painter.setPen(QPen(QColor(self.theme.text), 1.5))
            painter.drawRect(frame.adjusted(0.75, 0.75, -0.75, -0.75))
        middle, framed = frame.center().y(), frame.height() >= _ROW_FOR_FRAMES
        if not framed:
            painter.setPen(QPen(QColor(self.theme.text), 1.5))
            painter.drawLine(QPointF(frame.left(), middle), QPointF(frame.right(), middle))
        painter.setPen(QPen(QColor(self.theme.panel), 1))
        painter.setBrush(QColor(self.theme.text))
        painter.drawEllipse(QPointF(frame.right(), frame.top() if framed else middle), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_numbers(self, painter: QPainter, columns: range) -> None:
        painter.setFont(number_font(min(12, int(self.row_height - 2))))
        shown = self.values[columns.start : columns.stop]
        dark = dark_text(self.shade, self.theme)[levels(shown, self.shade)]
        black, white = QColor("#000000"), QColor("#ffffff")
        with_sign, muted = has_sign(self.shade), QColor(self.theme.muted)
        for t, column in enumerate(columns):
            if not self.has(column):
                continue
            for row in range(shown.shape[1]):
                value = float(shown[t, row])
                text = signed(value) if with_sign else signed(value).removeprefix("+")
                text = text if self.scale is None else _difference(value, self.scale)
                painter.setPen(muted if text == _NOTHING else black if dark[t, row] else white)
                painter.drawText(self.cell(column, row), Qt.AlignmentFlag.AlignCenter, text)

    def paint_guide(self, painter: QPainter, unit: int, *, pointed: bool) -> None:
        """Paint a guide along a unit's row, which is selected or ``pointed`` at with the mouse."""
        left, width = self.cells.left(), self.cells.width()
        top = self.cells.top() + unit * self.row_height
        row = QRectF(left, top, width, self.row_height)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.row_height >= _ROW_FOR_GAPS:
            style = Qt.PenStyle.SolidLine if pointed else Qt.PenStyle.DotLine
            painter.setPen(QPen(QColor(self.theme.text), 1, style))
            painter.drawRect(row.adjusted(0.5, 0.5, -0.5, -0.5))
        else:  # beside the row, which is hardly higher than a line
            colour = QColor(self.theme.text)
            colour.setAlphaF(_POINTED_GUIDE if pointed else _GUIDE)
            painter.fillRect(QRectF(left, round(row.top()) - 1, width, 1), colour)
            painter.fillRect(QRectF(left, round(row.bottom()), width, 1), colour)

    def row_rect(self, unit: int) -> QRect:
        """Return the rectangle of a unit's number and guide."""
        top = self.cells.top() + (unit + 0.5) * self.row_height
        half = max(9.0, self.row_height / 2 + 2)
        return QRectF(0, top - half, self.cells.right() + 2, 2 * half).toAlignedRect()

    def _paint_parts(self, painter: QPainter) -> None:
        """Mark the parts of the rows; their names are where a comparison has its mark."""
        left = self.cells.left() if self.mark else PARTS_LEFT
        painter.setFont(text_font(10))
        start = 0
        for name, size in self.parts:
            top = self.cells.top() + start * self.row_height
            height = size * self.row_height
            painter.setPen(QPen(QColor(self.theme.text), 1))
            if start:
                painter.drawLine(QPointF(left, top), QPointF(self.cells.right(), top))
            if height >= _HEIGHT_FOR_PART and not self.mark:
                painter.setPen(QColor(self.theme.muted))
                place = QRectF(PARTS_LEFT, top, LABEL_WIDTH - 12 - PARTS_LEFT, height)
                align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(place, align, part_name(name))
            start += size


def _difference(value: float, scale: float) -> str:
    """Return a difference with the digits that its scale needs; a dot if they are all 0."""
    digits = 2 if scale >= _SCALE_FOR_TWO else 3
    if abs(value) < 0.5 * 10**-digits:
        return _NOTHING
    text = signed(value, digits)
    return text if scale >= _SCALE_FOR_TWO else text.replace("0.", ".")


def _pixels(band: Band) -> int:
    """Return the number of rows of pixels, which several units share where there are more of them."""
    return max(1, int(band.cells.height()))


def _gap(columns: ColumnLayout) -> float:
    return min(6.0, columns.width * 0.06)


@lru_cache(maxsize=64)
def _gaps(columns: ColumnLayout, shown: range, top: float, height: float, rows: int) -> list[QRectF]:
    """Return the strips between the columns, and between the rows where they are tall enough.

    Cached: they are the same after every key, and to compute them takes longer than to paint them.
    """
    gap = _gap(columns)
    lefts = (columns.left(column) - gap / 2 for column in range(shown.start, shown.stop + 1))
    strips = [QRectF(left, top, gap, height) for left in lefts]
    if height / rows >= _ROW_FOR_GAPS:
        left, width = columns.left(shown.start), len(shown) * columns.width
        tops = (round(top + row * height / rows) for row in range(1, rows))
        strips += [QRectF(left, y - 0.5, width, 1) for y in tops]
    return strips
