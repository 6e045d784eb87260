"""Numbers for pyqtgraph: sanitized, and downsampled by minima and maxima to the width of the screen."""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


class GrowingArray:
    """A growing array; its capacity is doubled when it is full."""

    def __init__(self) -> None:
        self._room: Values = np.empty(64)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def values(self) -> Values:
        """The numbers (n,): a view, valid until the array changes."""
        return self._room[: self._length]

    def extend(self, values: Values) -> None:
        needed = self._length + len(values)
        if needed > len(self._room):
            grown = np.empty(max(needed, 2 * len(self._room)))
            grown[: self._length] = self.values
            self._room = grown
        self._room[self._length : needed] = values
        self._length = needed

    def truncate(self, length: int) -> None:
        """Forget what lies behind the first ``length`` numbers."""
        self._length = min(self._length, length)


class Pyramid:
    """A column, and its minima and maxima in complete buckets of 2, 4, 8 … numbers.

    NaN is ignored; a bucket of nothing else is NaN. Appending visits only new numbers: on average two on each
    level for every two new ones of the level below.
    """

    def __init__(self) -> None:
        self._raw = GrowingArray()
        self._levels: list[tuple[GrowingArray, GrowingArray]] = []

    def __len__(self) -> int:
        return len(self._raw)

    @property
    def values(self) -> Values:
        """The column itself (n,)."""
        return self._raw.values

    def extend(self, values: Values) -> None:
        """Append to the column."""
        self._raw.extend(values)
        low, high = self._raw, self._raw
        level = 0
        while (whole := len(self._raw) >> (level + 1)) > 0:
            if level == len(self._levels):
                self._levels.append((GrowingArray(), GrowingArray()))
            above = self._levels[level]
            have = len(above[0])
            if have == whole:
                return  # the levels above are complete, too
            part = slice(2 * have, 2 * whole)
            above[0].extend(np.fmin.reduce(low.values[part].reshape(-1, 2), axis=1))
            above[1].extend(np.fmax.reduce(high.values[part].reshape(-1, 2), axis=1))
            low, high = above
            level += 1

    def truncate(self, length: int) -> None:
        """Forget what lies behind the first ``length`` numbers."""
        self._raw.truncate(length)
        for level, columns in enumerate(self._levels, 1):
            for column in columns:
                column.truncate(length >> level)

    def buckets(self, start: int, stop: int, most: int) -> tuple[int, Values, Values]:
        """Return the size of the buckets that cover [start, stop), and their minima and maxima.

        The size is the least power of two with which there are at most ``most`` buckets, apart from partial
        ones at the ends. The first bucket begins at the multiple of the size before ``start``; the last may
        have fewer numbers at the end of the column.
        """
        level = 0
        while (stop - start) >> level > max(1, most):
            level += 1
        size = 1 << level
        first, last = start // size, -(-stop // size)
        if level == 0:
            return 1, self.values[first:last], self.values[first:last]
        low, high = (
            self._levels[level - 1] if level <= len(self._levels) else (GrowingArray(), GrowingArray())
        )
        lows, highs = low.values[first:last], high.values[first:last]
        if last > len(low) and (rest := self.values[max(first, len(low)) * size :]).size:
            lows = np.append(lows, np.fmin.reduce(rest))
            highs = np.append(highs, np.fmax.reduce(rest))
        return size, lows, highs


#: Beyond this, Qt's own arithmetic on coordinates overflows.
_LARGEST = 1e300


def plottable(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Values, Values]:
    """Return the points of a curve as two arrays (n,) of float64, contiguous, with NaN for every gap.

    Raises
    ------
    ValueError
        If they are not two rows of real numbers of the same length.
    """
    xs, ys = _row(x), _row(y)
    if xs.shape != ys.shape:
        raise ValueError(f"{len(xs)} places for {len(ys)} values")
    if not np.isfinite(xs).all():
        raise ValueError("a point stands nowhere")
    return xs, np.where(np.abs(ys) <= _LARGEST, ys, np.nan)


def _row(values: npt.ArrayLike) -> Values:
    array = np.asarray(values)
    if array.dtype.kind not in "fiub" or array.ndim != 1:
        raise ValueError(f"{array.dtype} {array.shape} is no row of numbers")
    return np.ascontiguousarray(array, np.float64)
