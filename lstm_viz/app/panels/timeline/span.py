"""The part of a long input that a timeline shows, and the numbers of its pixels."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lstm_viz.cells import QUANTITIES
from lstm_viz.messages import Extremes, Floats

#: The fewest steps to which a timeline can be zoomed.
FEWEST_STEPS = 40
_RATIO, _FEWEST_RANGES = 4, 500

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Span:
    """The steps from ``first`` on and before ``stop``, of ``steps``."""

    first: int
    stop: int
    steps: int

    @classmethod
    def whole(cls, steps: int) -> "Span":
        return cls(0, steps, steps)

    @property
    def count(self) -> int:
        return self.stop - self.first

    def zoomed(self, factor: float, at: float) -> "Span":
        """Return the span with 1 / ``factor`` of the steps, with the place ``at`` (0…1) where it is."""
        fewest = min(FEWEST_STEPS, self.steps)
        count = round(min(max(self.count / factor, fewest), self.steps))
        return self._from(round(self.first + at * (self.count - count)), count)

    def moved(self, steps: int) -> "Span":
        """Return the span moved by so many steps, as far as there are any."""
        return self._from(self.first + steps, self.count)

    def showing(self, step: int) -> "Span":
        """Return the span, moved to have a step in its middle unless it has it already."""
        return self if self.first <= step < self.stop else self._from(step - self.count // 2, self.count)

    def _from(self, first: int, count: int) -> "Span":
        first = max(0, min(first, self.steps - count))
        return Span(first, first + count, self.steps)


class Numbers(NamedTuple):
    """The numbers of N pixel columns of a quantity, each (N, G): no value is beyond its low and high.

    ``starts`` (N + 1,) are the first steps of the columns, and the end of the last. ``is_signed`` is whether
    the quantity is.
    """

    starts: Floats
    low: Floats
    mean: Floats
    high: Floats
    is_signed: bool

    @property
    def rows(self) -> Floats:
        """The rows of pixels (N, G + 4): the largest of all units, the groups, the least of all units.

        A group of a gate has its mean. Those of a quantity with a sign are near 0: it has the value that is
        farthest from 0.
        """
        high, low = self.high.max(axis=1), self.low.min(axis=1)
        farthest = np.where(self.high >= -self.low, self.high, self.low)
        groups = farthest if self.is_signed else self.mean
        return np.concatenate((np.stack((high, high), 1), groups, np.stack((low, low), 1)), axis=1)

    def at(self, column: int, row: int) -> tuple[float, float, float, range | None]:
        """Return least, mean and largest value of a pixel of `rows`, and the group of it; None for all."""
        group, groups = row - 2, self.mean.shape[1]
        if 0 <= group < groups:
            found = (self.low, self.mean, self.high)
            low, mean, high = (float(one[column, group]) for one in found)
            return low, mean, high, range(group, group + 1)
        mean = float(self.mean[column].mean())
        return float(self.low[column].min()), mean, float(self.high[column].max()), None


def levels(extremes: Extremes) -> tuple[Extremes, ...]:
    """Return the extremes, and those over ranges that are 4, 16, … times as long."""
    found = [extremes]
    while len(next(iter(found[-1].mean.values()), ())) > _FEWEST_RANGES:
        found.append(_longer(found[-1]))
    return tuple(found)


def level_for(found: tuple[Extremes, ...], span: Span, width: int) -> Extremes:
    """Return the extremes with the longest ranges of which a span has one for each column of pixels."""
    fine = (one for one in reversed(found) if span.count >= width * one.stride)
    return next(fine, found[0])


def _longer(extremes: Extremes) -> Extremes:
    every = _ranges(extremes, Span.whole(extremes.steps))
    starts = np.arange(0, every[1], _RATIO)
    reduced = {name: _reduced(extremes, name, every, starts) for name in extremes.mean}
    return Extremes(
        extremes.steps,
        extremes.stride * _RATIO,
        extremes.units,
        low={name: one[0] for name, one in reduced.items()},
        mean={name: one[1] for name, one in reduced.items()},
        high={name: one[2] for name, one in reduced.items()},
    )


def _reduced(
    extremes: Extremes, name: str, ranges: tuple[int, int], starts: Indices
) -> tuple[Floats, Floats, Floats]:
    """Return least, mean and largest value over some of the ranges, in groups that begin at ``starts``."""
    part = slice(*ranges)
    sizes = np.minimum(extremes.stride, extremes.steps - np.arange(*ranges) * extremes.stride)[:, None]
    total = np.add.reduceat(extremes.mean[name][part] * sizes, starts)
    return (
        np.minimum.reduceat(extremes.low[name][part], starts),
        total / np.add.reduceat(sizes, starts),
        np.maximum.reduceat(extremes.high[name][part], starts),
    )


def numbers(extremes: Extremes, name: str, span: Span, width: int) -> Numbers:
    """Return the numbers of a quantity in a span, for at most ``width`` columns of pixels."""
    stride, (first, stop) = extremes.stride, _ranges(extremes, span)
    count = max(1, min(width, stop - first))
    starts = np.arange(count) * (stop - first) // count
    ends = np.minimum((first + np.append(starts, stop - first)) * stride, extremes.steps)
    low, mean, high = _reduced(extremes, name, (first, stop), starts)
    return Numbers(ends, low, mean, high, QUANTITIES[name].is_signed)


def _ranges(extremes: Extremes, span: Span) -> tuple[int, int]:
    """Return the first range of steps of a span, and the end of the last."""
    return span.first // extremes.stride, -(-span.stop // extremes.stride)
