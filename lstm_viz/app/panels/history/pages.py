"""The geometry of the pictures in the strip."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF

#: The least width of a column for a word; narrower columns have a mark instead.
WORD_WIDTH = 24.0
_WIDEST_WORD = 38.0
_ROOMY_WORD = 60.0  # no word is wider where there is room for more pictures than there are
_GAP = 10.0
_NARROWEST, _WIDE_ENOUGH, _WIDEST = 118.0, 190.0, 330.0
_LEFT = 4.0
HEAD, WORDS, MARKS = 20.0, 34.0, 26.0


@dataclass(frozen=True, slots=True)
class Pages:
    """``count`` pictures of ``words`` columns each in a strip of ``width`` and ``height`` pixels."""

    count: int
    words: int
    width: float
    height: float

    @classmethod
    def room(cls, words: int, width: float, text_width: float) -> int:
        """Return how many pictures fit: with words and tags for short sentences, else with marks."""
        a_word = max(WORD_WIDTH + 2, min(text_width + 3, _WIDEST_WORD))
        wanted = words * a_word
        page = max(_NARROWEST, wanted if wanted <= _WIDEST else min(3.0 * words, _WIDE_ENOUGH))
        return max(3, int((width - 2 * _LEFT + _GAP) / (page + _GAP)))

    @property
    def page_width(self) -> float:
        room = self.width - 2 * _LEFT - _GAP * (self.count - 1)
        return max(1.0, min(room / max(1, self.count), max(_WIDEST, _ROOMY_WORD * self.words)))

    @property
    def word_width(self) -> float:
        return self.page_width / max(1, self.words)

    @property
    def has_words(self) -> bool:
        """Whether words and tags fit below their columns."""
        return self.word_width >= WORD_WIDTH

    @property
    def foot(self) -> float:
        return WORDS if self.has_words else MARKS

    def picture(self, k: int) -> QRectF:
        """Return the rectangle of the ``k``-th picture."""
        left = _LEFT + k * (self.page_width + _GAP)
        return QRectF(left, HEAD, self.page_width, max(1.0, self.height - HEAD - self.foot - 6))

    def frame(self, k: int) -> QRectF:
        """Return the frame around the ``k``-th picture."""
        return self.picture(k).adjusted(-4, -4, 4, 4)

    def nearest(self, x: float) -> int:
        """Return the picture nearest to ``x``."""
        place = (x - _LEFT + _GAP / 2) / (self.page_width + _GAP)
        return max(0, min(int(place), self.count - 1))
