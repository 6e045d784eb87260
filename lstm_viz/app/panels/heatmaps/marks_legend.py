"""The legend of the marks that the visible words and numbers have."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.theme import THEMES, Theme
from lstm_viz.app.widgets.painting import NO_PEN, text_font
from lstm_viz.app.widgets.pictures import dark_text

MarkName = Literal[
    "unknown", "wrong", "alone", "differs", "absent", "past", "clamped", "changed", "difference", "beyond"
]
#: The width of the mark of a value beyond the scale, in pixels.
BEYOND_WIDTH = 4.0
_SAMPLE, _GAP, _HEIGHT = 14, 5, 16
_BETWEEN = 16
_PAST = 0.5  # opacity


class MarksLegend(QWidget):
    """A row of samples with their meanings, from the right; those that do not fit are left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[MarkName, ...] = ()
        self._theme = THEMES["dark"]
        self._texts: dict[MarkName, str] = {
            "unknown": self.tr("unknown word"),
            "wrong": self.tr("wrong, true tag in brackets"),
            "alone": self.tr("differs from argmax"),
            "differs": self.tr("another tag"),
            "absent": self.tr("no such word"),
            "past": self.tr("past the end"),
            "clamped": self.tr("clamped"),
            "changed": self.tr("changed by the edit"),
            "difference": self.tr("changed by the edit (Δ)"),
            "beyond": self.tr("below, above the scale"),
        }
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_marks(self, names: Sequence[MarkName]) -> None:
        """Explain these marks."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self.setAccessibleName(", ".join(self._texts[name] for name in names))
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    @property
    def names(self) -> tuple[MarkName, ...]:
        return self._names

    def sizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, _HEIGHT)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(11))
        advance, fitting, used = painter.fontMetrics().horizontalAdvance, list[tuple[MarkName, int]](), 0
        for name in self._names:  # the marks of words come first, and so fit
            width = advance(self._texts[name])
            if used + _SAMPLE + _GAP + width <= self.width():
                fitting.append((name, width))
                used += _SAMPLE + _GAP + width + _BETWEEN
        left, middle = float(self.width() - max(0, used - _BETWEEN)), self.height() / 2
        for name, width in fitting:
            paint_sample(painter, QRectF(left, middle - 6, _SAMPLE, 12), name, self._theme)
            painter.setFont(text_font(11))
            painter.setPen(QColor(self._theme.muted))
            place = QRectF(left + _SAMPLE + _GAP, 0, width + 1, self.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._texts[name])
            left = place.left() + width + _BETWEEN
        painter.end()


def paint_sample(painter: QPainter, rect: QRectF, name: MarkName, theme: Theme) -> None:
    """Paint a mark as the chips and heatmaps have it."""
    if name == "unknown":
        paint_unknown(painter, rect.left(), rect.right(), rect.center().y() + 3, theme)
    elif name == "wrong":
        painter.fillRect(QRectF(rect.left(), rect.center().y() + 2, rect.width(), 2), QColor(theme.danger))
    elif name == "alone":
        painter.setPen(QColor(theme.text))
        painter.setFont(text_font(12, bold=True))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "≠")
    elif name in ("differs", "changed"):
        paint_corner(painter, rect.right(), rect.top(), theme)
    elif name == "difference":
        left, right = rect.adjusted(0, 1, -rect.width() / 2, -1), rect.adjusted(rect.width() / 2, 1, 0, -1)
        painter.fillRect(left, QColor(theme.minus))
        painter.fillRect(right, QColor(theme.plus))
    elif name == "absent":
        painter.fillRect(rect, QBrush(QColor(theme.muted), Qt.BrushStyle.BDiagPattern))
    elif name == "past":
        paint_past(painter, rect, theme)
    elif name == "beyond":
        paint_beyond(painter, rect.adjusted(0, 1, 0, -1), theme)
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.text), 1.5))
        painter.drawRect(rect.adjusted(1, 2, -3, -2))
        painter.setPen(NO_PEN)
        painter.setBrush(QColor(theme.text))
        painter.drawEllipse(QPointF(rect.right() - 3, rect.top() + 2), 3, 3)


def paint_past(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Hatch the place of steps past the end of a sequence, the other way than a word that is absent."""
    painter.fillRect(rect, QColor(theme.ground))
    colour = QColor(theme.muted)
    colour.setAlphaF(_PAST)
    painter.fillRect(rect, QBrush(colour, Qt.BrushStyle.FDiagPattern))


def paint_unknown(painter: QPainter, left: float, right: float, y: float, theme: Theme) -> None:
    """Paint the mark of a word that is not in the vocabulary: a dotted line under it."""
    painter.setPen(QPen(QColor(theme.muted), 1.5, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(left, y), QPointF(right, y))


def paint_corner(painter: QPainter, right: float, top: float, theme: Theme, size: float = 11.0) -> None:
    """Fill an upper right corner: the mark of what differs does not depend on colour."""
    painter.setPen(NO_PEN)
    painter.setBrush(QColor(theme.accent))
    painter.drawPolygon(
        QPolygonF([QPointF(right - size, top), QPointF(right, top), QPointF(right, top + size)])
    )


def paint_beyond(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Paint cells whose values are below and above the scale of the cell state, with their `beyond_bar`."""
    width, dark = rect.width() / 2, dark_text("c", theme)
    for above, colour, level in ((False, theme.minus, 0), (True, theme.plus, -2)):
        cell = QRectF(rect.left() + above * width, rect.top(), width, rect.height())
        painter.fillRect(cell, QColor(colour))
        painter.fillRect(beyond_bar(cell, above=above), bar_colour(dark[level]))


def bar_colour(dark: bool) -> QColor:
    """Return the colour of a bar in a cell, which has ``dark`` text or white text."""
    return QColor("#000000" if dark else "#ffffff")


def beyond_bar(cell: QRectF, *, above: bool) -> QRectF:
    """Return the bar of a value beyond the scale: at the right end if above, at the left if below."""
    width = min(BEYOND_WIDTH, cell.width() / 4)
    left = cell.right() - width - 1 if above else cell.left() + 1
    return QRectF(left, cell.top(), width, cell.height())
