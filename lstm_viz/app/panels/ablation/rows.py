"""Painting of the rows of the ranking: all visible rows at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from lstm_viz.app.panels.ablation.change_painter import (
    PALE,
    RIGHT,
    BarScale,
    paint_bar,
    paint_flip,
    paint_zero,
)
from lstm_viz.app.panels.ablation.model import CHANGE, GATES, TAG, UNIT, UnitsModel
from lstm_viz.app.panels.ablation.ranking import Ranking
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import number_font

ROW = 22
#: A gate's column of at least this width shows numbers too.
WITH_NUMBERS = 78
NUMBER = 64
_GATE_NUMBER = 52

#: The visible rows: (row, y).
VisibleRows = list[tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class UnitRows:
    """The appearance of the rows; ``columns`` are the visible ones, each with its left edge and width.

    ``picked`` is the selected unit, ``current`` the row with the focus, -1 for none.
    """

    model: UnitsModel
    ranking: Ranking
    tagset: tuple[str, ...]
    columns: Mapping[int, tuple[int, int]]
    width: int
    picked: int | None
    current: int
    is_pale: bool
    theme: Theme

    def paint(self, painter: QPainter, places: VisibleRows) -> None:
        if self.is_pale:
            painter.setOpacity(PALE)
        for row, y in places:
            self._paint_background(painter, row, y)
        self._paint_units(painter, places)
        self._paint_changes(painter, places)
        if not self.is_pale:
            self._paint_tags(painter, places)
        for column in self.columns:
            if column >= GATES:
                self._paint_gate(painter, column, places)

    def _unit(self, row: int) -> int:
        return int(self.ranking.units[row])

    def _paint_background(self, painter: QPainter, row: int, y: int) -> None:
        if self._unit(row) == self.picked:
            painter.fillRect(0, y, self.width, ROW, QColor(self.theme.raised))
            painter.fillRect(0, y, 3, ROW, QColor(self.theme.accent))
        if row == self.current:
            painter.setPen(QPen(QColor(self.theme.accent), 1))
            painter.drawRect(QRectF(0.5, y + 0.5, self.width - 1, ROW - 1))

    def _paint_units(self, painter: QPainter, places: VisibleRows) -> None:
        left, width = self.columns[UNIT]
        for row, y in places:
            is_picked = self._unit(row) == self.picked
            painter.setFont(number_font(11, bold=is_picked))
            painter.setPen(QColor(self.theme.text if is_picked else self.theme.muted))
            painter.drawText(left, y, width - 6, ROW, RIGHT, self.model.text(row, UNIT))

    def _paint_changes(self, painter: QPainter, places: VisibleRows) -> None:
        left, width = self.columns[CHANGE]
        right = left + width
        bars = BarScale(left + 6, right - NUMBER - 4, self.ranking.limit)
        for row, y in places:
            value = float(self.ranking.changes[self._unit(row)])
            paint_bar(painter, bars.rect(value, y + ROW / 2, 10), value, self.theme)
        self._paint_zero(painter, bars, places, self.theme.muted)
        if self.is_pale:
            return
        painter.setFont(number_font(11))
        painter.setPen(QColor(self.theme.text))
        for row, y in places:
            painter.drawText(right - NUMBER, y, NUMBER - 6, ROW, RIGHT, self.model.text(row, CHANGE))

    def _paint_tags(self, painter: QPainter, places: VisibleRows) -> None:
        left, width = self.columns[TAG]
        for row, y in places:
            flip = self.ranking.flip(self._unit(row))
            if flip:
                paint_flip(painter, QRectF(left + 4, y, width - 6, ROW), flip, self.tagset, self.theme)

    def _paint_gate(self, painter: QPainter, column: int, places: VisibleRows) -> None:
        left, width = self.columns[column]
        values = self.ranking.gates_of_units[self.ranking.gates[column - GATES][1]]
        has_numbers = width >= WITH_NUMBERS
        bars = BarScale(left + 5, left + width - (_GATE_NUMBER if has_numbers else 3), self.ranking.limit)
        self._paint_zero(painter, bars, places, self.theme.line)
        painter.setFont(number_font(10))
        painter.setPen(QColor(self.theme.muted))
        for row, y in places:
            value = float(values[self._unit(row)])
            paint_bar(painter, bars.rect(value, y + ROW / 2, 6), value, self.theme)
            if has_numbers and not self.is_pale:
                painter.drawText(left, y, width - 3, ROW, RIGHT, self.model.text(row, column))

    def _paint_zero(self, painter: QPainter, bars: BarScale, places: VisibleRows, colour: str) -> None:
        if places:
            paint_zero(painter, bars, places[0][1], places[-1][1] + ROW, colour)
