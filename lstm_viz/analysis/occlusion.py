"""Occlusion: the score of a tag when a word is removed, a check of gradient-based attributions.

Source: J. Li, W. Monroe, D. Jurafsky, "Understanding Neural Networks through Representation Erasure", 2016;
here the word is not replaced but removed, and the inputs of the other words stay the same.

T words, N of them removed in one batch, I input features, K tags.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from lstm_viz.analysis.predicted_tags import predicted_tags
from lstm_viz.analysis.tag_score import Array, TagScore, in_batches, kept_numbers, picked_interventions
from lstm_viz.analysis.unrolled import State, unroll
from lstm_viz.crf import NO_TAG

_MOST_NUMBERS = 1 << 21  # of each quantity that a batch keeps
_BATCHES, _SMALL_BATCH = 4, 8


@dataclass(frozen=True, slots=True, eq=False)
class Occlusion:
    """The decrease of a score, and the predicted tag, with each of the words removed.

    Attributes
    ----------
    decreases : array (T,)
        The score minus that of the sentence without the word. NaN at the word of the score itself.
    tags : int array (T,)
        The predicted tag of the word of the score, by Viterbi with a linear chain; `NO_TAG` at the word
        itself and where the scores are NaN.
    """

    decreases: Array
    tags: npt.NDArray[np.int64]


def occlusion(score: TagScore) -> Occlusion:
    """Return the occlusion of each word in turn."""
    *_, whole = occlusions(score)
    return whole


@torch.no_grad()
def occlusions(score: TagScore) -> Iterator[Occlusion]:
    """Yield the occlusion after every batch: NaN and `NO_TAG` where not known yet; the last is complete."""
    read = _Whole(score)
    decreases = np.full(len(score.x), np.nan, read.score.dtype)
    tags = np.full(len(score.x), NO_TAG, np.int64)
    # the score does not depend on what comes after the words that are read
    decreases[read.words :] = 0.0 * read.score
    tags[read.words :] = read.tag
    others = [k for k in range(read.words) if k != score.step]
    for batch in in_batches(len(others), kept_numbers(score, read.words), read.most_numbers):
        some = others[batch.start : batch.stop]
        found, chosen = read.without(some)
        decreases[some], tags[some] = read.score - found, chosen
        yield Occlusion(decreases.copy(), tags.copy())
    if not others:
        yield Occlusion(decreases, tags)


class _Whole:
    """The forward pass over the whole sentence.

    ``words`` is the number of words that matter: all of them with a linear chain, else those up to the step
    in a unidirectional module. ``score`` () and ``tag`` are those of the word.
    """

    def __init__(self, about: TagScore) -> None:
        self._about = about
        self.words = about.reach if about.readout.chain is None else len(about.x)
        self._read = about.read(about.x[: self.words].detach())
        self._before = about.readout.logits(self._read.output)
        self.score = about.target.of(self._before[about.step, 0]).numpy()
        self.tag = int(predicted_tags(about.readout.chain, self._before.log_softmax(-1), about.step)[0])

    @property
    def most_numbers(self) -> int:
        """The numbers per batch; small where a unidirectional pass can start at the first removed word."""
        if self._about.net.bidirectional:
            return _MOST_NUMBERS
        copies = max(_SMALL_BATCH, -(-self.words // _BATCHES))
        return min(_MOST_NUMBERS, copies * kept_numbers(self._about, self.words))

    def without(self, removed: list[int]) -> tuple[Array, npt.NDArray[np.int64]]:
        """Return the score and the tag (N,) with each of these words, in order, removed."""
        about, left = self._about, torch.tensor(removed)
        start = 0 if about.net.bidirectional else min(removed[0], self.words - 2)
        place = torch.arange(start, self.words - 1)[:, None]
        kept = place + (place >= left)  # (T − 1 − start, N): the index of the word at each place
        interventions = picked_interventions(
            about.interventions, lambda steps: steps[: self.words].expand(-1, 1, -1)[kept, 0]
        )
        net, state = about.net, self._state_before(start)
        output = unroll(
            net, about.x[kept, 0].detach(), state, interventions=interventions, copies=len(removed)
        ).output
        logits = about.readout.logits(output)
        logits = torch.cat([self._before[:start].expand(-1, len(removed), -1), logits])  # (T − 1, N, K)
        step = torch.where(left < about.step, about.step - 1, about.step)
        tags = predicted_tags(about.readout.chain, logits.log_softmax(-1), step).numpy()
        return about.target.of(logits[step, torch.arange(len(removed))]).numpy(), tags

    def _state_before(self, start: int) -> State | None:
        """Return the state before the word ``start``."""
        if start == 0:
            return self._about.state
        layers = [self._read.steps[layer, 0] for layer in range(self._about.net.num_layers)]
        h = torch.stack([steps["h"][start - 1] for steps in layers])
        return (h, torch.stack([steps["c"][start - 1] for steps in layers])) if "c" in layers[0] else h
