"""The tag scores of a word, and those of the word it is compared with."""

from math import inf, isnan
from typing import NamedTuple

from lstm_viz.app.panels.comparison.comparison import SIDES, Comparison, Side
from lstm_viz.app.widgets.painting import plain
from lstm_viz.messages import Reading


class ComparedTag(NamedTuple):
    """A tag, and its log-softmax in both readings; None where the word or the tag does not exist."""

    tag: str
    first: float | None
    second: float | None

    @property
    def best(self) -> float:
        """The greater of the two; NaN and None do not count."""
        return max((score for score in self[1:] if score is not None and not isnan(score)), default=-inf)

    def text(self, between: str) -> str:
        a, b = ("–" if score is None else plain(score) for score in self[1:])
        return f"{self.tag} {a}{between}{b}"


def scored(comparison: Comparison, step: int) -> list[ComparedTag]:
    """Return the scores at a word of the first reading: the tags of the first, then the second's others."""
    slot = comparison.slot(step)
    a, b = (_scores(comparison, side, slot) for side in SIDES)
    return [ComparedTag(tag, a.get(tag), b.get(tag)) for tag in dict.fromkeys((*a, *b))]


def _scores(comparison: Comparison, side: Side, slot: int) -> dict[str, float]:
    reading, place = comparison.of(side), comparison.slots[slot][SIDES.index(side)]
    return _of(reading, place) if place is not None else {}


def _of(reading: Reading, place: int) -> dict[str, float]:
    return dict(zip(reading.model.tags, map(float, reading.scores[reading.row(place)]), strict=True))
