"""The steps of Viterbi's algorithm, derived from the numbers of a `Trellis`."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lstm_viz.app.panels.comparison.comparison import Indices
from lstm_viz.messages import Floats, Reading, Trellis


@dataclass(frozen=True, eq=False)
class Decoding:
    """The decoding of one sentence of T words with K tags.

    ``scores`` is (T, K): log-softmax, word by word.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...]
    scores: Floats
    trellis: Trellis

    @classmethod
    def of(cls, reading: Reading | None) -> "Decoding | None":
        """Return the steps of a reading whose columns are words and whose model has a chain, else None."""
        if reading is None or reading.trellis is None or reading.view is None:
            return None
        if reading.view.module.own_columns:
            return None
        return cls(reading.view.columns, reading.model.tags, reading.scores, reading.trellis)

    @cached_property
    def behind(self) -> Floats:
        """The difference of δ from the best δ of the word, at most 0, (T, K)."""
        best = self.trellis.best
        behind: Floats = best - best.max(axis=1, keepdims=True)
        return behind

    def before(self, word: int) -> Indices:
        """Return Viterbi's ψ at a word other than the first, (K,): the best previous tag of each tag."""
        come: Floats = self.trellis.best[word - 1][:, None] + self.trellis.transitions
        return np.asarray(come.argmax(axis=0))

    @cached_property
    def alone(self) -> Indices:
        """The best tag of each word by its scores alone, (T,)."""
        return np.asarray(self.scores.argmax(axis=1))

    @cached_property
    def differing(self) -> tuple[int, ...]:
        """The words at which the path has another tag than the word's scores alone give."""
        return tuple(t for t, k in enumerate(self.trellis.path) if k != self.alone[t])

    @cached_property
    def by_relevance(self) -> Indices:
        """The tags, (K,): those of the path as it reaches them, then the nearest to the best of a word."""
        nearest = np.argsort(-self.behind.max(axis=0), kind="stable")
        return np.array(list(dict.fromkeys((*self.trellis.path, *nearest.tolist()))), np.intp)

    def shared(self, other: "Decoding | None") -> int:
        """Return how many words from the left are painted alike in both; marginals are not painted."""
        if other is None or self.tags != other.tags:
            return 0
        words = min(len(self.words), len(other.words))
        differs = (self.trellis.best[:words] != other.trellis.best[:words]).any(axis=1)
        differs |= self.alone[:words] != other.alone[:words]
        differs |= np.array(self.trellis.path[:words]) != np.array(other.trellis.path[:words])
        return int(differs.argmax()) if differs.any() else words


def tags_alone(reading: Reading) -> tuple[str, ...]:
    """Return the tag that each word's scores alone give, "" where it has it; empty without a chain."""
    if reading.trellis is None:
        return ()
    best = reading.scores.argmax(axis=1).tolist()
    pairs = zip(reading.trellis.path, best, strict=True)
    return tuple("" if k == alone else reading.model.tags[alone] for k, alone in pairs)
