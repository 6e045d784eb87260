"""Drawing functions shared by the painters of a diagram."""

from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from lstm_viz.app.panels.cell.frame import Arrow, PlacedWire, arrow
from lstm_viz.app.panels.cell.playback import GHOST, Playback

CENTRE = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip)
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip)
_DOT = 3.2  # the radius of a branch on the scene's grid
_PENCIL = ((0, 0), (0.12, 0.42), (0.7, 1.0), (1.0, 0.7), (0.42, 0.12))  # as wide as high


@lru_cache(maxsize=64)
def colour(name: str) -> QColor:
    """Return a theme's colour for a painter."""
    return QColor(name)


def write(painter: QPainter, rect: QRectF, ink: str, text: str, align: int = LEFT) -> None:
    """Draw a line of text in the painter's font."""
    painter.setPen(colour(ink))
    painter.drawText(rect, align, text)


def draw_wire(painter: QPainter, placed: PlacedWire, pen: QPen, scale: float, playback: Playback) -> None:
    """Draw the visible fraction of a wire, the rest as a ghost."""
    wire = placed.wire
    grown, strength = playback.grown(wire.at), playback.strength(wire.at)
    if grown < 1:
        _draw_arrow(painter, placed.whole, pen, GHOST)
    if grown > 0 and wire.branches:
        _draw_dot(painter, placed.points[0], pen.color(), _DOT * scale, strength)
    if grown > 0:
        _draw_arrow(painter, placed.whole if grown >= 1 else _part(placed, grown), pen, strength)


def draw_pencil(painter: QPainter, tip: QPointF, size: float, ink: QColor) -> None:
    """Draw the sign of a clamp: a pencil whose tip is at the lower left."""
    shape = QPolygonF([tip + QPointF(x * size, -y * size) for x, y in _PENCIL])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawPolygon(shape)


def _draw_arrow(painter: QPainter, drawn: Arrow, pen: QPen, opacity: float) -> None:
    painter.setOpacity(opacity)
    painter.setPen(pen)
    if len(drawn.line) == 2:
        painter.drawLine(*drawn.line)
    else:
        painter.drawPolyline(drawn.line)
    if drawn.head:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        painter.drawPolygon(drawn.head)


def _draw_dot(painter: QPainter, point: QPointF, ink: QColor, radius: float, opacity: float) -> None:
    painter.setOpacity(opacity)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawEllipse(point, radius, radius)


def _part(placed: PlacedWire, grown: float) -> Arrow:
    """Return the first part of a wire, above 0 and below 1, with a head no longer than the part."""
    lengths = [(b - a).manhattanLength() for a, b in pairwise(placed.points)]
    left, line = grown * sum(lengths), [placed.points[0]]
    head = min(placed.head, left)
    for start, end, length in zip(placed.points[:-1], placed.points[1:], lengths, strict=True):
        line.append(start + (end - start) * min(left / length, 1.0) if length else end)
        left -= length
        if left <= 0:
            break
    return arrow(tuple(line), head)
