"""The scan c_t = f_t ⊙ c_{t−1} + w_t with w = i ⊙ g, the only computation that is sequential in the steps."""

import math

import numpy as np

from lstm_viz.tracing.trace import Array

#: From this number of steps on, blocks of steps are computed in parallel.
_BLOCKS_FROM = 200
#: Longer rows are fast in numpy by themselves; blocks would only add memory traffic.
_SHORT_ROW = 4096


def scan(f: Array, w: Array, c0: Array) -> Array:
    """Return every c_t.

    Parameters
    ----------
    f, w : array (T, ...)
        The factors and the terms of each step.
    c0 : array (...)
        The initial state.

    Returns
    -------
    array (T, ...)
    """
    rows_f, rows_w, row = f.reshape(len(f), -1), w.reshape(len(w), -1), c0.reshape(-1)
    c = np.empty_like(rows_w)
    if len(f) >= _BLOCKS_FROM and row.size <= _SHORT_ROW:
        _scan_blocks_into(c, rows_f, rows_w, row)
    else:
        _scan_into(c, rows_f, rows_w, row)
    return c.reshape(w.shape)


def _scan_into(c: Array, f: Array, w: Array, before: Array) -> None:
    for c_t, f_t, w_t in zip(c, f, w, strict=True):
        np.multiply(f_t, before, out=c_t)
        np.add(c_t, w_t, out=c_t)
        before = c_t


def _scan_blocks_into(c: Array, f: Array, w: Array, c0: Array) -> None:
    """Scan blocks of steps in parallel from zero states, then add the contribution of their initial states.

    Starting a block from s instead of 0 adds, at each step, s times the product of f so far to c.
    """
    steps = math.ceil(math.sqrt(len(f) / 1.5))
    whole = len(f) // steps * steps
    # (steps, blocks, row): the first axis is the step within all blocks
    c_blocks, f_blocks, w_blocks = (a[:whole].reshape(-1, steps, c0.size).swapaxes(0, 1) for a in (c, f, w))
    _scan_into(c_blocks, f_blocks, w_blocks, np.zeros_like(c_blocks[0]))
    kept = np.multiply.accumulate(f_blocks, axis=0)
    begins = np.empty_like(c_blocks[0])
    begins[0] = c0
    _scan_into(begins[1:], kept[-1, :-1], c_blocks[-1, :-1], c0)
    kept *= begins
    c_blocks += kept
    _scan_into(c[whole:], f[whole:], w[whole:], c[whole - 1])
