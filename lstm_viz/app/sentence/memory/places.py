"""Where the parts of the sources stand: words, bars, numbers, and the picture of all units beside them."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics

from lstm_viz.app.painting import text_font

#: The head with the scales' ends, and the foot with the legend of the colours.
HEAD, FOOT = 18.0, 24.0
_NUMBER, _SURVIVAL, _GAP = 56.0, 52.0, 14.0
_FOR_SURVIVAL = 420.0


@lru_cache(maxsize=512)
def elided(text: str, pixels: int, width: int) -> str:
    """Return what of a word there is room for in the font of so many pixels; kept: words come again."""
    return QFontMetrics(text_font(pixels)).elidedText(text, Qt.TextElideMode.ElideRight, width)


def label_width(width: float) -> float:
    """Return the room for the words: the same in all pictures of the panel."""
    return min(96.0, max(56.0, width * 0.15))


@dataclass(frozen=True)
class Places:
    """Columns of a widget of this size, from left to right."""

    width: float
    height: float

    @property
    def label(self) -> float:
        return label_width(self.width)

    @property
    def survival(self) -> float:
        """The width of the column that says which share survives; 0 where there is no room."""
        return _SURVIVAL if self.width >= _FOR_SURVIVAL else 0.0

    @cached_property
    def bars(self) -> QRectF:
        """Where the bars are; their zero line stands in the middle."""
        left = self.label + 6
        return QRectF(left, HEAD, max(40.0, self._middle - _NUMBER - self.survival - left), self.room)

    @cached_property
    def numbers(self) -> QRectF:
        return QRectF(self.bars.right(), HEAD, _NUMBER, self.room)

    @cached_property
    def survivals(self) -> QRectF:
        return QRectF(self.numbers.right(), HEAD, self.survival, self.room)

    @cached_property
    def picture(self) -> QRectF:
        left = self.survivals.right() + _GAP
        return QRectF(left, HEAD, max(20.0, self.width - left - 2), self.room)

    @property
    def room(self) -> float:
        return max(20.0, self.height - HEAD - FOOT)

    @property
    def _middle(self) -> float:
        return self.width * 0.61
