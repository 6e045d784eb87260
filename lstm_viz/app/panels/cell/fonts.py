"""The fonts of a diagram, and text metrics."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

_SMALLEST, _USUAL, _LARGEST = 10, 11.5, 20
_GATE = 1.2  # a gate's own number is larger


@dataclass(frozen=True, slots=True)
class Fonts:
    """Symbols and names in the interface's font, numbers in one with tabular digits.

    ``value`` is the font of the number in a gate's box.
    """

    symbol: QFont
    name: QFont
    number: QFont
    value: QFont


def fonts(base: QFont, scale: float) -> Fonts:
    """Return the fonts at ``scale``, with a legible minimum size."""
    return _fonts(base, min(max(round(_USUAL * scale), _SMALLEST), _LARGEST))


@lru_cache(maxsize=16)
def _fonts(base: QFont, pixels: int) -> Fonts:
    return Fonts(
        symbol=_font(base, pixels),
        name=_font(base, pixels, QFont.Weight.DemiBold),
        number=_font(fixed_font(), pixels, QFont.Weight.DemiBold),
        value=_font(fixed_font(), round(_GATE * pixels), QFont.Weight.DemiBold),
    )


@lru_cache(maxsize=1)
def fixed_font() -> QFont:
    """Return the system's fixed-width font."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


@lru_cache(maxsize=16)
def fixed_like(base: QFont) -> QFont:
    """Return the fixed-width font in the size of ``base``."""
    font = QFont(base)
    font.setFamilies([fixed_font().family()])
    font.setStyleHint(QFont.StyleHint.TypeWriter)
    return font


@lru_cache(maxsize=16)
def underlined(base: QFont) -> QFont:
    """Return ``base`` underlined."""
    font = QFont(base)
    font.setUnderline(True)
    return font


@lru_cache(maxsize=64)
def heights(font: QFont) -> tuple[float, float]:
    """Return ascent and descent of a font."""
    metrics = QFontMetricsF(font)
    return metrics.ascent(), metrics.descent()


@lru_cache(maxsize=16)
def underline_place(font: QFont) -> tuple[float, float]:
    """Return the distance of an underline's top from the baseline, and its thickness, as Qt would draw it."""
    metrics = QFontMetricsF(font)
    middle = min(ceil(metrics.underlinePos()) + 0.5, max(metrics.descent() - 0.5, 0.5))
    return middle - metrics.lineWidth() / 2, metrics.lineWidth()


@lru_cache(maxsize=1024)
def advance(font: QFont, text: str) -> float:
    """Return the horizontal advance of a text."""
    return QFontMetricsF(font).horizontalAdvance(text)


@lru_cache(maxsize=1024)
def size_of(font: QFont, text: str) -> QSizeF:
    """Return the size of one line of text; empty for no text."""
    metrics = QFontMetricsF(font)
    return QSizeF(metrics.horizontalAdvance(text) + 1, metrics.height()) if text else QSizeF(0, 0)


def _font(base: QFont, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    font = QFont(base)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font
