"""The sources as rows that add up: each by itself while there is room, else the smaller ones in one row."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lstm_viz.app.sentence.memory.places import FOOT, HEAD
from lstm_viz.app.sentence.memory.shown import Shown
from lstm_viz.messages import Floats

#: A row is never lower: below it the smaller sources share one row. Nor higher: two words are no wall.
SMALLEST, LARGEST = 13.0, 34.0


@dataclass(frozen=True, slots=True)
class Row:
    """One source, or the sum of several that are small; one ``to_come`` has not been read at the step."""

    sources: tuple[int, ...]
    value: float
    to_come: bool = False

    @property
    def is_rest(self) -> bool:
        return len(self.sources) != 1

    @property
    def source(self) -> int:
        return self.sources[0]


@dataclass(frozen=True)
class Rows:
    """The rows and where they stand: ``top`` and ``height`` in pixels."""

    rows: tuple[Row, ...]
    top: float = 0.0
    height: float = LARGEST

    @property
    def bottom(self) -> float:
        return self.top + self.height * len(self.rows)

    @cached_property
    def tops(self) -> list[int]:
        """Where the rows begin, and where the last ends: on whole pixels."""
        return [round(self.top + k * self.height) for k in range(len(self.rows) + 1)]

    def at(self, y: float) -> int | None:
        """Return the row at ``y``, None beside the rows."""
        k = int((y - self.top) // self.height)
        return k if 0 <= k < len(self.rows) else None


def rows_of(values: Floats, shown: Shown, room: float, top: float = 0.0) -> Rows:
    """Return the rows that there is ``room`` pixels for.

    The step itself always has a row of its own. What is read after the step has rows too where all fit: then
    nothing moves while one steps through a short sentence.

    Parameters
    ----------
    values : array (N + 1,)
        What each source gives.
    """
    fit, order, own = max(3, int(room / SMALLEST)), shown.order, shown.memory.column + 1
    alone = set(order) if len(order) <= fit else _largest(values, order, own, fit - 1)
    rows = [Row((source,), float(values[source])) for source in order if source in alone]
    rest = tuple(source for source in order if source not in alone)
    if rest:
        total = Row(rest, float(values[list(rest)].sum(dtype=np.float64)))
        rows.insert(len(rows) if shown.backward else 0, total)  # where the oldest are
    elif len(order) + len(shown.to_come) <= fit:
        later = [Row((source,), 0.0, to_come=True) for source in shown.to_come]
        rows = later + rows if shown.backward else rows + later
    return Rows(tuple(rows), top, min(LARGEST, room / max(1, len(rows))))


def tallest(count: int) -> int:
    """Return how many pixels a widget of so many rows can fill."""
    return int(HEAD + FOOT + LARGEST * count) + 2


def _largest(values: Floats, order: Sequence[int], own: int, count: int) -> set[int]:
    """Return the sources that give most, the step's own among them; what is no number counts as most."""
    size = np.nan_to_num(np.abs(values[list(order)]), nan=np.inf)
    ranked = [order[int(k)] for k in np.argsort(-size, kind="stable")]
    return {own, *[source for source in ranked if source != own][: count - 1]}


def summed(values: Floats, rows: Rows) -> Floats:
    """Return what each row gives to each unit (or tag), (rows, H), from what each source does, (N + 1, H)."""
    found = np.empty((len(rows.rows), values.shape[1]), values.dtype)
    for k, row in enumerate(rows.rows):
        found[k] = values[list(row.sources)].sum(axis=0) if row.is_rest else values[row.source]
    return found


def pooled(values: Floats, rows: int, columns: int) -> Floats:
    """Return (R, C) values with at most so many rows and columns: of each group what is furthest from 0.

    A picture with fewer pixels than numbers would else drop some without a word.
    """
    if 0 < rows < values.shape[0]:
        values = _furthest(values, rows)
    if 0 < columns < values.shape[1]:
        values = _furthest(np.ascontiguousarray(values.T), columns).T
    return values


def _furthest(values: Floats, fit: int) -> Floats:
    """Return ``fit`` rows, of each group of rows what is furthest from 0; NaN where one is."""
    edges = groups(len(values), fit)
    longest = int(np.diff(edges).max())
    # a shorter group takes its last row once more; numpy's reduceat takes ten times as long
    members = values[np.minimum(edges[:-1, None] + np.arange(longest), edges[1:, None] - 1)]
    high, low = members.max(axis=1), members.min(axis=1)
    furthest: Floats = np.where(high >= -low, high, low)
    return furthest


def groups(count: int, fit: int) -> npt.NDArray[np.intp]:
    """Return where ``fit`` groups of ``count`` things begin, and where the last ends."""
    return np.arange(min(fit, count) + 1, dtype=np.intp) * count // min(fit, count)
