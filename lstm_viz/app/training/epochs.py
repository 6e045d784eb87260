"""Which epochs are shown, and which of them is looked at."""

from bisect import bisect_left
from collections.abc import Sequence

from lstm_viz.runs.history import Epoch


def picked_epoch(checkpoints: Sequence[int], wanted: int | None) -> int | None:
    """Return the checkpoint, of some in order, that is looked at: the newest for None, else the nearest.

    Of two that are as near it is the earlier; None where there is no checkpoint.
    """
    if not checkpoints:
        return None
    if wanted is None:
        return checkpoints[-1]
    place = bisect_left(checkpoints, wanted)
    return min(checkpoints[max(0, place - 1) : place + 1], key=lambda epoch: (abs(epoch - wanted), epoch))


def spread(checkpoints: Sequence[int], room: int, picked: int | None) -> tuple[int, ...]:
    """Return at most ``room`` checkpoints, evenly chosen: first and last among them, and ``picked``.

    There is room for three at least. They lie a whole number of checkpoints apart, so that another one at
    the end mostly leaves the others as they are. Where ``picked`` lies between two, it takes the place of the
    nearest that is neither first nor last.
    """
    room = max(3, room)
    if len(checkpoints) <= room:
        return tuple(checkpoints)
    last = len(checkpoints) - 1
    stride = next(s for s in range(1, last + 1) if _places(last, s) <= room)
    chosen = [k * stride for k in range(_places(last, stride) - 1)] + [last]
    if picked in checkpoints and (place := checkpoints.index(picked)) not in chosen:
        inner = range(1, len(chosen) - 1)
        chosen[min(inner, key=lambda k: abs(chosen[k] - place))] = place
    return tuple(checkpoints[k] for k in chosen)


def _places(last: int, stride: int) -> int:
    """Return how many there are from 0 to ``last``; one that crowds the last is left out."""
    whole, rest = divmod(last, stride)
    return whole + 1 + (rest * 2 >= stride and rest > 0)


def measured(epochs: Sequence[Epoch], wanted: int | None) -> Epoch | None:
    """Return the newest epoch of which the confusions are known, up to ``wanted`` (None: the newest of all).

    An epoch that was measured twice, since its run was resumed before it, counts as it was last.
    """
    known = [line for line in epochs if line.confusion is not None]
    if wanted is not None:
        known = [line for line in known if line.epoch <= wanted]
    return max(reversed(known), key=lambda line: line.epoch, default=None)
