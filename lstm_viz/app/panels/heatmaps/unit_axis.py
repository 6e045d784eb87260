"""The numbers of the units to the left of a heatmap's rows."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import NO_PEN, number_font, text_font
from lstm_viz.ordinals import index_of, ordinal

_HEIGHT = 11.0  # of a number
_RIGHT = LABEL_WIDTH - 9.0
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True)
class UnitAxis:
    """The axis of ``rows`` units, each ``row_height`` pixels high, below ``top``.

    One of several heatmaps is ``titled``: its first number has the name of what is counted. One that is not
    ``numbered`` has something else beside its rows, and only the pointer of the selected unit.
    """

    rows: int
    top: float
    row_height: float
    theme: Theme
    titled: bool = False
    numbered: bool = True

    @property
    def units(self) -> range:
        """The units with a number: all, or those with round numbers as far as there is room."""
        step = next((step for step in _STEPS if step * self.row_height >= _HEIGHT), self.rows)
        return range(index_of(step), self.rows, step)

    def middle(self, unit: int) -> float:
        return self.top + (unit + 0.5) * self.row_height

    def paint(self, painter: QPainter) -> None:
        """Paint the numbers, if it is numbered."""
        if not self.numbered:
            return
        painter.setPen(QColor(self.theme.muted))
        painter.setFont(number_font(9))
        for unit in self.units:
            painter.drawText(self._place(unit), _MIDDLE, str(ordinal(unit)))
        if self.titled and len(self.units) > 1:  # else there may be no number beside it
            beside = painter.fontMetrics().horizontalAdvance(str(self.rows)) + 4
            painter.setFont(text_font(9))
            painter.drawText(self._place(self.units.start).adjusted(0, 0, -beside, 0), _MIDDLE, _title())

    def paint_row(self, painter: QPainter, unit: int, *, pointed: bool) -> None:
        """Paint the number of one row over the others; a selected one, not ``pointed`` at, has a pointer."""
        if self.numbered:
            self._paint_over(painter, unit)
        if not pointed:
            self._paint_pointer(painter, self.middle(unit))

    def _paint_over(self, painter: QPainter, unit: int) -> None:
        painter.setFont(number_font(9, bold=True))
        width = painter.fontMetrics().horizontalAdvance(str(self.rows)) + 2
        ground = QColor(self.theme.panel)
        for near in (near for near in self.units if abs(self.middle(near) - self.middle(unit)) < _HEIGHT):
            beside = self._place(near).adjusted(_RIGHT - width, 0, 1, 0)
            painter.fillRect(beside.intersected(QRectF(0, self.top, LABEL_WIDTH, self._height)), ground)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(self._place(unit), _MIDDLE, str(ordinal(unit)))

    def _paint_pointer(self, painter: QPainter, y: float) -> None:
        tip = LABEL_WIDTH - 1.0
        painter.setPen(NO_PEN)
        painter.setBrush(QColor(self.theme.text))
        painter.drawPolygon(QPolygonF([QPointF(tip - 6, y - 4), QPointF(tip, y), QPointF(tip - 6, y + 4)]))

    def _place(self, unit: int) -> QRectF:
        """Return where the number of a row is: beside it, and within the band."""
        top = max(self.top - 2, min(self.middle(unit) - 6, self.top + self._height - 10))
        return QRectF(0, round(top), _RIGHT, 12)

    @property
    def _height(self) -> float:
        return self.rows * self.row_height


def _title() -> str:
    return QCoreApplication.translate("UnitAxis", "unit")
