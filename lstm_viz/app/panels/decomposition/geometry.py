"""The geometry of the sources plot: words, bars, numbers, and the heatmap of all units beside them."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics

from lstm_viz.app.widgets.painting import text_font

#: The height of the header with the scales' limits, and of the footer with the legend.
HEADER, FOOTER = 18.0, 24.0
_NUMBER, _SURVIVAL, _GAP = 56.0, 52.0, 14.0
_FOR_SURVIVAL = 420.0


@lru_cache(maxsize=512)
def elided(text: str, pixels: int, width: int) -> str:
    """Return a word elided to ``width`` in the font of ``pixels``; cached, since words recur."""
    return QFontMetrics(text_font(pixels)).elidedText(text, Qt.TextElideMode.ElideRight, width)


def label_width(width: float) -> float:
    """Return the width of the words: the same in all plots of the panel."""
    return min(96.0, max(56.0, width * 0.15))


@dataclass(frozen=True)
class SourcesLayout:
    """Columns of a widget of this size, from left to right."""

    width: float
    height: float

    @property
    def label(self) -> float:
        return label_width(self.width)

    @property
    def survival(self) -> float:
        """The width of the column of the surviving shares; 0 where there is no room."""
        return _SURVIVAL if self.width >= _FOR_SURVIVAL else 0.0

    @cached_property
    def bars(self) -> QRectF:
        """The rectangle of the bars; their zero line is in the middle."""
        left = self.label + 6
        return QRectF(left, HEADER, max(40.0, self._middle - _NUMBER - self.survival - left), self.room)

    @cached_property
    def numbers(self) -> QRectF:
        return QRectF(self.bars.right(), HEADER, _NUMBER, self.room)

    @cached_property
    def survivals(self) -> QRectF:
        return QRectF(self.numbers.right(), HEADER, self.survival, self.room)

    @cached_property
    def picture(self) -> QRectF:
        left = self.survivals.right() + _GAP
        return QRectF(left, HEADER, max(20.0, self.width - left - 2), self.room)

    @property
    def room(self) -> float:
        return max(20.0, self.height - HEADER - FOOTER)

    @property
    def _middle(self) -> float:
        return self.width * 0.61
