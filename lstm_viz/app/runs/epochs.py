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


def spread(
    checkpoints: Sequence[int], room: int, picked: int | None, marked: int | None = None
) -> tuple[int, ...]:
    """Return at most ``room`` evenly spaced checkpoints, with the first, the last, ``marked`` and ``picked``.

    ``room`` is at least 3; with 3 there may be no room for ``marked``. The stride is a whole number of
    checkpoints, so that the others mostly stay when one is added at the end. If one of the two lies between,
    it replaces the nearest that is neither first nor last.
    """
    room = max(3, room)
    if len(checkpoints) <= room:
        return tuple(checkpoints)
    last = len(checkpoints) - 1
    stride = next(s for s in range(1, last + 1) if _places(last, s) <= room)
    chosen = [k * stride for k in range(_places(last, stride) - 1)] + [last]
    kept: list[int] = []
    for wanted in (marked, picked):
        if wanted in checkpoints:
            _include(chosen, checkpoints.index(wanted), kept)
    return tuple(checkpoints[k] for k in sorted(chosen))


def _include(chosen: list[int], place: int, kept: list[int]) -> None:
    """Put a place into ``chosen`` instead of the nearest inner one, if possible not one of ``kept``."""
    if place not in chosen:
        inner = range(1, len(chosen) - 1)
        nearest = min(inner, key=lambda k: (chosen[k] in kept, abs(chosen[k] - place)))
        chosen[nearest] = place
    kept.append(place)


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
