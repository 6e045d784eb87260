"""A curve over steps that grows at its end, in as many points as a screen can show."""

from itertools import pairwise

import numpy as np

from lstm_viz.app.training.plots.pyramid import Column, Pyramid, Values
from lstm_viz.app.training.plots.smoothing import Carry, smoothed


class Curve:
    """Numbers over steps, which ascend.

    A step that comes again (a training went on from where it had saved itself) takes the place of what was
    there from it on.

    Attributes
    ----------
    version : int
        Another one whenever the numbers are others.
    """

    def __init__(self) -> None:
        self._steps = Column()
        self._values = Pyramid()
        self.version = 0

    def __len__(self) -> int:
        return len(self._values)

    @property
    def steps(self) -> Values:
        return self._steps.values

    @property
    def values(self) -> Values:
        return self._values.values

    def extend(self, steps: Values, values: Values) -> int:
        """Add numbers and return how many of those before them still hold."""
        kept = len(self)
        self.version += 1
        for start, stop in _ascending(steps):
            if len(self) and steps[start] <= self.steps[-1]:
                self.truncate(int(np.searchsorted(self.steps, steps[start])))
                kept = min(kept, len(self))
            self._steps.extend(steps[start:stop])
            self._values.extend(np.where(np.isfinite(values[start:stop]), values[start:stop], np.nan))
        return kept

    def truncate(self, length: int) -> None:
        """Forget all but the first ``length`` numbers."""
        self.version += 1
        self._steps.truncate(length)
        self._values.truncate(length)

    def window(self, low: float, high: float, pixels: int) -> tuple[Values, Values]:
        """Return the points to draw from step ``low`` to ``high``, one more at each end.

        Where there are more numbers than ``pixels``, they are the lowest and the highest of each bucket:
        at most about two a pixel.
        """
        start = max(0, int(np.searchsorted(self.steps, low, "left")) - 1)
        stop = min(len(self), int(np.searchsorted(self.steps, high, "right")) + 1)
        size, lows, highs = self._values.buckets(start, stop, pixels)
        if size == 1:
            return self.steps[start:stop], lows
        first = start // size * size
        steps = self.steps[first::size][: len(lows)]
        return np.repeat(steps, 2), np.stack((lows, highs), axis=1).reshape(-1)

    def samples(self, low: float, high: float, most: int) -> tuple[Values, Values]:
        """Return the same for a curve that is smooth: about ``most`` of its own numbers, evenly apart.

        They are the same ones however far the curve has grown: nothing shimmers.
        """
        start = max(0, int(np.searchsorted(self.steps, low, "left")) - 1)
        stop = min(len(self), int(np.searchsorted(self.steps, high, "right")) + 1)
        size = 1
        while (stop - start) > size * max(1, most):
            size *= 2
        first = start // size * size
        steps, values = self.steps[first:stop:size], self.values[first:stop:size]
        if stop > start and (stop - 1 - first) % size:
            return np.append(steps, self.steps[stop - 1]), np.append(values, self.values[stop - 1])
        return steps, values

    def nearest(self, step: float) -> int | None:
        """Return the place of the number whose step is nearest to ``step``; None where there is none."""
        return nearest(self.steps, step)


class Trail:
    """A curve, and the same smoothed with a share of the past (0: it is the curve itself)."""

    def __init__(self, share: float = 0.0) -> None:
        self.raw, self._smooth = Curve(), Curve()
        self._share = share
        self._carry: Carry = (0.0, 0.0)

    @property
    def smooth(self) -> Curve:
        return self._smooth if self._share else self.raw

    def extend(self, steps: Values, values: Values) -> None:
        """Add numbers to the end of both."""
        before = len(self.raw)
        if self.raw.extend(steps, values) == before:
            self._smooth_from(before)
        else:
            self._smooth_anew()

    def set_share(self, share: float) -> None:
        """Smooth with another share of the past."""
        if share != self._share:
            self._share = share
            self._smooth_anew()

    def _smooth_anew(self) -> None:
        self._smooth, self._carry = Curve(), (0.0, 0.0)
        self._smooth_from(0)

    def _smooth_from(self, start: int) -> None:
        if self._share and start < len(self.raw):
            values, self._carry = smoothed(self.raw.values[start:], self._share, self._carry)
            self._smooth.extend(self.raw.steps[start:], values)


def nearest(places: Values, wanted: float) -> int | None:
    """Return the index of the number of ``places``, which ascend, that is nearest to ``wanted``."""
    if not len(places):
        return None
    right = int(np.searchsorted(places, wanted))
    if right == 0:
        return 0
    if right == len(places) or wanted - places[right - 1] <= places[right] - wanted:
        return right - 1
    return right


def _ascending(steps: Values) -> list[tuple[int, int]]:
    """Return the parts of ``steps`` within which each is larger than the one before."""
    cuts = [0, *(np.flatnonzero(np.diff(steps) <= 0) + 1).tolist(), len(steps)]
    return [(start, stop) for start, stop in pairwise(cuts) if start < stop]
