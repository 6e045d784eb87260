"""Painting of a change in the score: a bar from a zero line, in the colour of its sign; and a new tag."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.app.widgets.tag_label import paint_label

#: The opacity of a result that is not about the current subject.
PALE = 0.3
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_ARROW, _PIXELS = 14, 10
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class BarScale:
    """The geometry of bars: between ``left`` and ``right``, from −``limit`` to ``limit``."""

    left: float
    right: float
    limit: float

    @property
    def zero(self) -> float:
        return round((self.left + self.right) / 2)

    def rect(self, value: float, middle: float, height: float) -> QRectF:
        """Return the bar of a value, centred at the height ``middle``; an empty one for NaN."""
        share = max(-1.0, min(value / self.limit, 1.0)) if value == value else 0.0  # noqa: PLR0124  # NaN
        width = share * (self.right - self.left) / 2
        return QRectF(self.zero + min(0.0, width), middle - height / 2, abs(width), height)


def paint_bar(painter: QPainter, rect: QRectF, value: float, theme: Theme) -> None:
    """Paint a bar; a value too small for a pixel still shows its sign."""
    if value and value == value:  # noqa: PLR0124  # NaN has no side
        a_pixel = QRectF(rect.left() - (value < 0), rect.top(), 1, rect.height())
        painter.fillRect(
            rect if rect.width() >= 1 else a_pixel, QColor(theme.plus if value > 0 else theme.minus)
        )


def paint_zero(painter: QPainter, bars: BarScale, top: float, bottom: float, colour: str) -> None:
    painter.setPen(QPen(QColor(colour), 1))
    painter.drawLine(QPointF(bars.zero + 0.5, top), QPointF(bars.zero + 0.5, bottom))


def paint_flip(painter: QPainter, room: QRectF, tag: str, tagset: tuple[str, ...], theme: Theme) -> None:
    """Paint the tag that a word gets instead; one that is not in the tagset means that the scores are NaN."""
    painter.setFont(text_font(_PIXELS, bold=True))
    painter.setPen(QColor(theme.text))
    painter.drawText(room, LEFT, "→")
    label = room.adjusted(_ARROW, 0, 0, 0)
    if tag in tagset:
        paint_label(painter, label, tag, theme, _PIXELS)
    else:
        painter.setPen(QColor(theme.danger))
        painter.drawText(label, LEFT, tag)
