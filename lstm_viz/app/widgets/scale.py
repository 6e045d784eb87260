"""Paints the legend of a fixed colour scale: its colours, and the values at its ends."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen

from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import number_font
from lstm_viz.app.widgets.pictures import DELTA, Pixels, colours, ends


def paint_scale(painter: QPainter, rect: QRectF, name: str, theme: Theme) -> None:
    """Paint the scale of the named quantity into ``rect`` and its ends below, with Δ for a difference."""
    low, high = (f"{end:g}".replace("-", "−") for end in ends(name))
    if name.startswith(DELTA):
        low = f"{DELTA} {low}"
    paint_ramp(painter, rect, colours(name, theme)[:-1], (low, high), theme)


def paint_ramp(painter: QPainter, rect: QRectF, ramp: Pixels, labels: tuple[str, ...], theme: Theme) -> None:
    """Paint colours from left to right, and below them labels of equidistant values, both ends included."""
    gradient = QLinearGradient(rect.topLeft(), rect.topRight())
    for place in np.linspace(0, 1, 9):
        gradient.setColorAt(float(place), QColor.fromRgb(int(ramp[round(place * (len(ramp) - 1))])))
    painter.fillRect(rect, gradient)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.drawRect(rect)
    painter.setPen(QColor(theme.muted))
    painter.setFont(number_font(9))
    below = rect.adjusted(0, 7, 0, 12)
    painter.drawText(below, Qt.AlignmentFlag.AlignLeft, labels[0])
    painter.drawText(below, Qt.AlignmentFlag.AlignRight, labels[-1])
    for k, label in enumerate(labels[1:-1], start=1):
        x = rect.left() + k * rect.width() / (len(labels) - 1)
        painter.drawLine(QPointF(x, rect.bottom() - 2), QPointF(x, rect.bottom() + 2))
        painter.drawText(below.translated(x - rect.center().x(), 0), Qt.AlignmentFlag.AlignHCenter, label)
