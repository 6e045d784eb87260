"""Forward passes with interventions, computed step by step from the equations, and the proof of it."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstm_viz.analysis.unrolled import Clamp, Interventions, first_clamped, trace_of, unroll
from lstm_viz.engine.forward_pass import ForwardPass, common_prefix
from lstm_viz.subjects.subject import State
from lstm_viz.tracing import Trace
from lstm_viz.tracing.proof import largest_difference


@dataclass(frozen=True, slots=True)
class Proof:
    """The error of the step-by-step computation without interventions against torch, for each word."""

    words: tuple[str, ...]
    errors: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class IntervenedPass:
    """A forward pass and the interventions that it was computed with."""

    interventions: Interventions
    done: ForwardPass


@torch.no_grad()
def stepped(
    net: nn.RNNBase,
    done: ForwardPass,
    state: State | None,
    interventions: Interventions,
    *,
    proof: Proof,
    known: IntervenedPass | None = None,
) -> IntervenedPass:
    """Return the pass ``done`` computed with interventions, from the same initial ``state``.

    A unidirectional module is stepped from the first clamped word; earlier words are taken from ``done``. The
    common prefix of words and interventions with an earlier such pass, ``known``, is not stepped again. The
    trace's ``max_error`` is the larger one of the proof's and that of ``done``.
    """
    first, before = 0 if net.bidirectional else first_clamped(interventions), done
    shared = 0 if net.bidirectional or known is None else _shared(done, interventions, known)
    if known is not None and shared > first:
        first, before = shared, known.done
    trace = _begun_by(before.trace, done.trace, first)
    trace = replace(trace, max_error=max(done.trace.max_error, *proof.errors))
    output = before.output[:first]
    if first < len(done.words):
        start = trace.state_after(first) if first else state
        ours = unroll(net, done.x[first:], start, interventions=_from(interventions, first))
        trace = trace_of(ours, trace, first=first, max_error=trace.max_error)
        output = torch.cat([output, ours.output])
    return IntervenedPass(interventions, ForwardPass(done.words, done.x, output, trace))


def _shared(done: ForwardPass, interventions: Interventions, known: IntervenedPass) -> int:
    """Return the number of words from the start on which words and interventions agree."""
    steps = common_prefix(done.words, known.done.words)
    if {place: set(clamps) for place, clamps in interventions.items()} != {
        place: set(clamps) for place, clamps in known.interventions.items()
    }:
        return 0
    pairs = (
        (clamp, known.interventions[place][name])
        for place, clamps in interventions.items()
        for name, clamp in clamps.items()
    )
    return min((_agreeing(clamp, other, steps) for clamp, other in pairs), default=steps)


def _agreeing(clamp: Clamp, other: Clamp, steps: int) -> int:
    """Return on how many of the first ``steps`` words two clamps agree."""
    where, value = (getattr(clamp, part)[:steps] for part in ("where", "value"))
    differs = (where != other.where[:steps]) | (where & (value != other.value[:steps]))
    by_step = differs.flatten(1).any(1).tolist()
    return by_step.index(True) if True in by_step else steps


def _begun_by(first: Trace, then: Trace, steps: int) -> Trace:
    """Return ``then`` with the first ``steps`` of every quantity taken from ``first``."""
    if first is then or not steps:
        return then
    begun = first.prefix(steps).quantities
    whole: dict[str, Any] = {
        name: np.concatenate((begun[name], values[:, :, steps:]), axis=2)
        for name, values in then.quantities.items()
    }
    return replace(then, **whole)


@torch.no_grad()
def prove(net: nn.RNNBase, done: ForwardPass, state: State | None, known: Proof | None) -> Proof:
    """Step through the words of ``done`` without interventions, and compare with torch's output.

    ``known`` is an earlier proof of the same module from the same initial state: the common prefix is not
    stepped again. A bidirectional module reuses the proof only where all words are the same.
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


def _errors(done: ForwardPass, ours: Trace, output: Tensor, first: int) -> list[float]:
    """Return the error of h at each word from ``first`` on, against torch and, below the top, the trace."""
    return [
        max(
            largest_difference(ours.h[:, :, step], done.trace.h[:, :, step]),
            largest_difference(output[step - first].numpy(), done.output[step].numpy()),
        )
        for step in range(first, len(done.words))
    ]


def _from(interventions: Interventions, first: int) -> Interventions:
    """Return the interventions from the word ``first`` on."""

    def cut(steps: Tensor) -> Tensor:
        return steps[first:] if len(steps) > 1 else steps

    return {
        place: {name: Clamp(cut(clamp.where), cut(clamp.value)) for name, clamp in clamps.items()}
        for place, clamps in interventions.items()
    }
