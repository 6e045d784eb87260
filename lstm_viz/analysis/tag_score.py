"""The score of a tag at a word, as a function of what the net reads: what all attributions are about.

T words, B copies of the sentence read at once, I what the net reads of a word, K tags.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from lstm_viz.analysis.target import Target
from lstm_viz.analysis.unrolled import Grip, Hands, State, Unrolled, unroll
from lstm_viz.tagging.models import WordTagger

Array = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class TagScore:
    """The margin, logit or log-softmax of a tag at a word: of a tagger with a chain too, the word by itself.

    Attributes
    ----------
    tagger : WordTagger
        In eval mode; its weights gain no gradients.
    x : Tensor (T, 1, I)
        What its recurrent net reads, as `WordTagger.inputs` gives it. T is at least 1.
    step : int
        The place of the word in the sentence.
    target : Target
        Of which tag, and which number of it.
    state : Tensor (L·D, 1, H), of an LSTM a pair (h, c) of them, or None
        Where the net starts; None is zero.
    hands : mapping
        What is held by hand while the net reads, as `lstm_viz.analysis.unrolled.unroll` takes it.

    Raises
    ------
    ValueError
        If there is no such word or tag.
    """

    tagger: WordTagger
    x: Tensor
    step: int
    target: Target
    state: State | None = None
    hands: Hands = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.step < len(self.x):
            raise ValueError(f"a sentence of {len(self.x)} words has no word {self.step}")
        for tag in (self.target.tag, self.target.margin_to or 0):
            if not 0 <= tag < self.tagger.hidden_to_tag.out_features:
                raise ValueError(f"the tagset has no tag {tag}")

    @property
    def reach(self) -> int:
        """How many words, from the first, the score can depend on: a net that reads forward stops there."""
        return len(self.x) if self.tagger.recurrent.bidirectional else self.step + 1

    def read(self, x: Tensor) -> Unrolled:
        """Return what the net computes where it reads ``x`` (T or `reach`, B, I)."""
        hands = picked_hands(self.hands, lambda held: held[: len(x)])
        return unroll(self.tagger.recurrent, x, self.state, hands=hands, copies=x.shape[1])

    def at(self, output: Tensor) -> Tensor:
        """Return the score (B,) for the net's output (T or `reach`, B, D·H)."""
        return self.target.of(self.tagger.logits(output[self.step]))

    def resolution(self, output: Tensor) -> float:
        """Return the smallest change of the score that the weights' precision can tell from none.

        ``output`` (T or `reach`, 1, D·H) is the net's, of the sentence itself.
        """
        return self.target.resolution(self.tagger.hidden_to_tag, output[self.step, 0])


def picked_hands(hands: Hands, pick: Callable[[Tensor], Tensor]) -> Hands:
    """Return the hands over other words: ``pick`` takes (T, B, H) to those; what holds everywhere stays."""

    def picked(held: Tensor) -> Tensor:
        return pick(held) if len(held) > 1 else held

    return {
        place: {name: Grip(picked(grip.where), picked(grip.value)) for name, grip in grips.items()}
        for place, grips in hands.items()
    }


def in_batches(copies: int, numbers_each: int, most: int) -> list[range]:
    """Return which copies to read together, so that no batch keeps more than about ``most`` numbers."""
    size = max(1, most // max(1, numbers_each))
    return [range(first, min(first + size, copies)) for first in range(0, copies, size)]


def kept_numbers(score: TagScore, words: int) -> int:
    """Return how many numbers of a quantity one copy of so many words keeps."""
    net = score.tagger.recurrent
    return int(words * net.num_layers * (1 + net.bidirectional) * net.hidden_size)


def held_at(hands: Hands, place: tuple[int, int], name: str, step: int) -> Tensor | None:
    """Return where a quantity is held by hand at a step, (1, H) or what broadcasts to it; None: nowhere."""
    grip = hands.get(place, {}).get(name)
    return None if grip is None else grip.where[step if len(grip.where) > 1 else 0]


def all_words(score: TagScore, found: Tensor) -> Array:
    """Return an array over all words, where those after the last that counts have 0."""
    whole = found.new_zeros(len(score.x))
    whole[: len(found)] = found.detach()
    return np.asarray(whole.numpy())
