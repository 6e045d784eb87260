"""Forward passes of a subject over a sentence; an earlier one is reused up to the first changed word."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_viz.subjects.subject import SequentialSubject, State, main_module, run_module
from lstm_viz.tracing import Trace, capture, join


@dataclass(frozen=True, slots=True)
class ForwardPass:
    """A forward pass of a subject over a sentence.

    ``x`` (T, 1, I) is the input of the recurrent module, ``output`` (T, 1, D * H) its output.
    """

    words: tuple[str, ...]
    x: Tensor
    output: Tensor
    trace: Trace

    def upto(self, steps: int) -> "ForwardPass":
        """Return the pass over the first ``steps`` words; for unidirectional modules only."""
        return ForwardPass(self.words[:steps], self.x[:steps], self.output[:steps], self.trace.prefix(steps))


def common_prefix(a: Sequence[str], b: Sequence[str]) -> int:
    """Return the length of the common prefix of two sentences, in words."""
    for n, (left, right) in enumerate(zip(a, b, strict=False)):
        if left != right:
            return n
    return min(len(a), len(b))


def read(
    subject: SequentialSubject, words: tuple[str, ...], state: State | None, known: ForwardPass | None
) -> ForwardPass:
    """Return the forward pass over ``words``, at least one.

    ``known`` is an earlier pass of the same subject from the same initial state. The common prefix is not
    computed again: one more word costs one step. A bidirectional module reuses only x of those words.
    """
    shared = common_prefix(words, known.words) if known else 0
    if known is None or shared == 0:
        return _whole(subject, words, _inputs(subject, words), state)
    if main_module(subject).bidirectional:
        return _whole(subject, words, _extended(subject, words, known.x[:shared]), state)
    if shared == len(words):
        return known.upto(shared)
    kept = known.upto(shared)
    x = _inputs(subject, words[shared:])
    rest = _whole(subject, words[shared:], x, kept.trace.state_after(shared))
    return ForwardPass(
        words, torch.cat([kept.x, x]), torch.cat([kept.output, rest.output]), join(kept.trace, rest.trace)
    )


@torch.no_grad()
def last_state(subject: SequentialSubject, words: tuple[str, ...], start: State | None) -> State:
    """Return the final state after ``words`` from the initial state ``start``, as torch returns it."""
    return run_module(main_module(subject), subject.inputs(words), start)[1]


def _extended(subject: SequentialSubject, words: tuple[str, ...], x: Tensor) -> Tensor:
    return x if len(x) == len(words) else torch.cat([x, _inputs(subject, words[len(x) :])])


@torch.no_grad()
def _inputs(subject: SequentialSubject, words: tuple[str, ...]) -> Tensor:
    return subject.inputs(words)


def _whole(subject: SequentialSubject, words: tuple[str, ...], x: Tensor, state: State | None) -> ForwardPass:
    module = main_module(subject)
    # with gradients enabled, torch keeps the gates; the window shows the error of the proof with the numbers
    with torch.enable_grad(), capture(module, strict=False) as captured:
        output, _ = run_module(module, x, state)
    trace = captured[""]
    _ = trace.max_error  # computed now, so that the cache measures the final size of the pass
    return ForwardPass(words, x, output.detach(), trace)
