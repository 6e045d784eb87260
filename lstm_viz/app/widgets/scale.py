"""Paints the legend of a fixed colour scale: its colours, and the values at its ends."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen

from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import number_font
from lstm_viz.app.widgets.pictures import DELTA, Pixels, colours, ends

_GAP = 5  # between two labels


def paint_scale(painter: QPainter, rect: QRectF, name: str, theme: Theme) -> None:
    """Paint the scale of the named quantity into ``rect`` and its ends below, with Δ for a difference."""
    low, high = (f"{end:g}".replace("-", "−") for end in ends(name))
    if name.startswith(DELTA):
        low = f"{DELTA} {low}"
    paint_ramp(painter, rect, colours(name, theme)[:-1], (low, high), theme)


def paint_ramp(painter: QPainter, rect: QRectF, ramp: Pixels, labels: tuple[str, ...], theme: Theme) -> None:
    """Paint colours from left to right, and below them labels of equidistant values, both ends included.

    Without room for all labels, only those of the ends are painted.
    """
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
    places = [rect.left() + k * rect.width() / (len(labels) - 1) for k in range(len(labels))]
    for x in places[1:-1]:
        painter.drawLine(QPointF(x, rect.bottom() - 2), QPointF(x, rect.bottom() + 2))
    if not _have_room(painter, rect, labels):
        return
    for x, label in zip(places[1:-1], labels[1:-1], strict=True):
        painter.drawText(below.translated(x - rect.center().x(), 0), Qt.AlignmentFlag.AlignHCenter, label)


def _have_room(painter: QPainter, rect: QRectF, labels: tuple[str, ...]) -> bool:
    """Return whether all labels have room, and not only those of the ends."""
    widths = [painter.fontMetrics().horizontalAdvance(label) for label in labels]
    shares = [1.0, *(0.5 for _ in labels[2:]), 1.0]
    needed = (
        a * share + b * next_share
        for a, share, b, next_share in zip(widths, shares, widths[1:], shares[1:], strict=False)
    )
    return max(needed) + _GAP <= rect.width() / (len(labels) - 1)
