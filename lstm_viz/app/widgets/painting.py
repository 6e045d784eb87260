"""Fonts, number formats and helpers that several widgets paint with."""

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetricsF, QPainter, QPen

from lstm_viz.app.theme import Theme

RADIUS = 6.0
#: The opacity of an outdated picture while the result for the selection is pending.
PALE = 0.35
#: For `QPainter.setPen` where it is called often: PySide converts an enum with two calls of Python functions.
NO_PEN = QPen(Qt.PenStyle.NoPen)
_SMALLEST_FONT = 5


@lru_cache(maxsize=64)
def number_font(pixels: int, bold: bool = False) -> QFont:
    """Return the fixed-width font for numbers."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font


@lru_cache(maxsize=64)
def text_font(pixels: int, bold: bool = False) -> QFont:
    """Return the font for words and names."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font


def fitted_font(font: QFont, text: str, width: float) -> QFont:
    """Return the font, or a smaller one in which ``text`` is at most ``width`` pixels wide."""
    needed = QFontMetricsF(font).horizontalAdvance(text)
    if needed <= width:
        return font
    smaller = QFont(font)
    smaller.setPixelSize(max(_SMALLEST_FONT, int(QFontInfo(font).pixelSize() * width / needed)))
    return smaller


def fitting(painter: QPainter, width: float, *texts: str) -> str:
    """Return the first text that is not wider than ``width``, else the last."""
    wide = painter.fontMetrics().horizontalAdvance
    return next((text for text in texts if wide(text) <= width), texts[-1])


def paint_focus(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Paint the frame of a widget that has the focus."""
    painter.setPen(QPen(QColor(theme.accent), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


def paint_panel(painter: QPainter, rect: QRectF, theme: Theme, edge: str = "") -> None:
    """Paint the background of a group of numbers; ``edge`` is the colour of its left side."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    if edge:
        painter.setPen(NO_PEN)
        painter.setBrush(QColor(edge))
        painter.drawRect(QRectF(rect.left(), rect.top() + 1, 3, rect.height() - 2))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign and a true minus; "NaN" or "∞" if it is not finite.

    A number that rounds to 0 has no sign: "0.00".
    """
    if value != value:  # noqa: PLR0124  # NaN alone differs from itself
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+∞" if value > 0 else "−∞"
    text = f"{value:+.{digits}f}".replace("-", "−")
    return text if text.strip("+−0.") else text[1:]


def plain(value: float, digits: int = 4) -> str:
    """Return a number with a true minus and without a plus."""
    return signed(value, digits).removeprefix("+")
