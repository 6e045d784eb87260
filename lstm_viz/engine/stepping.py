"""A pass of a net in somebody's hands, stepped through by the equations, and the proof of the stepping."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
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


@dataclass(frozen=True, slots=True, eq=False)
class Edited:
    """What a net computed in these hands."""

    hands: Hands
    done: Pass


@torch.no_grad()
def stepped(
    net: nn.RNNBase,
    done: Pass,
    state: State | None,
    hands: Hands,
    *,
    proof: Proof,
    known: Edited | None = None,
) -> Edited:
    """Return the pass ``done`` as it would be with the net in these hands, from the same ``state``.

    A net that reads forward is stepped from the first word that is held; before it, all is as it was. Of an
    earlier such pass, ``known``, what both share from their start is not stepped again: words and hands. The
    trace's ``max_error`` is that of the proof, and of ``done``.
    """
    first, before = 0 if net.bidirectional else first_held(hands), done
    shared = 0 if net.bidirectional or known is None else _shared(done, hands, known)
    if known is not None and shared > first:
        first, before = shared, known.done
    trace = _begun_by(before.trace, done.trace, first)
    trace = replace(trace, max_error=max(done.trace.max_error, *proof.errors))
    output = before.output[:first]
    if first < len(done.words):
        start = trace.state_after(first) if first else state
        ours = unroll(net, done.x[first:], start, hands=_from(hands, first))
        trace = trace_of(ours, trace, first=first, max_error=trace.max_error)
        output = torch.cat([output, ours.output])
    return Edited(hands, Pass(done.words, done.x, output, trace))


def _shared(done: Pass, hands: Hands, known: Edited) -> int:
    """Return after how many words the same was read in the same hands."""
    steps = common_prefix(done.words, known.done.words)
    if {place: set(grips) for place, grips in hands.items()} != {
        place: set(grips) for place, grips in known.hands.items()
    }:
        return 0
    pairs = (
        (grip, known.hands[place][name]) for place, grips in hands.items() for name, grip in grips.items()
    )
    return min((_agreeing(grip, other, steps) for grip, other in pairs), default=steps)


def _agreeing(grip: Grip, other: Grip, steps: int) -> int:
    """Return how many of the first ``steps`` words are held alike."""
    where, value = (getattr(grip, part)[:steps] for part in ("where", "value"))
    differs = (where != other.where[:steps]) | (where & (value != other.value[:steps]))
    by_step = differs.flatten(1).any(1).tolist()
    return by_step.index(True) if True in by_step else steps


def _begun_by(first: Trace, then: Trace, steps: int) -> Trace:
    """Return ``then`` with the first ``steps`` of every quantity as they are in ``first``."""
    if first is then or not steps:
        return then
    begun = first.prefix(steps).quantities
    whole: dict[str, Any] = {
        name: np.concatenate((begun[name], values[:, :, steps:]), axis=2)
        for name, values in then.quantities.items()
    }
    return replace(then, **whole)


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
