"""A growing curve over steps, downsampled to the width of the screen, and its moving average."""

from functools import lru_cache
from itertools import pairwise

import numpy as np

from lstm_viz.app.panels.curves.pyramid import GrowingArray, Pyramid, Values

_BLOCK = 128
Carry = tuple[float, float]


def smoothed(values: Values, share: float, carry: Carry = (0.0, 0.0)) -> tuple[Values, Carry]:
    """Return the exponential moving average of ``values``, and the carry for the numbers after them.

    ``mean_t = num_t / den_t`` with ``num_t = share·num_{t−1} + (1 − share)·x_t`` and the same of ones for
    ``den``, which is 1 − shareᵗ: the bias correction of Kingma and Ba, "Adam", 2015, section 3. NaN and
    infinities are left out of both sums, and have no mean.

    Parameters
    ----------
    values : array (n,)
    share : float
        The decay, from 0 (the values themselves) to below 1.
    carry : (float, float)
        ``num`` and ``den`` of the number before the first; zeros before any.
    """
    there = np.isfinite(values)
    num = _filtered((1 - share) * np.where(there, values, 0.0), share, carry[0])
    den = _filtered((1 - share) * there, share, carry[1])
    mean = np.full(len(values), np.nan)
    np.divide(num, den, out=mean, where=there & (den > 0))
    return mean, ((float(num[-1]), float(den[-1])) if len(values) else carry)


def _filtered(inputs: Values, share: float, before: float) -> Values:
    """Return y with y_t = share·y_{t−1} + inputs_t: vectorized in blocks, then from block to block."""
    length, size = len(inputs), min(_BLOCK, max(1, len(inputs)))
    blocks = np.zeros((-(-length // size), size))
    blocks.reshape(-1)[:length] = inputs
    result = blocks @ _kernel(share, size)
    decay = share ** np.arange(1.0, size + 1)
    carries = np.empty(len(blocks))
    for k, end in enumerate(result[:, -1]):
        carries[k] = before
        before = end + decay[-1] * before
    result += carries[:, None] * decay
    return np.asarray(result.reshape(-1)[:length])


@lru_cache(maxsize=8)
def _kernel(share: float, size: int) -> Values:
    """Return the weight of input i in output j (size, size): share to the power of j − i."""
    apart = np.arange(size) - np.arange(size)[:, None]
    return np.asarray(np.where(apart >= 0, share ** np.maximum(apart, 0.0), 0.0))


class Curve:
    """Numbers over ascending steps.

    A step that comes again (training was resumed from a checkpoint) replaces all numbers from it on.

    Attributes
    ----------
    version : int
        Changes whenever the numbers change.
    """

    def __init__(self) -> None:
        self._steps = GrowingArray()
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
        """Append numbers and return how many of the previous ones are still valid."""
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
        """Drop all but the first ``length`` numbers."""
        self.version += 1
        self._steps.truncate(length)
        self._values.truncate(length)

    def window(self, low: float, high: float, pixels: int) -> tuple[Values, Values]:
        """Return the points to draw from step ``low`` to ``high``, with one more at each end.

        If there are more numbers than ``pixels``, they are the minimum and the maximum of each bucket: at
        most about two per pixel.
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
        """Return the points to draw of a smooth curve: about ``most`` of its numbers, evenly spaced.

        They stay the same while the curve grows, so that it does not flicker.
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
        """Return the index of the number whose step is nearest to ``step``; None if the curve is empty."""
        return nearest(self.steps, step)


class SmoothedCurve:
    """A curve and its exponential moving average with decay ``share`` (0: the curve itself)."""

    def __init__(self, share: float = 0.0) -> None:
        self.raw, self._smooth = Curve(), Curve()
        self._share = share
        self._carry: Carry = (0.0, 0.0)

    @property
    def smooth(self) -> Curve:
        return self._smooth if self._share else self.raw

    def extend(self, steps: Values, values: Values) -> None:
        """Append numbers to both curves."""
        before = len(self.raw)
        if self.raw.extend(steps, values) == before:
            self._smooth_from(before)
        else:
            self._smooth_anew()

    def set_share(self, share: float) -> None:
        """Set the decay of the moving average."""
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
    """Return the index of the number in ascending ``places`` that is nearest to ``wanted``."""
    if not len(places):
        return None
    right = int(np.searchsorted(places, wanted))
    if right == 0:
        return 0
    if right == len(places) or wanted - places[right - 1] <= places[right] - wanted:
        return right - 1
    return right


def _ascending(steps: Values) -> list[tuple[int, int]]:
    """Return the (start, stop) of the strictly ascending parts of ``steps``."""
    cuts = [0, *(np.flatnonzero(np.diff(steps) <= 0) + 1).tolist(), len(steps)]
    return [(start, stop) for start, stop in pairwise(cuts) if start < stop]
