"""The exponential moving average of a curve."""

from functools import lru_cache

import numpy as np

from lstm_viz.app.panels.curves.pyramid import Values

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
