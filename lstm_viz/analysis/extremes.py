"""Least, mean and largest values over ranges of steps and groups of units.

Shapes: T steps, H units, N ranges of steps, G groups of units.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

_BLOCK = 1024  # steps that are reduced at once: their numbers fit into the cache of a core


class Reduced(NamedTuple):
    """The least, mean and largest values, each (N, G)."""

    low: Floats
    mean: Floats
    high: Floats


def starts_of(count: int, groups: int) -> npt.NDArray[np.int64]:
    """Return the first index of each of at most ``groups`` groups of ``count``, of about equal sizes."""
    groups = max(1, min(groups, count))
    return np.arange(groups) * count // groups


def reduce(values: Floats, stride: int, groups: int) -> Reduced:
    """Return the least, mean and largest values of (T, H) over ranges of steps and groups of units.

    A range has ``stride`` steps. NaN in a group makes all three of it NaN. ``values`` may be mapped: they are
    read once, in blocks.
    """
    units = starts_of(values.shape[1], groups)
    block = stride * max(1, _BLOCK // stride)
    parts = [_reduced(values[k : k + block], stride, units) for k in range(0, max(1, len(values)), block)]
    return Reduced(*(np.concatenate(of) for of in zip(*parts, strict=True)))


def _reduced(values: Floats, stride: int, units: npt.NDArray[np.int64]) -> Reduced:
    steps = np.arange(0, len(values), stride)
    sizes = np.diff(steps, append=len(values))[:, None] * np.diff(units, append=values.shape[1])
    values = np.ascontiguousarray(values)
    with np.errstate(all="ignore"):
        low, high = (
            of.reduceat(of.reduceat(values, units, axis=1), steps, axis=0) for of in (np.minimum, np.maximum)
        )
        total = np.add.reduceat(np.add.reduceat(values, units, axis=1), steps, axis=0, dtype=np.float64)
        return Reduced(low, (total / sizes).astype(values.dtype), high)
