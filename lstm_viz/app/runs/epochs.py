"""Pure functions that select the epochs to show."""

from bisect import bisect_left
from collections.abc import Sequence

from lstm_viz.runs.history import Epoch


def picked_epoch(checkpoints: Sequence[int], wanted: int | None) -> int | None:
    """Return the selected checkpoint of an ordered sequence: the newest for None, else the nearest.

    Of two that are equally near it is the earlier; None if there is no checkpoint.
    """
    if not checkpoints:
        return None
    if wanted is None:
        return checkpoints[-1]
    place = bisect_left(checkpoints, wanted)
    return min(checkpoints[max(0, place - 1) : place + 1], key=lambda epoch: (abs(epoch - wanted), epoch))


def spread(checkpoints: Sequence[int], room: int, picked: int | None) -> tuple[int, ...]:
    """Return at most ``room`` evenly spaced checkpoints, including the first, the last and ``picked``.

    ``room`` is at least 3. The stride is a whole number of checkpoints, so that the others mostly stay when
    one is added at the end. If ``picked`` lies between two, it replaces the nearest that is neither first nor
    last.
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
    """Return how many there are from 0 to ``last``; one that is too near to the last is left out."""
    whole, rest = divmod(last, stride)
    return whole + 1 + (rest * 2 >= stride and rest > 0)


def evaluated(epochs: Sequence[Epoch], wanted: int | None) -> Epoch | None:
    """Return the newest epoch with a confusion matrix up to ``wanted`` (None: the newest of all).

    Of an epoch that was evaluated twice, since its run was resumed before it, the last line counts.
    """
    known = [line for line in epochs if line.confusion is not None]
    if wanted is not None:
        known = [line for line in known if line.epoch <= wanted]
    return max(reversed(known), key=lambda line: line.epoch, default=None)
