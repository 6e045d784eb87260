"""How far our numbers are from torch's."""

import math

import numpy as np

from lstm_viz.tracing.trace import Array


def largest_difference(ours: Array, theirs: Array) -> float:
    """Return max |ours − theirs|, where NaN equals NaN, ∞ equals ∞, and either against a number is ∞."""
    if ours.size == 0:
        return 0.0
    with np.errstate(invalid="ignore"):
        gaps = ours - theirs
    largest = float(np.abs(gaps, out=gaps).max())
    if math.isfinite(largest):
        return largest
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    gaps = np.abs(np.where(same, 0, ours) - np.where(same, 0, theirs))
    return float(np.nan_to_num(gaps, nan=np.inf, posinf=np.inf).max())
