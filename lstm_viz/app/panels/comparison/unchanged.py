"""The part of the heatmaps that is unchanged: only the rest is repainted."""

import numpy as np

from lstm_viz.app.panels.comparison.layers import ShownHeatmaps
from lstm_viz.messages import View


def unchanged_columns(old: ShownHeatmaps, new: ShownHeatmaps) -> int:
    """Return how many columns from the left have the same values in both."""
    if (old.pair, old.marks) != (new.pair, new.marks) or (old.comparison is None) != (new.comparison is None):
        return 0
    if old.comparison is None or new.comparison is None:
        return _shared(old.view, new.view)
    if old.comparison.edited != new.comparison.edited or old.comparison.names != new.comparison.names:
        return 0
    subtracted = new.pair in ("difference", "both")
    if subtracted and any(old.comparison.scale(name) != new.comparison.scale(name) for name in ("h", "x")):
        return 0
    a = _shared(old.comparison.first.view, new.comparison.first.view)
    b = _shared(old.comparison.second.view, new.comparison.second.view)
    slots = zip(old.comparison.slots, new.comparison.slots, strict=False)
    alike = 0
    for before, after in slots:
        if before != after or (after[0] or 0) >= a or (after[1] or 0) >= b:
            return alike
        alike += 1
    return alike


def _shared(old: View | None, new: View | None) -> int:
    """Return how many columns from the left two views of the same layer and direction have in common."""
    if old is None or new is None:
        return 0
    if (old.module, old.layer, old.direction) != (new.module, new.layer, new.direction):
        return 0
    steps = min(len(old.columns), len(new.columns))
    pairs = [(old.x, new.x), *((old.quantities[name], new.quantities[name]) for name in new.quantities)]
    differs = np.logical_or.reduce([(a[:steps] != b[:steps]).any(axis=1) for a, b in pairs])
    return int(differs.argmax()) if differs.any() else steps
