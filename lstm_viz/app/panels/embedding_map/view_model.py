"""Where the words of an `EmbeddingMap` are in a rectangle, and which of them have a label: pure.

Shapes: E epochs, N words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from lstm_viz.app.widgets.tables import Cell, Table
from lstm_viz.messages import EmbeddingMap, Floats

#: The most words with a label and a trail; all others are dots.
MOST_LABELS = 60
_MARGIN = 0.04

Box = tuple[float, float, float, float]  # left, top, right, bottom
Places = npt.NDArray[np.float64]


class Extent(NamedTuple):
    """The middle of all points of all epochs, and half of their range, along each axis."""

    centre: Places
    reach: Places


def extent_of(result: EmbeddingMap) -> Extent:
    """Return the extent of what is finite."""
    points = result.points.reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return Extent(np.zeros(2), np.ones(2))
    low, high = (edge.astype(np.float64) for edge in (points.min(axis=0), points.max(axis=0)))
    return Extent((low + high) / 2, np.maximum((high - low) / 2, 1e-9))


@dataclass(frozen=True, eq=False)
class MapViewModel:
    """The map at one of its epochs. Both axes have the same scale, which is that of all epochs."""

    result: EmbeddingMap
    epoch: int
    extent: Extent

    @classmethod
    def of(cls, result: EmbeddingMap, epoch: int, before: "MapViewModel | None" = None) -> Self:
        """Return a result at an epoch; ``before`` is what was shown, perhaps of the same result."""
        is_same = before is not None and before.result is result
        return cls(result, epoch, before.extent if is_same and before else extent_of(result))

    @cached_property
    def place(self) -> int:
        """The index of the epoch, or of the last one before it."""
        earlier = [k for k, epoch in enumerate(self.result.epochs) if epoch <= self.epoch]
        return earlier[-1] if earlier else 0

    @property
    def shown_epoch(self) -> int:
        return self.result.epochs[self.place]

    @property
    def now(self) -> Floats:
        """The points (N, 2) at the epoch."""
        points: Floats = self.result.points[self.place]
        return points

    def trail(self, word: int) -> Floats:
        """Return the finite points of a word up to the epoch, (≤ E, 2)."""
        points = self.result.points[: self.place + 1, word]
        trail: Floats = points[np.isfinite(points).all(axis=1)]
        return trail

    @property
    def is_finite(self) -> bool:
        """Whether a word has a place at the epoch."""
        return bool(np.isfinite(self.now).all(axis=1).any())

    def placed(self, points: Floats, width: float, height: float) -> Places:
        """Return points (…, 2) in pixels of a rectangle; the second axis is upwards."""
        centre, reach = self.extent
        room = np.array([width, height]) * (0.5 - _MARGIN)
        scale = float((room / reach).min())
        with np.errstate(invalid="ignore"):
            offsets = (points.astype(np.float64) - centre) * scale * (1.0, -1.0)
        return np.asarray(offsets + np.array([width / 2, height / 2]))

    def nearest(self, x: float, y: float, width: float, height: float, reach: float) -> int | None:
        """Return the word that is nearest to a place, None where none is within ``reach`` pixels."""
        apart = np.hypot(*(self.placed(self.now, width, height) - (x, y)).T)
        apart[~np.isfinite(apart)] = np.inf
        if not len(apart) or apart.min() > reach:
            return None
        return int(apart.argmin())


def labels(
    places: Places, widths: Sequence[float], line: float, bounds: Box
) -> dict[int, tuple[float, float]]:
    """Return where labels fit beside their dots, the first words first: the left of each, and its baseline.

    Parameters
    ----------
    places : array (N, 2)
        The dots.
    widths : sequence of float
        The widths of the labels of the first words.
    line : float
        Their height.
    bounds : Box
        Where there is room for them.
    """
    finite = [k for k in range(len(widths)) if np.isfinite(places[k]).all()]
    dots = {k: _around(*places[k].tolist()) for k in finite}
    found, taken = dict[int, tuple[float, float]](), list[Box]()
    for word in finite:
        x, y = places[word].tolist()
        others = [*taken, *(dot for k, dot in dots.items() if k != word)]
        free = (box for box in _boxes(x, y, widths[word], line) if _is_free(box, others, bounds))
        box = next(free, None)
        if box is not None:
            taken.append(box)
            found[word] = box[0], box[3] - line / 4
    return found


def _is_free(box: Box, taken: Sequence[Box], bounds: Box) -> bool:
    return _is_inside(box, bounds) and not any(_overlap(box, other) for other in taken)


def _around(x: float, y: float, radius: float = 3.0) -> Box:
    return x - radius, y - radius, x + radius, y + radius


def _boxes(x: float, y: float, width: float, line: float) -> Iterator[Box]:
    """Yield the boxes of a label at the right, left, top and bottom of a dot."""
    for left, top in (
        (x + 5, y - line / 2),
        (x - 5 - width, y - line / 2),
        (x - width / 2, y - 4 - line),
        (x - width / 2, y + 4),
    ):
        yield left, top, left + width, top + line


def _is_inside(box: Box, bounds: Box) -> bool:
    return box[0] >= bounds[0] and box[1] >= bounds[1] and box[2] <= bounds[2] and box[3] <= bounds[3]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def map_table(shown: MapViewModel) -> Table:
    """Return the words at the epoch, and those that may have a trail at the others, too."""
    result, rows = shown.result, list[tuple[Cell, ...]]()
    for place, epoch in enumerate(result.epochs):
        count = len(result.words) if place == shown.place else MOST_LABELS
        for k, (x, y) in enumerate(result.points[place, :count].tolist()):
            rows.append((epoch, result.words[k], result.counts[k] if result.counts else None, x, y))
    return Table(("epoch", "word", "count", "axis_1", "axis_2"), rows)
