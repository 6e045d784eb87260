"""The rows of a trellis: one per tag, scrolled where there are too many."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

import numpy as np

from lstm_viz.app.panels.comparison.comparison import Indices
from lstm_viz.app.panels.trellis.trellis_steps import Decoding

#: The height of a label, and how many may stand side by side where the rows are lower.
LABEL_HEIGHT = 12.0
LANES = 3
_LONGEST_IN_LANES = 8
_LEAST_HEIGHT, _SCROLLED_HEIGHT = 3.0, 15.0
_HEIGHT_FOR_PIXELS = 10.0


@dataclass(frozen=True, eq=False)
class TrellisRows:
    """Rows of ``height`` pixels; ``shown`` of the tags in ``order`` (K,) are visible, from the ``first`` on.

    All are, in the order of the model, where their rows are high enough for their names. Else those of the
    best path are at the top.
    """

    order: Indices
    height: float
    first: int
    shown: int

    @classmethod
    def fit(cls, steps: Decoding, room: float, first: int = 0) -> "TrellisRows":
        """Return the rows in ``room`` pixels, scrolled to ``first`` where they do not all fit."""
        count = len(steps.tags)
        height = room / count
        if height >= _least_height(steps.tags):
            return cls(np.arange(count), _on_pixels(height), 0, count)
        shown = min(count, max(1, int(room // _SCROLLED_HEIGHT)))
        return cls(steps.by_relevance, _SCROLLED_HEIGHT, max(0, min(first, count - shown)), shown)

    @property
    def hidden(self) -> int:
        """How many rows do not fit."""
        return len(self.order) - self.shown

    @cached_property
    def visible(self) -> Indices:
        """The tags of the visible rows, from top to bottom."""
        return self.order[self.first : self.first + self.shown]

    @cached_property
    def places(self) -> Indices:
        """The row of each tag, counted from the first visible one, (K,)."""
        places = np.empty_like(self.order)
        places[self.order] = np.arange(len(self.order)) - self.first
        return places

    def showing(self, tag: int) -> "TrellisRows":
        """Return the rows scrolled as little as possible to show a tag."""
        place = int(self.places[tag]) + self.first
        first = min(max(self.first, place - self.shown + 1), place)
        return replace(self, first=first)


def _least_height(tags: tuple[str, ...]) -> float:
    """Return the height of rows whose names can be read: short ones side by side."""
    return _LEAST_HEIGHT if max(map(len, tags)) <= _LONGEST_IN_LANES else LABEL_HEIGHT


def _on_pixels(height: float) -> float:
    """Return a height on whole pixels where it is high enough that rounding does not show."""
    return float(int(height)) if height >= _HEIGHT_FOR_PIXELS else max(1.0, height)


def lanes(height: float) -> tuple[int, int]:
    """Return how many labels stand side by side in rows of this height, and every how many-th row has one."""
    count = min(LANES, ceil(LABEL_HEIGHT / height))
    return count, ceil(LABEL_HEIGHT / (height * count))
