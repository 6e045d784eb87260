"""The sources as rows that sum to the state: one each while there is room, else the smaller ones in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lstm_viz.app.panels.decomposition.geometry import FOOTER, HEADER
from lstm_viz.app.panels.decomposition.view_model import DecompositionViewModel
from lstm_viz.messages import Floats

#: The limits of a row's height: if rows would be lower, the smaller sources share one.
SMALLEST, LARGEST = 13.0, 34.0


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source, or the sum of several small ones; one ``to_come`` is read after the step."""

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
class SourceRows:
    """The rows and their geometry: ``top`` and ``height`` in pixels."""

    rows: tuple[SourceRow, ...]
    top: float = 0.0
    height: float = LARGEST

    @property
    def bottom(self) -> float:
        return self.top + self.height * len(self.rows)

    @cached_property
    def tops(self) -> list[int]:
        """The tops of the rows and the bottom of the last, on whole pixels."""
        return [round(self.top + k * self.height) for k in range(len(self.rows) + 1)]

    def at(self, y: float) -> int | None:
        """Return the row at ``y``, None outside the rows."""
        k = int((y - self.top) // self.height)
        return k if 0 <= k < len(self.rows) else None


def rows_of(values: Floats, shown: DecompositionViewModel, room: float, top: float = 0.0) -> SourceRows:
    """Return the rows that fit into ``room`` pixels.

    The step itself always has a row of its own. Words after the step have rows too where all fit: then the
    rows do not move while the user steps through a short sentence.

    Parameters
    ----------
    values : array (N + 1,)
        The contribution of each source.
    """
    fit, order, own = max(3, int(room / SMALLEST)), shown.order, shown.decomposition.column + 1
    alone = set(order) if len(order) <= fit else _largest(values, order, own, fit - 1)
    rows = [SourceRow((source,), float(values[source])) for source in order if source in alone]
    rest = tuple(source for source in order if source not in alone)
    if rest:
        total = SourceRow(rest, float(values[list(rest)].sum(dtype=np.float64)))
        rows.insert(len(rows) if shown.backward else 0, total)  # at the oldest words
    elif len(order) + len(shown.to_come) <= fit:
        later = [SourceRow((source,), 0.0, to_come=True) for source in shown.to_come]
        rows = later + rows if shown.backward else rows + later
    return SourceRows(tuple(rows), top, min(LARGEST, room / max(1, len(rows))))


def tallest(count: int) -> int:
    """Return the largest height of a widget with ``count`` rows."""
    return int(HEADER + FOOTER + LARGEST * count) + 2


def _largest(values: Floats, order: Sequence[int], own: int, count: int) -> set[int]:
    """Return the sources with the largest contributions and the step's own; NaN counts as largest."""
    size = np.nan_to_num(np.abs(values[list(order)]), nan=np.inf)
    ranked = [order[int(k)] for k in np.argsort(-size, kind="stable")]
    return {own, *[source for source in ranked if source != own][: count - 1]}


def summed(values: Floats, rows: SourceRows) -> Floats:
    """Return the contributions of the rows to each unit or tag, (rows, H), from the sources', (N + 1, H)."""
    found = np.empty((len(rows.rows), values.shape[1]), values.dtype)
    for k, row in enumerate(rows.rows):
        found[k] = values[list(row.sources)].sum(axis=0) if row.is_rest else values[row.source]
    return found


def pooled(values: Floats, rows: int, columns: int) -> Floats:
    """Return (R, C) values pooled to at most ``rows`` × ``columns``: of each group the one furthest from 0.

    An image with fewer pixels than numbers would else drop some silently.
    """
    if 0 < rows < values.shape[0]:
        values = _furthest(values, rows)
    if 0 < columns < values.shape[1]:
        values = _furthest(np.ascontiguousarray(values.T), columns).T
    return values


def _furthest(values: Floats, fit: int) -> Floats:
    """Return ``fit`` rows, of each group of rows the value furthest from 0; NaN where one is."""
    edges = groups(len(values), fit)
    longest = int(np.diff(edges).max())
    # a shorter group repeats its last row; numpy's reduceat takes ten times as long
    members = values[np.minimum(edges[:-1, None] + np.arange(longest), edges[1:, None] - 1)]
    high, low = members.max(axis=1), members.min(axis=1)
    furthest: Floats = np.where(high >= -low, high, low)
    return furthest


def groups(count: int, fit: int) -> npt.NDArray[np.intp]:
    """Return the boundaries of ``fit`` groups of ``count`` items."""
    return np.arange(min(fit, count) + 1, dtype=np.intp) * count // min(fit, count)
