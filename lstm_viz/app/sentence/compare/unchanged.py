"""How much of the heatmaps is still as it was painted: only the rest is painted anew."""

import numpy as np

from lstm_viz.app.sentence.compare.layers import Shown
from lstm_viz.messages import View


def unchanged_columns(old: Shown, new: Shown) -> int:
    """Return how many columns from the left have the same numbers in both."""
    if (old.pair, old.marks) != (new.pair, new.marks) or (old.pairing is None) != (new.pairing is None):
        return 0
    if old.pairing is None or new.pairing is None:
        return _shared(old.view, new.view)
    if old.pairing.edited != new.pairing.edited or old.pairing.names != new.pairing.names:
        return 0
    subtracted = new.pair in ("difference", "both")
    if subtracted and any(old.pairing.scale(name) != new.pairing.scale(name) for name in ("h", "x")):
        return 0
    a = _shared(old.pairing.first.view, new.pairing.first.view)
    b = _shared(old.pairing.second.view, new.pairing.second.view)
    slots = zip(old.pairing.slots, new.pairing.slots, strict=False)
    alike = 0
    for before, after in slots:
        if before != after or (after[0] or 0) >= a or (after[1] or 0) >= b:
            return alike
        alike += 1
    return alike


def _shared(old: View | None, new: View | None) -> int:
    """Return how many columns from the left two views of the same place have in common, number for number."""
    if old is None or new is None:
        return 0
    if (old.module, old.layer, old.direction) != (new.module, new.layer, new.direction):
        return 0
    steps = min(len(old.columns), len(new.columns))
    pairs = [(old.x, new.x), *((old.quantities[name], new.quantities[name]) for name in new.quantities)]
    differs = np.logical_or.reduce([(a[:steps] != b[:steps]).any(axis=1) for a, b in pairs])
    return int(differs.argmax()) if differs.any() else steps
