"""The geometry of the columns, shared by chips and heatmaps so that words are aligned with their values."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF

#: Room for a heatmap's name to the left of the columns, and the margin to their right, in pixels.
LABEL_WIDTH = 112
#: The left end of the names of parts beside the columns.
PARTS_LEFT = 44.0
RIGHT_MARGIN = 8
#: The limits of a column's width: if the columns would be narrower, they are scrolled.
MIN_WIDTH = 28.0
MAX_WIDTH = 260.0
#: The least width of columns that are scrolled: most words and tags fit without being turned.
SCROLLED_WIDTH = 48.0


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """``count`` columns of ``width`` pixels, scrolled by ``first`` columns, in a strip ``room`` wide.

    Where the sequence is shorter than its batch, there is room for ``past`` more columns, without values.
    """

    count: int = 0
    width: float = MAX_WIDTH
    room: float = 0.0
    first: int = 0
    past: int = 0

    @classmethod
    def fit(cls, count: int, strip_width: float, first: int = 0, past: int = 0) -> "ColumnLayout":
        """Return the columns that fill a strip of ``strip_width`` pixels, its label included.

        ``past`` is how many steps there are past the end: all have a column where there is room, else one.
        """
        room = max(strip_width - LABEL_WIDTH - RIGHT_MARGIN, MIN_WIDTH)
        fits = (count + 1) * MIN_WIDTH <= room
        past = min(past, max(1, int(room / SCROLLED_WIDTH) - count)) if fits else 0
        width = min(room / max(count + past, 1), MAX_WIDTH)
        if width < MIN_WIDTH:
            width = room / max(1, int(room / SCROLLED_WIDTH))
        shown = max(1, int(room / width + 1e-6))
        return cls(count, width, room, max(0, min(first, count - shown)), past)

    @property
    def shown(self) -> int:
        """How many whole columns fit."""
        return min(self.count - self.first, max(1, int(self.room / self.width + 1e-6)))

    @property
    def hidden(self) -> int:
        """How many columns do not fit."""
        return self.count - self.shown

    def visible(self) -> range:
        return range(self.first, self.first + self.shown)

    def within(self, rect: QRect) -> range:
        """Return the visible columns that ``rect`` touches."""
        first = self.first + int((rect.left() - LABEL_WIDTH) // self.width)
        last = self.first + int((rect.right() - LABEL_WIDTH) // self.width)
        visible = self.visible()
        return range(max(first, visible.start), min(last + 1, visible.stop))

    def strip(self, column: int, height: int, onward: bool = False) -> QRect:
        """Return the part of a strip that a column covers, with its edges; ``onward``, all to its right."""
        left = int(self.left(column)) - 2
        end = LABEL_WIDTH + self.room + RIGHT_MARGIN
        right = int(end) if onward else int(self.left(column) + self.width) + 2
        return QRect(left, 0, right - left + 1, height)

    def past_end(self, top: float, height: float) -> QRectF:
        """Return the rectangle of the columns past the end; it is empty without any."""
        return QRectF(self.left(self.count) + 2, top, self.past * self.width - 4, height)

    def left(self, column: int) -> float:
        """Return the x of a column's left edge."""
        return LABEL_WIDTH + (column - self.first) * self.width

    def at(self, x: float) -> int | None:
        """Return the column at ``x``, None outside the columns."""
        column = self.first + int((x - LABEL_WIDTH) // self.width)
        return column if x >= LABEL_WIDTH and column in self.visible() else None

    def runs(self, shown: range) -> Iterator[range]:
        """Yield ``shown`` as contiguous ranges."""
        yield shown

    def showing(self, column: int) -> "ColumnLayout":
        """Return the columns scrolled as little as possible to show ``column``."""
        first = min(max(self.first, column - self.shown + 1), max(column, 0))
        return ColumnLayout(self.count, self.width, self.room, first, self.past)


@dataclass(frozen=True, slots=True)
class Spread(ColumnLayout):
    """Items with a column each, ``places[k]``; other columns may be between them.

    Its methods take and return items where those of `ColumnLayout` take and return columns.
    """

    places: tuple[int, ...] = ()

    @classmethod
    def over(cls, columns: ColumnLayout, places: tuple[int, ...]) -> ColumnLayout:
        """Return the columns of items at ``places``; ``columns`` itself where no other is between them."""
        if places == tuple(range(columns.count)):
            return columns
        return cls(columns.count, columns.width, columns.room, columns.first, columns.past, places)

    def visible(self) -> range:
        return self._items(ColumnLayout.visible(self))

    def within(self, rect: QRect) -> range:
        return self._items(ColumnLayout.within(self, rect))

    def left(self, column: int) -> float:
        if column < len(self.places):
            return ColumnLayout.left(self, self.places[column])
        after = self.places[-1] + 1 if self.places else 0
        return ColumnLayout.left(self, after + column - len(self.places))

    def at(self, x: float) -> int | None:
        column = ColumnLayout.at(self, x)
        return self.places.index(column) if column in self.places else None

    def runs(self, shown: range) -> Iterator[range]:
        start = shown.start
        for k in range(shown.start + 1, shown.stop + 1):
            if k == shown.stop or self.places[k] != self.places[k - 1] + 1:
                yield range(start, k)
                start = k

    def _items(self, columns: range) -> range:
        return range(bisect_left(self.places, columns.start), bisect_left(self.places, columns.stop))
