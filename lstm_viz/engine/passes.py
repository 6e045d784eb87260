"""One pass of a tagger over a sentence, and the next one from what has not changed since."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_viz.tagging.models import WordTagger
from lstm_viz.tracing import Trace, capture, join

State = Tensor | tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class Pass:
    """What a tagger computed over a sentence.

    ``x`` is (T, 1, I), what the recurrent net read, and ``output`` (T, 1, D * H) what torch gave out.
    """

    words: tuple[str, ...]
    x: Tensor
    output: Tensor
    trace: Trace

    def upto(self, steps: int) -> "Pass":
        """Return the pass over the first ``steps`` words; only a net that reads forward has one."""
        return Pass(self.words[:steps], self.x[:steps], self.output[:steps], self.trace.prefix(steps))


def common_prefix(a: Sequence[str], b: Sequence[str]) -> int:
    """Return how many words two sentences share from their start."""
    for n, (left, right) in enumerate(zip(a, b, strict=False)):
        if left != right:
            return n
    return min(len(a), len(b))


def read(tagger: WordTagger, words: tuple[str, ...], state: State | None, known: Pass | None) -> Pass:
    """Return the pass over ``words``, which are at least one.

    ``known`` is an earlier pass of the same tagger from the same initial state. What the two share from
    their start is not computed again: one more word costs one step. A net that reads in both directions
    takes at least the words' x from it.
    """
    shared = common_prefix(words, known.words) if known else 0
    if known is None or shared == 0:
        return _whole(tagger, words, _inputs(tagger, words), state)
    if tagger.recurrent.bidirectional:
        return _whole(tagger, words, _extended(tagger, words, known.x[:shared]), state)
    if shared == len(words):
        return known.upto(shared)
    kept = known.upto(shared)
    x = _inputs(tagger, words[shared:])
    rest = _whole(tagger, words[shared:], x, kept.trace.state_after(shared))
    return Pass(
        words, torch.cat([kept.x, x]), torch.cat([kept.output, rest.output]), join(kept.trace, rest.trace)
    )


@torch.no_grad()
def last_state(tagger: WordTagger, words: tuple[str, ...], start: State | None) -> State:
    """Return the state in which the net is after ``words``, read from ``start``: what torch hands back."""
    state: State = tagger.recurrent(tagger.inputs(words), start)[1]
    return state


def _extended(tagger: WordTagger, words: tuple[str, ...], x: Tensor) -> Tensor:
    return x if len(x) == len(words) else torch.cat([x, _inputs(tagger, words[len(x) :])])


@torch.no_grad()
def _inputs(tagger: WordTagger, words: tuple[str, ...]) -> Tensor:
    return tagger.inputs(words)


def _whole(tagger: WordTagger, words: tuple[str, ...], x: Tensor, state: State | None) -> Pass:
    # with gradients, torch keeps the gates; a proof that fails is shown beside the numbers
    with torch.enable_grad(), capture(tagger.recurrent, strict=False) as captured:
        output, _ = tagger.recurrent(x, state)
    trace = captured[""]
    _ = trace.max_error  # read now, so that a pass weighs in a cache what it will hold
    return Pass(words, x, output.detach(), trace)
