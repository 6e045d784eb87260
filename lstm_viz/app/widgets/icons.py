"""Icons drawn as paths, so that they take the theme's colour and stay sharp."""

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPixmap, QPolygonF

IconName = Literal["first", "back", "play", "pause", "forward", "last"]
_SIZE = 16
_SCALE = 3


def icon(name: IconName, colour: str) -> QIcon:
    """Return the named icon in ``colour``."""
    pixmap = QPixmap(_SIZE * _SCALE, _SIZE * _SCALE)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(_SCALE, _SCALE)
        painter.fillPath(_path(name), QColor(colour))
    pixmap.setDevicePixelRatio(_SCALE)
    return QIcon(pixmap)


def _path(name: IconName) -> QPainterPath:
    path = QPainterPath()
    if name == "pause":
        path.addRect(QRectF(4, 3, 3, 10))
        path.addRect(QRectF(9, 3, 3, 10))
    elif name == "play":
        path.addPolygon(_triangle(4, 13))
    elif name == "forward":
        path.addRect(QRectF(3, 3, 2, 10))
        path.addPolygon(_triangle(7, 13))
    elif name == "back":
        path.addPolygon(_triangle(9, 3))
        path.addRect(QRectF(11, 3, 2, 10))
    elif name == "last":
        path.addPolygon(_triangle(3, 11))
        path.addRect(QRectF(11, 3, 2, 10))
    else:
        path.addPolygon(_triangle(13, 5))
        path.addRect(QRectF(3, 3, 2, 10))
    return path


def _triangle(base: float, tip: float) -> QPolygonF:
    return QPolygonF([QPointF(base, 3), QPointF(tip, 8), QPointF(base, 13)])
