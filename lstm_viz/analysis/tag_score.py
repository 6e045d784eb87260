"""The score of a tag at a word as a function of the inputs: the target of all attributions.

T words, B copies of the sentence in one batch, I input features, K tags.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from lstm_viz.analysis.target import Target
from lstm_viz.analysis.unrolled import Clamp, Interventions, State, Unrolled, unroll
from lstm_viz.subjects.readout import Readout

Array = npt.NDArray[np.floating[Any]]


class Score(Protocol):
    """A score as a function of the inputs of a recurrent module.

    ``net`` has the weights of the module, ``x`` (T, 1, I) is its input for the sentence, and ``reach`` the
    number of steps, from the first, that the score can depend on. ``step`` is the word of the score, None for
    one of all words. ``interventions`` are those on the module.
    """

    @property
    def net(self) -> nn.RNNBase: ...

    @property
    def x(self) -> Tensor: ...

    @property
    def step(self) -> int | None: ...

    @property
    def interventions(self) -> Interventions: ...

    @property
    def reach(self) -> int: ...

    def read(self, x: Tensor) -> Unrolled:
        """Return the forward pass for the input ``x`` (T or `reach`, B, I), at least of the first copy."""

    def at(self, read: Unrolled) -> Tensor:
        """Return the score (B,) of a forward pass from `read`."""


@dataclass(frozen=True, slots=True, eq=False)
class TagScore:
    """The margin, logit or log-softmax of a tag at a word by itself, also with a linear chain over the tags.

    Attributes
    ----------
    net : nn.LSTM, nn.GRU or nn.RNN
        In eval mode; no gradients are accumulated in its weights.
    readout : Readout
        What computes the logits from its output.
    x : Tensor (T, 1, I)
        The input of the module. T is at least 1.
    step : int
        The index of the word in the sentence.
    target : Target
        The tag and the kind of score.
    state : Tensor (L·D, 1, H), of an LSTM a pair (h, c) of them, or None
        The initial state; None is zero.
    interventions : mapping
        As in `lstm_viz.analysis.unrolled.unroll`.

    Raises
    ------
    ValueError
        If there is no such word or tag.
    """

    net: nn.RNNBase
    readout: Readout
    x: Tensor
    step: int
    target: Target
    state: State | None = None
    interventions: Interventions = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.step < len(self.x):
            raise ValueError(f"a sentence of {len(self.x)} words has no word {self.step}")
        for tag in (self.target.tag, self.target.margin_to or 0):
            if not 0 <= tag < len(self.readout.names):
                raise ValueError(f"the tagset has no tag {tag}")

    @property
    def reach(self) -> int:
        """The number of words, from the first, that the score can depend on."""
        return len(self.x) if self.net.bidirectional else self.step + 1

    def read(self, x: Tensor) -> Unrolled:
        """Return the forward pass for the input ``x`` (T or `reach`, B, I)."""
        interventions = picked_interventions(self.interventions, lambda steps: steps[: len(x)])
        return unroll(self.net, x, self.state, interventions=interventions, copies=x.shape[1])

    def at(self, read: Unrolled) -> Tensor:
        """Return the score (B,) of a forward pass from `read`."""
        return self.target.of(self.readout.logits(read.output[self.step]))

    def resolution(self, output: Tensor) -> float:
        """Return the smallest change of the score that is not rounding in the weights' precision.

        ``output`` (T or `reach`, 1, D·H) is that of the recurrent module for the sentence itself.
        """
        return self.target.resolution(self.readout, output[self.step, 0])


def picked_interventions(interventions: Interventions, pick: Callable[[Tensor], Tensor]) -> Interventions:
    """Return the interventions on other words: ``pick`` selects from (T, B, H); one for all words stays."""

    def picked(steps: Tensor) -> Tensor:
        return pick(steps) if len(steps) > 1 else steps

    return {
        place: {name: Clamp(picked(clamp.where), picked(clamp.value)) for name, clamp in clamps.items()}
        for place, clamps in interventions.items()
    }


def in_batches(copies: int, numbers_each: int, most: int) -> list[range]:
    """Return the copies of each batch, such that no batch keeps more than about ``most`` numbers."""
    size = max(1, most // max(1, numbers_each))
    return [range(first, min(first + size, copies)) for first in range(0, copies, size)]


def kept_numbers(score: Score, words: int) -> int:
    """Return the numbers of each quantity that one copy of ``words`` words keeps."""
    net = score.net
    return int(words * net.num_layers * (1 + net.bidirectional) * net.hidden_size)


def clamped_at(interventions: Interventions, place: tuple[int, int], name: str, step: int) -> Tensor | None:
    """Return where a quantity is clamped at a step, broadcastable to (1, H); None for one without a clamp."""
    clamp = interventions.get(place, {}).get(name)
    return None if clamp is None else clamp.where[step if len(clamp.where) > 1 else 0]


def all_words(score: Score, found: Tensor) -> Array:
    """Return an array over all words, padded with 0 for those that the score does not depend on."""
    whole = found.new_zeros(len(score.x))
    whole[: len(found)] = found.detach()
    return np.asarray(whole.cpu().numpy())
