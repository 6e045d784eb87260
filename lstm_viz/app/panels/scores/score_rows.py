"""The layout of the rows of the tag scores: label, bar and number of each tag."""

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QRect, QRectF

from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.tag_label import names_width, widest_label

_VALUE_WIDTH = 64
_BESIDE, _EASY, _STACKED = 15.0, 18.0, 22.0  # heights of a row
_BAR = 4.0
_SHARE = 0.4  # of the width, for labels beside their bars


@dataclass(frozen=True, slots=True)
class ScoreRows:
    """Rows of ``height`` pixels in an ``area``, with labels ``names`` pixels wide.

    Labels that are too long for a place beside the bars are ``stacked``: above them.
    """

    area: QRectF
    count: int
    height: float
    names: float
    stacked: bool

    @classmethod
    def fit(cls, area: QRectF, count: int, tags: tuple[str, ...], theme: Theme) -> "ScoreRows":
        """Return the rows for ``count`` of a model's ``tags``."""
        stacked = widest_label(tags, theme, 12) > area.width() * _SHARE
        height = min(area.height() / max(1, count), 30.0)
        names = area.width() - _VALUE_WIDTH if stacked else names_width(tags, theme, 12, area.width())
        return cls(area, count, height, names, stacked)

    def shown(self, count: int) -> int:
        """Return how many of ``count`` tags have a row: all, or as many as can be read with ease."""
        least, easy = (_STACKED, _STACKED) if self.stacked else (_BESIDE, _EASY)
        fits = count <= max(2, int(self.area.height() / least))
        return count if fits else max(1, int(self.area.height() / easy))

    @property
    def pixels(self) -> int:
        """The size of the font."""
        return 10 if self.stacked else 11 if self.height < 18 else 12

    @property
    def rows(self) -> list[QRectF]:
        """The rectangles of the rows, on whole pixels."""
        tops = [round(self.area.top() + k * self.height) for k in range(self.count + 1)]
        return [QRectF(self.area.left(), top, self.area.width(), end - top) for top, end in pairwise(tops)]

    def label(self, row: QRectF) -> QRectF:
        return QRectF(row.left(), row.top(), self.names, self._line(row))

    def number(self, row: QRectF) -> QRect:
        return QRectF(row.left(), row.top(), row.width(), self._line(row)).toRect()

    def bar(self, row: QRectF) -> QRectF:
        """Return the rectangle of a whole bar: of probability 1."""
        if self.stacked:
            return QRectF(row.left(), row.top() + self._line(row), row.width(), _BAR)
        thickness, left = min(12.0, self.height * 0.5), self.names + 8
        top = row.center().y() - thickness / 2
        return QRectF(row.left() + left, top, row.width() - left - _VALUE_WIDTH, thickness)

    def _line(self, row: QRectF) -> float:
        """Return the height of label and number."""
        return min(19.0, row.height() - _BAR - 2) if self.stacked else row.height()
