"""Where the words of an `EmbeddingMap` are in a rectangle, and which of them have a label: pure.

Shapes: E epochs, N words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite

import numpy as np
import numpy.typing as npt

from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import EmbeddingMap, Floats

#: The most words with a label and a trail; all others are dots.
MOST_LABELS = 60
_MARGIN = 0.04

Box = tuple[float, float, float, float]  # left, top, right, bottom
Places = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MapViewModel:
    """The map at one of its epochs. Both axes have the same scale, which is that of all epochs."""

    result: EmbeddingMap
    epoch: int

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

    @cached_property
    def centre_and_reach(self) -> tuple[Places, Places]:
        """The middle of all points of all epochs, and half of their extent, along each axis."""
        points = self.result.points.reshape(-1, 2).astype(np.float64)
        points = points[np.isfinite(points).all(axis=1)]
        if not len(points):
            return np.zeros(2), np.ones(2)
        low, high = points.min(axis=0), points.max(axis=0)
        return (low + high) / 2, np.maximum((high - low) / 2, 1e-9)

    @property
    def is_finite(self) -> bool:
        """Whether a word has a place at the epoch."""
        return bool(np.isfinite(self.now).all(axis=1).any())

    def placed(self, points: Floats, width: float, height: float) -> Places:
        """Return points (…, 2) in pixels of a rectangle; the second axis is upwards."""
        centre, reach = self.centre_and_reach
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
    taken = [_around(*places[k].tolist()) for k in range(len(widths)) if np.isfinite(places[k]).all()]
    found = dict[int, tuple[float, float]]()
    for word, width in enumerate(widths):
        x, y = places[word].tolist()
        if not (isfinite(x) and isfinite(y)):
            continue
        others = [box for box in taken if box != _around(x, y)]
        free = (box for box in _boxes(x, y, width, line) if _is_free(box, others, bounds))
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
    """Return a row for each word at each epoch."""
    result = shown.result
    rows = [
        (epoch, word, result.counts[k] if result.counts else None, float(x), float(y))
        for epoch, points in zip(result.epochs, result.points, strict=True)
        for k, (word, (x, y)) in enumerate(zip(result.words, points, strict=True))
    ]
    return Table(("epoch", "word", "count", "axis_1", "axis_2"), rows)
