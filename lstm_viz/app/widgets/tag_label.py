"""Paints tags: the name in a filled label, or a swatch; nothing else is painted in this style."""

import re
from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from lstm_viz.app.texts import visible_text
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.app.widgets.tag_style import TagStyle, tag_style

_RADIUS = 3.0
_MARK, _GAP = 7.0, 3.0
_LEAST_COLUMN = 50.0
#: With room for so many letters a name is elided in the middle: morphological tags differ at the end.
_ROOM_FOR_ENDS = 8
_CENTRE = Qt.AlignmentFlag.AlignCenter
_FEATURE_NAME = re.compile(r"(?<=\|)[^|=]+=")

#: Polygons within the square from 0 to 1.
_POLYGONS = {
    "up": ((0, 1), (0.5, 0), (1, 1)),
    "down": ((0, 0), (1, 0), (0.5, 1)),
    "square": ((0, 0), (1, 0), (1, 1), (0, 1)),
    "bar": ((0.3, 0), (0.7, 0), (0.7, 1), (0.3, 1)),
    "dash": ((0, 0.3), (1, 0.3), (1, 0.7), (0, 0.7)),
    "stair": ((0, 0), (0.5, 0), (0.5, 0.5), (1, 0.5), (1, 1), (0, 1)),
}
_LINES = {
    "cross": ((0, 0, 1, 1), (0, 1, 1, 0)),
    "plus": ((0.5, 0, 0.5, 1), (0, 0.5, 1, 0.5)),
}


@lru_cache(maxsize=1024)
def label_width(tag: str, theme: Theme, pixels: int) -> float:
    """Return the width of a tag's label with its whole name."""
    return _text_width(visible_text(tag), pixels) + _frame_width(tag, theme, pixels)


@lru_cache(maxsize=64)
def widest_label(tags: tuple[str, ...], theme: Theme, pixels: int) -> float:
    """Return the width of the widest of these tags' labels, 0 without tags."""
    return max((label_width(tag, theme, pixels) for tag in tags), default=0.0)


def names_width(tags: Iterable[str], theme: Theme, pixels: int, room: float) -> float:
    """Return the width of a column of labels: that of its widest, but at most 40 % of the ``room``."""
    return min(max(widest_label(tuple(tags), theme, pixels), _LEAST_COLUMN), room * 0.4)


def paint_label(
    painter: QPainter,
    room: QRectF,
    tag: str,
    theme: Theme,
    pixels: int,
    *,
    centred: bool = False,
) -> QRectF:
    """Paint a tag's label and return its rectangle.

    Parameters
    ----------
    painter : QPainter
    room : QRectF
        The available rectangle; the label is as wide as its name if that fits, and vertically centred. A
        name that does not fit is shortened, see `fitted_tag`.
    tag : str
    theme : Theme
    pixels : int
        The size of the font.
    centred : bool
        Whether the label is horizontally centred instead of at the left.
    """
    style, padding = tag_style(tag, theme), _padding(pixels)
    frame = _frame_width(tag, theme, pixels)
    text = fitted_tag(tag, pixels, room.width() - frame)
    width = min(_text_width(text, pixels) + frame, room.width())
    left = room.center().x() - width / 2 if centred else room.left()
    height = min(pixels + 5.0, room.height() - 1)
    label = QRectF(left, round(room.center().y() - height / 2), width, height)
    _paint_ground(painter, label, style)
    inner = label.adjusted(padding, 0, -padding, 0)
    if style.mark and inner.width() >= _MARK:
        _paint_mark(painter, QPointF(inner.left() + _MARK / 2, label.center().y()), style)
        inner.setLeft(inner.left() + _MARK + _GAP)
    if inner.width() > 0:
        painter.setFont(text_font(pixels, bold=True))
        painter.setPen(QColor(style.ink))
        painter.drawText(inner, _CENTRE, text)
    return label


def paint_swatch(painter: QPainter, rect: QRectF, tag: str, theme: Theme) -> None:
    """Paint a tag's colour and mark, for use beside its name."""
    style = tag_style(tag, theme)
    _paint_ground(painter, rect, style)
    if style.mark and min(rect.width(), rect.height()) > _MARK:
        _paint_mark(painter, rect.center(), style)


def _padding(pixels: int) -> float:
    return 5.0 if pixels > 9 else 3.0


def _frame_width(tag: str, theme: Theme, pixels: int) -> float:
    """Return the width of a label without its name."""
    return 2 * _padding(pixels) + (_MARK + _GAP if tag_style(tag, theme).mark else 0.0)


def _text_width(text: str, pixels: int) -> float:
    return QFontMetricsF(text_font(pixels, bold=True)).horizontalAdvance(text)


@lru_cache(maxsize=4096)
def fitted_tag(tag: str, pixels: int, room: float) -> str:
    """Return a tag's name as it fits into ``room`` pixels of the bold font.

    If the whole does not fit, its features are without their names: "NOUN|Nom|Sing" for
    "NOUN|Case=Nom|Number=Sing". What does not fit either is elided.
    """
    metrics, texts = QFontMetricsF(text_font(pixels, bold=True)), (visible_text(tag), _by_values(tag))
    fitting = [text for text in texts if metrics.horizontalAdvance(text) <= room + 0.5]
    if fitting:
        return fitting[0]
    has_ends = room >= _ROOM_FOR_ENDS * metrics.averageCharWidth()
    mode = Qt.TextElideMode.ElideMiddle if has_ends else Qt.TextElideMode.ElideRight
    return metrics.elidedText(texts[-1], mode, room + 0.5)


def _by_values(tag: str) -> str:
    return _FEATURE_NAME.sub("", visible_text(tag))


def _paint_ground(painter: QPainter, rect: QRectF, style: TagStyle) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.fill))
    painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
    painter.restore()


def _paint_mark(painter: QPainter, centre: QPointF, style: TagStyle) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre.x() - _MARK / 2, centre.y() - _MARK / 2)
    is_filled = style.mark in _POLYGONS or style.mark == "disc"
    painter.setPen(Qt.PenStyle.NoPen if is_filled else QPen(QColor(style.ink), 1.5))
    painter.setBrush(QColor(style.ink) if is_filled else Qt.BrushStyle.NoBrush)
    painter.drawPath(_path(style.mark))
    painter.restore()


def _path(mark: str) -> QPainterPath:
    """Return the path of a mark within the square from 0 to ``_MARK``."""
    path = QPainterPath()
    if mark in _POLYGONS:
        path.addPolygon(QPolygonF([QPointF(_MARK * x, _MARK * y) for x, y in _POLYGONS[mark]]))
        path.closeSubpath()
    elif mark in _LINES:
        for line in _LINES[mark]:
            ends = QLineF(*(_MARK * end for end in line))
            path.moveTo(ends.p1())
            path.lineTo(ends.p2())
    elif mark == "frame":
        path.addRect(QRectF(0.75, 0.75, _MARK - 1.5, _MARK - 1.5))
    else:
        inset = 0.75 if mark == "ring" else 0.0
        path.addEllipse(QRectF(inset, inset, _MARK - 2 * inset, _MARK - 2 * inset))
    return path
