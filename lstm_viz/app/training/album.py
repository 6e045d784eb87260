"""The pictures of one sentence that are known already: what is kept is not asked for again."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from lstm_viz.app.training.subject import Subject
from lstm_viz.messages import Picture, Probed

#: More pictures than that are not kept beside those that are shown.
MAX_KEPT = 400

_Weights = Mapping[int, str | None]


class Album:
    """Collects the answers about one `Subject`, however many parts they come in.

    Attributes
    ----------
    probed : Probed or None
        The newest answer with all the pictures that are known, in the order of the epochs.
    """

    def __init__(self, subject: Subject | None = None) -> None:
        self.subject = subject
        self.probed: Probed | None = None
        self._asked: dict[int, _Weights] = {}
        self._answer: Probed | None = None
        self._pictures: dict[int, Picture] = {}
        self._weights: _Weights = {}
        self._awaited: set[int] = set()

    def keep_to(self, weights: _Weights) -> None:
        """Let go of the pictures of other weights than those: checkpoints by epoch, with their hashes."""
        changed = {e for e in {*self._pictures, *self._awaited} if weights.get(e) != self._weights.get(e)}
        self._weights = weights
        for epoch in changed:
            self._pictures.pop(epoch, None)
        self._awaited -= changed
        if changed:
            self._gather()

    def missing(self, epochs: Iterable[int]) -> tuple[int, ...]:
        return tuple(epoch for epoch in epochs if epoch not in self._pictures)

    def asked(self, number: int, epochs: Iterable[int]) -> None:
        """Take the answers to this question, which is about ``epochs`` as their weights are now."""
        self._awaited = set(epochs)
        if number not in self._asked:
            self._asked[number] = {epoch: self._weights.get(epoch) for epoch in self._awaited}

    def awaits(self, epochs: Iterable[int]) -> bool:
        """Tell whether all of these were asked for last."""
        return self._awaited.issuperset(epochs)

    def forget(self) -> None:
        """Await nothing any more: the engine that was asked is gone."""
        self._awaited = set()

    def take(self, answer: Probed, shown: Iterable[int]) -> bool:
        """Keep the pictures of an answer that is about this subject; tell whether it is."""
        asked = self._asked.get(answer.number)
        if asked is None:
            return False
        self._asked = {number: about for number, about in self._asked.items() if number >= answer.number}
        if self._answer is not None and self._answer.words != answer.words:
            self._pictures = {}  # the text is cut in another way by now: none of them has these columns
        pictures = {p.epoch: p for p in answer.pictures if p.epoch in asked}
        self._pictures |= {e: p for e, p in pictures.items() if asked[e] == self._weights.get(e)}
        if len(self._pictures) > MAX_KEPT:
            kept = {*shown, *pictures}
            self._pictures = {epoch: p for epoch, p in self._pictures.items() if epoch in kept}
        self._answer = answer
        self._gather()
        return True

    def _gather(self) -> None:
        if self._answer is not None:
            pictures = tuple(self._pictures[epoch] for epoch in sorted(self._pictures))
            self.probed = replace(self._answer, pictures=pictures)
