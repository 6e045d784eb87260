"""The pictures of one sentence that are known already: what is kept is not asked for again."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from lstm_viz.app.training.subject import Subject
from lstm_viz.messages import Picture, Probed

#: More pictures than that are not kept beside those that are shown.
MAX_KEPT = 400


class Album:
    """Collects the answers about one `Subject`, however many parts they come in."""

    def __init__(self, subject: Subject | None = None) -> None:
        self.subject = subject
        self._first = 0
        self._answer: Probed | None = None
        self._pictures: dict[int, Picture] = {}
        self._weights: Mapping[int, str | None] = {}
        self._awaited: set[int] = set()

    def keep_to(self, weights: Mapping[int, str | None]) -> None:
        """Let go of the pictures of other weights than those: checkpoints by epoch, with their hashes."""
        changed = {e for e in {*self._pictures, *self._awaited} if weights.get(e) != self._weights.get(e)}
        self._weights = weights
        for epoch in changed:
            self._pictures.pop(epoch, None)
        self._awaited -= changed

    def missing(self, epochs: Iterable[int]) -> tuple[int, ...]:
        return tuple(epoch for epoch in epochs if epoch not in self._pictures)

    def asked(self, number: int, epochs: Iterable[int]) -> None:
        """Take the answers to this question, which is about ``epochs``, and to those after it."""
        self._first = self._first or number
        self._awaited = set(epochs)

    def awaits(self, epochs: Iterable[int]) -> bool:
        """Tell whether all of these were asked for last."""
        return self._awaited.issuperset(epochs)

    def forget(self) -> None:
        """Await nothing any more: the engine that was asked is gone."""
        self._awaited = set()

    def take(self, answer: Probed, shown: Iterable[int]) -> Probed | None:
        """Return the answer with all the pictures that are known; None for one about something else."""
        if self.subject is None or not 0 < self._first <= answer.number or answer.run != self.subject.run:
            return None
        self._pictures.update({picture.epoch: picture for picture in answer.pictures})
        if len(self._pictures) > MAX_KEPT:
            kept = {*shown, *(picture.epoch for picture in answer.pictures)}
            self._pictures = {epoch: p for epoch, p in self._pictures.items() if epoch in kept}
        self._answer = answer
        return self.probed

    @property
    def probed(self) -> Probed | None:
        """All that is known, in the order of the epochs."""
        if self._answer is None:
            return None
        return replace(self._answer, pictures=tuple(self._pictures[e] for e in sorted(self._pictures)))
