"""The cache of a tracked sentence's pictures, so that each checkpoint is read once."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from lstm_viz.app.queries.history_key import HistoryKey
from lstm_viz.messages import History, Picture

#: The most cached pictures; those that are shown are always kept.
MAX_KEPT = 400

#: The hashes of the checkpoints by epoch.
Weights = Mapping[int, str | None]


class HistoryCache:
    """Collects the results for one `HistoryKey`, which may arrive in several parts.

    Attributes
    ----------
    history : History or None
        The newest result with all cached pictures, in the order of the epochs.
    tags : dict of int to tuple of str
        The tags of the sentence by epoch, also of checkpoints without a cached picture.
    unreadable : set of int
        The epochs of which no tags could be read.
    """

    def __init__(self, key: HistoryKey | None = None) -> None:
        self.key = key
        self.history: History | None = None
        self._result: History | None = None
        self._pictures: dict[int, Picture] = {}
        self._weights: Weights = {}
        self._pending: set[int] = set()
        self.tags: dict[int, tuple[str, ...]] = {}
        self.unreadable: set[int] = set()

    def keep_to(self, weights: Weights) -> None:
        """Drop the pictures of other weights; ``weights`` are those of the checkpoints now."""
        known = {*self._pictures, *self._pending, *self.tags, *self.unreadable}
        changed = {e for e in known if weights.get(e) != self._weights.get(e)}
        self._weights = weights
        for epoch in changed:
            self._pictures.pop(epoch, None)
            self.tags.pop(epoch, None)
        self._pending -= changed
        self.unreadable -= changed
        if changed:
            self._gather()

    def missing(self, epochs: Iterable[int]) -> tuple[int, ...]:
        return tuple(epoch for epoch in epochs if epoch not in self._pictures)

    def requested(self, epochs: Iterable[int]) -> None:
        """Record that ``epochs`` were requested."""
        self._pending = set(epochs)

    def is_pending(self, epochs: Iterable[int]) -> bool:
        """Return whether all of these epochs are pending."""
        return self._pending.issuperset(epochs)

    def forget(self) -> None:
        """Clear the pending epochs, since their engine has ended."""
        self._pending = set()

    def take(self, result: History, weights: Weights, shown: Iterable[int]) -> None:
        """Cache the pictures of a result for this key, requested when the checkpoints had ``weights``."""
        if self._result is not None and self._result.words != result.words:
            self._pictures, self.tags = {}, {}  # the segmentation changed: they have other columns
        self._result = result
        pictures = {p.epoch: p for p in result.pictures if p.epoch in weights}
        self._pictures |= {e: p for e, p in pictures.items() if weights[e] == self._weights.get(e)}
        self.take_tags(result, weights)
        if len(self._pictures) > MAX_KEPT:
            kept = {*shown, *pictures}
            self._pictures = {epoch: p for epoch, p in self._pictures.items() if epoch in kept}
        self._gather()

    def take_tags(self, result: History, weights: Weights) -> bool:
        """Cache the tags of a result for this key, without its pictures; return whether its words fit."""
        if self._result is not None and self._result.words != result.words:
            return False
        valid = (p for p in result.pictures if weights.get(p.epoch) == self._weights.get(p.epoch))
        self.tags |= {picture.epoch: picture.tags for picture in valid}
        return True

    def take_unreadable(self, epochs: Iterable[int], weights: Weights) -> None:
        """Record that the epochs among these without tags, requested with ``weights``, cannot be read."""
        without = (epoch for epoch in epochs if epoch not in self.tags)
        self.unreadable |= {e for e in without if weights.get(e) == self._weights.get(e)}

    def _gather(self) -> None:
        if self._result is not None:
            pictures = tuple(self._pictures[epoch] for epoch in sorted(self._pictures))
            self.history = replace(self._result, pictures=pictures)
