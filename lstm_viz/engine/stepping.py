"""A pass of a net in somebody's hands, stepped through by the equations, and the proof of the stepping."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lstm_viz.analysis.unrolled import Grip, Hands, first_held, trace_of, unroll
from lstm_viz.engine.passes import Pass, State, common_prefix
from lstm_viz.tracing import Trace
from lstm_viz.tracing.proof import largest_difference


@dataclass(frozen=True, slots=True)
class Proof:
    """How far stepping with nobody's hands in it is from torch: an error for each word."""

    words: tuple[str, ...]
    errors: tuple[float, ...]


@torch.no_grad()
def stepped(net: nn.RNNBase, done: Pass, state: State | None, hands: Hands, proof: Proof) -> Pass:
    """Return the pass ``done`` as it would be with the net in these hands, from the same ``state``.

    A net that reads forward is stepped from the first word that is held; before it, all is as it was. The
    trace's ``max_error`` is that of the proof, and of ``done``.
    """
    first = 0 if net.bidirectional else first_held(hands)
    start = done.trace.state_after(first) if first else state
    ours = unroll(net, done.x[first:], start, hands=_from(hands, first))
    error = max(done.trace.max_error, *proof.errors)
    trace = trace_of(ours, done.trace, first=first, max_error=error)
    return Pass(done.words, done.x, torch.cat([done.output[:first], ours.output]), trace)


@torch.no_grad()
def prove(net: nn.RNNBase, done: Pass, state: State | None, known: Proof | None) -> Proof:
    """Step through the words of ``done`` with nobody's hands in it, and compare with what torch gave out.

    ``known`` is an earlier proof of the same net from the same initial state: the words that both share from
    their start are not stepped again. A net that reads in both directions has all of it or nothing.
    """
    shared = common_prefix(done.words, known.words) if known else 0
    if known and shared == len(done.words) and (shared == len(known.words) or not net.bidirectional):
        return Proof(done.words, known.errors[:shared])
    if known is None or net.bidirectional:
        shared = 0
    start = done.trace.state_after(shared) if shared else state
    ours = unroll(net, done.x[shared:], start)
    errors = _errors(done, trace_of(ours, done.trace, first=shared), ours.output, shared)
    return Proof(done.words, (*(known.errors[:shared] if known else ()), *errors))


def _errors(done: Pass, ours: Trace, output: Tensor, first: int) -> list[float]:
    """Return of each word from ``first`` on how far our h is from torch's, below the top from capture's."""
    return [
        max(
            largest_difference(ours.h[:, :, step], done.trace.h[:, :, step]),
            largest_difference(output[step - first].numpy(), done.output[step].numpy()),
        )
        for step in range(first, len(done.words))
    ]


def _from(hands: Hands, first: int) -> Hands:
    """Return the hands from the word ``first`` on."""

    def cut(steps: Tensor) -> Tensor:
        return steps[first:] if len(steps) > 1 else steps

    return {
        place: {name: Grip(cut(grip.where), cut(grip.value)) for name, grip in grips.items()}
        for place, grips in hands.items()
    }
