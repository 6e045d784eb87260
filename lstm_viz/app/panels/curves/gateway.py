"""Sanitizes all numbers that are passed to pyqtgraph.

It crashes on None, hangs on infinities and raises on odd shapes.
"""

import numpy as np
import numpy.typing as npt

from lstm_viz.app.panels.curves.pyramid import Values

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
