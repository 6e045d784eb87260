"""The first checkpoint at which the tracked sentence is wholly right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FirstRight:
    """The first of the checkpoints read so far at which all words have their true tags.

    Attributes
    ----------
    epoch : int or None
        None if there is none.
    before : int or None
        The checkpoint before it; None if it is the first of all.
    unread : tuple of int
        The earlier checkpoints whose tags are not known yet, in order: one of them may be the first.
    """

    epoch: int | None
    before: int | None
    unread: tuple[int, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether it is known to be the first epoch, and not only the first checkpoint."""
        return not self.unread and self.epoch is not None and self.epoch <= self.earliest

    @property
    def earliest(self) -> int:
        """The epoch after the checkpoint before."""
        return (self.before or 0) + 1


def first_right(
    checkpoints: Sequence[int], tags: Mapping[int, Sequence[str]], truth: Sequence[str]
) -> FirstRight:
    """Return the first checkpoint with the true tags.

    Parameters
    ----------
    checkpoints : sequence of int
        The epochs with a checkpoint, in order.
    tags : mapping of int to sequence of str
        The tags of the sentence by epoch, as far as they are known.
    truth : sequence of str
        Its true tags; "" for a word without one, which counts as right.
    """
    places = (k for k, epoch in enumerate(checkpoints) if epoch in tags and _agree(tags[epoch], truth))
    place = next(places, None)
    earlier = checkpoints if place is None else checkpoints[:place]
    epoch = None if place is None else checkpoints[place]
    before = checkpoints[place - 1] if place else None
    return FirstRight(epoch, before, tuple(epoch for epoch in earlier if epoch not in tags))


def _agree(tags: Sequence[str], truth: Sequence[str]) -> bool:
    return all(true in {"", tag} for tag, true in zip(tags, truth, strict=True))
