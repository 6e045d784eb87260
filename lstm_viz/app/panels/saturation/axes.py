"""The axes of the scatter plot of gate saturation, and what its corners and its diagonal mean."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import fitting, number_font, text_font
from lstm_viz.runs.gates import CLOSED, OPEN

#: The room for a dot and its ring at the origin, which the ticks keep clear of, in pixels.
_DOT = 9
#: The room around the plot for ticks, names and titles, in pixels.
LEFT, TOP, RIGHT, BOTTOM = 46, 14, 12, 52
_TITLE = 14
_TICKS = ((0.0, "0"), (0.5, ".5"), (1.0, "1"))
_ABOVE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
_CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
_AT_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
_AT_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
_BEFORE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

translate = QCoreApplication.translate


@dataclass(frozen=True, eq=False, slots=True)
class Axes:
    """The axes around ``field`` in a widget of ``width`` and ``height``."""

    field: QRectF
    width: float
    height: float
    theme: Theme

    def paint(self, painter: QPainter) -> None:
        self._paint_lines(painter)
        painter.setPen(QColor(self.theme.muted))
        painter.setFont(number_font(10))
        self._paint_ticks(painter)
        painter.setFont(text_font(10))
        self._paint_corners(painter)
        self._paint_titles(painter)
        self._paint_line_name(painter)

    def _paint_lines(self, painter: QPainter) -> None:
        field = self.field
        painter.setPen(QPen(QColor(self.theme.line), 1))
        painter.drawLine(field.bottomLeft(), field.bottomRight())
        painter.drawLine(field.bottomLeft(), field.topLeft())
        painter.setPen(QPen(QColor(self.theme.muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(field.topLeft(), field.bottomRight())

    def _paint_ticks(self, painter: QPainter) -> None:
        field = self.field
        for share, text in _TICKS:
            x, y = field.left() + share * field.width(), field.bottom() - share * field.height()
            painter.drawText(QRectF(x - 20, field.bottom() + _DOT, 40, 12), _CENTRE, text)
            painter.drawText(QRectF(field.left() - _DOT - 28, y - 8, 28, 16), _BEFORE, text)

    def _paint_corners(self, painter: QPainter) -> None:
        """Paint what it means to be in each corner that dots can reach."""
        field = self.field
        below = QRectF(field.left(), field.bottom() + 22, field.width() + RIGHT - 2, _TITLE)
        closed = translate("Saturation", "always closed")
        room = below.width() - painter.fontMetrics().horizontalAdvance(closed) - 12
        text = translate("Saturation", "mostly between %1 and %2")
        text = text.replace("%1", f"{CLOSED:g}").replace("%2", f"{OPEN:g}")
        painter.drawText(below, _AT_LEFT, fitting(painter, room, text, translate("Saturation", "between")))
        painter.drawText(below, _AT_RIGHT, closed)
        beside = QRectF(field.left() + 8, field.top() - 13, field.width() - 8, _TITLE)
        painter.drawText(beside, _AT_LEFT, translate("Saturation", "always open"))

    def _paint_titles(self, painter: QPainter) -> None:
        """Paint the definitions of the axes, as long as they have room."""
        across = (
            translate("Saturation", "left-saturated: share of words with the gate < %1"),
            translate("Saturation", "left-saturated: share of words < %1"),
            translate("Saturation", "left-saturated: < %1"),
        )
        up = (
            translate("Saturation", "right-saturated: share of words with the gate > %1"),
            translate("Saturation", "right-saturated: share of words > %1"),
            translate("Saturation", "right-saturated: > %1"),
        )
        wide, tall = self.width - self.field.left(), self.height
        text = fitting(painter, wide, *(text.replace("%1", f"{CLOSED:g}") for text in across))
        painter.drawText(QRectF(self.field.left(), self.height - _TITLE, wide, _TITLE), _AT_LEFT, text)
        text = fitting(painter, tall, *(text.replace("%1", f"{OPEN:g}") for text in up))
        painter.save()
        painter.rotate(-90)
        painter.drawText(QRectF(-tall, 0, tall, _TITLE), _AT_LEFT, text)
        painter.restore()

    def _paint_line_name(self, painter: QPainter) -> None:
        """Paint what it means to be on the line on which both shares add up to 1, along it."""
        field = self.field
        length = math.hypot(field.width(), field.height())
        texts = (
            translate("Saturation", "always at one end, open or closed"),
            translate("Saturation", "always at one end"),
        )
        painter.save()
        painter.translate(field.center())
        painter.rotate(math.degrees(math.atan2(field.height(), field.width())))
        text = fitting(painter, length - 12, *texts)
        painter.drawText(QRectF(-length / 2, -_TITLE - 5, length, _TITLE), _ABOVE, text)
        painter.restore()
