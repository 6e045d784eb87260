"""Two bars per tag: the first of a comparison thin and pale, the second full, each with its number."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from lstm_viz.app.panels.comparison.compared_tag import ComparedTag
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import number_font, plain, signed
from lstm_viz.app.widgets.tag_label import names_width, paint_label
from lstm_viz.app.widgets.tag_style import tag_style

#: The largest height of a row, in pixels.
TALLEST = 38.0
_ROW_FOR_TWO_LINES = 24.0
_WIDTH_FOR_TWO_NUMBERS = 250.0
_LETTER, _NUMBER, _SMALL_NUMBER, _CHANGE = 14.0, 54.0, 49.0, 38.0
_BESIDE = 4.0
_LEAST_BAR = 16.0
_FIRST_PALE = 0.55
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, eq=False)
class TwoBars:
    """The bars in ``area``; the numbers are stacked where rows are high, else side by side with headings.

    In a narrow area they are the change and the second number instead of both.
    """

    area: QRectF
    theme: Theme

    def paint(self, painter: QPainter, rows: Sequence[ComparedTag]) -> None:
        height = self._row_height(len(rows))
        small = 12 if height >= 18 else 11
        name = names_width([row.tag for row in rows], self.theme, small, self.area.width())
        for k, row in enumerate(rows):
            place = QRectF(self.area.left(), self.area.top() + k * height, self.area.width(), height)
            names = QRectF(place.left(), place.top(), name, place.height())
            paint_label(painter, names, row.tag, self.theme, small)
            taken = self._paint_numbers(painter, place, row)
            bars = place.adjusted(name + 8, 0, -taken - 8, 0)
            if bars.width() >= _LEAST_BAR:
                self._paint_bars(painter, bars, row)

    def paint_headings(self, painter: QPainter, line: QRectF, count: int) -> float:
        """Paint what the numbers of ``count`` rows are, on a line above them; return the width taken."""
        if self._row_height(count) >= _ROW_FOR_TWO_LINES:
            return 0.0
        column = self._second_column
        self._paint_number(painter, line, "B", self.theme.text)
        first = "A" if self._is_wide else "B − A"
        self._paint_number(painter, line.adjusted(0, 0, -column, 0), first, self.theme.muted)
        return column + (_NUMBER if self._is_wide else _CHANGE) + _BESIDE

    def _row_height(self, count: int) -> float:
        return min(TALLEST, self.area.height() / count)

    @property
    def _is_wide(self) -> bool:
        return self.area.width() >= _WIDTH_FOR_TWO_NUMBERS

    @property
    def _second_column(self) -> float:
        """The width of the second number and the gap before it."""
        return (_NUMBER if self._is_wide else _SMALL_NUMBER) + _BESIDE

    def _paint_bars(self, painter: QPainter, bars: QRectF, row: ComparedTag) -> None:
        colour = QColor(tag_style(row.tag, self.theme).fill)
        pale = QColor(colour)
        pale.setAlphaF(_FIRST_PALE)
        thin, full = max(2.0, bars.height() * 0.12), max(4.0, bars.height() * 0.3)
        top = bars.center().y() - (thin + full + 2) / 2
        for score, y, thick, shade in (
            (row.first, top, thin, pale),
            (row.second, top + thin + 2, full, colour),
        ):
            background = QRectF(bars.left(), y, bars.width(), thick)
            painter.fillRect(background, QColor(self.theme.raised))
            if score is not None and np.isfinite(score):
                width = max(1.0, background.width() * min(1.0, float(np.exp(score))))
                painter.fillRect(QRectF(background.left(), y, width, thick), shade)

    def _paint_numbers(self, painter: QPainter, place: QRectF, row: ComparedTag) -> float:
        """Paint both scores, or the second and the change, and return their width."""
        first, second = ("–" if score is None else plain(score) for score in row[1:])
        if place.height() >= _ROW_FOR_TWO_LINES:
            half = place.height() / 2 - 1
            self._paint_number(painter, place.adjusted(0, 2, 0, -half), f"A {first}", self.theme.muted)
            self._paint_number(painter, place.adjusted(0, half, 0, -2), f"B {second}", self.theme.text)
            return _LETTER + _NUMBER
        column, pixels = self._second_column, 11 if self._is_wide else 10
        self._paint_number(painter, place, second, self.theme.text, pixels)
        left = place.adjusted(0, 0, -column, 0)
        text = first if self._is_wide else _change(row)
        self._paint_number(painter, left, text, self.theme.muted, pixels)
        return column + (_NUMBER if self._is_wide else _CHANGE)

    def _paint_number(self, painter: QPainter, place: QRectF, text: str, ink: str, pixels: int = 11) -> None:
        painter.setPen(QColor(ink))
        painter.setFont(number_font(pixels))
        painter.drawText(place, _RIGHT, text)


def _change(row: ComparedTag) -> str:
    if row.first is None or row.second is None:
        return "" if row.first is None else f"A {plain(row.first, 2)}"
    return signed(row.second - row.first)
