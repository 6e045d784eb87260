"""Step-by-step computation of a recurrent module, with interventions and gradients.

The fused kernel of torch gives no access to the gates; here every quantity of every step is a tensor of its
own. T words, B copies of the sentence in one batch, L layers, D directions, H units.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from lstm_viz.cells import KINDS
from lstm_viz.tracing import Trace, equations
from lstm_viz.tracing.portable import as_array
from lstm_viz.tracing.weights import Weights, weights_of

State = Tensor | tuple[Tensor, Tensor]
Steps = dict[str, list[Tensor]]
T = TypeVar("T", bound=Trace)


@dataclass(frozen=True, slots=True, eq=False)
class Clamp:
    """An intervention on one quantity: where it is set, and to which values.

    ``where`` (bool) and ``value`` have the shape (T, B, H), or one that broadcasts to it; T is in the order
    of the sentence for both directions.
    """

    where: Tensor
    value: Tensor

    def at(self, step: int, computed: Tensor) -> Tensor:
        """Return the quantity at a step, given its ``computed`` value (B, H)."""
        where = self.where[step if len(self.where) > 1 else 0]
        value = self.value[step if len(self.value) > 1 else 0]
        return torch.where(where, value, computed)

    def clamped_steps(self) -> list[bool]:
        """Return for each step whether anything is clamped there: T values, or one for all steps."""
        return self.where.flatten(1).any(1).tolist()


#: The clamps on one layer and direction, by quantity; those on the whole module, by (layer, direction).
Clamps = Mapping[str, Clamp]
Interventions = Mapping[tuple[int, int], Clamps]

_NO_INTERVENTIONS: Interventions = MappingProxyType({})
_NO_CLAMPS: Clamps = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Unrolled:
    """Every quantity of every step.

    Attributes
    ----------
    steps : mapping of (layer, direction) to (mapping of str to list of T tensors (B, H))
        In torch's names, in the order of the words; each a node of the graph, if there is one.
    output : Tensor (T, B, D·H)
        As the output of torch's module.
    x : Tensor (T, B, I) or None
        Its input, where that was made by a model in which others are computed too; else None.
    start : tuple of Tensor (L·D, B, H)
        The initial states with it, in the order of torch.
    """

    steps: Mapping[tuple[int, int], Steps]
    output: Tensor
    x: Tensor | None = None
    start: tuple[Tensor, ...] = ()

    def stacked(self, name: str) -> Tensor:
        """Return a quantity of all layers and directions, (L, D, T, B, H)."""
        layers = 1 + max(layer for layer, _ in self.steps)
        directions = 1 + max(direction for _, direction in self.steps)
        return torch.stack(
            [
                torch.stack([torch.stack(self.steps[layer, d][name]) for d in range(directions)])
                for layer in range(layers)
            ]
        )


def unroll(
    net: nn.RNNBase,
    x: Tensor,
    state: State | None = None,
    *,
    interventions: Interventions = _NO_INTERVENTIONS,
    copies: int = 1,
) -> Unrolled:
    """Compute all quantities of ``net`` step by step, with ``interventions``.

    A quantity is clamped as soon as it is computed; everything that depends on it is computed from the
    clamped value: c and h of the same step, and all gates of the next. Without interventions the numbers are
    those of `lstm_viz.capture`, except for the last bits.

    Parameters
    ----------
    net : nn.LSTM, nn.GRU or nn.RNN
        Dropout between its layers is not applied; no gradients are accumulated in its weights.
    x : Tensor (T, B, input_size)
        With B = 1 all copies have the same input.
    state : Tensor (L·D, 1, H), of an LSTM a pair (h, c) of them, or None
        The initial state, as in torch; None is zero.
    interventions : mapping of (layer, direction) to (mapping of str to Clamp)
    copies : int
        B, the number of copies of the sentence.

    Returns
    -------
    Unrolled

    Notes
    -----
    The equations are those of `lstm_viz.tracing.equations`. Gradients flow where the caller enables them.
    """
    directions = 1 + net.bidirectional
    found: dict[tuple[int, int], Steps] = {}
    for layer in range(net.num_layers):
        for direction in range(directions):
            start = _start(net, state, layer * directions + direction, copies, x)
            cell = _UnrolledCell(net, layer, direction, interventions.get((layer, direction), _NO_CLAMPS))
            found[layer, direction] = cell.run(x, start)
        x = torch.cat([torch.stack(found[layer, d]["h"]) for d in range(directions)], -1)
    return Unrolled(found, x)


def first_clamped(interventions: Interventions) -> int:
    """Return the first step at which anything is clamped; 0 where nothing is."""
    clamped = [clamp.clamped_steps() for clamps in interventions.values() for clamp in clamps.values()]
    return min((steps.index(True) for steps in clamped if any(steps)), default=0)


def trace_of(unrolled: Unrolled, like: T, *, copy: int = 0, first: int = 0, max_error: float = 0.0) -> T:
    """Return one copy as a trace.

    Parameters
    ----------
    like : Trace
        The trace of one sequence by the same module, with the same words; input and initial state are its
        own where ``unrolled`` has none. Steps before ``first``, which were not computed, are taken from it.
    max_error : float
        That of the returned trace.
    """
    one = slice(copy, copy + 1)
    computed = {name: as_array(unrolled.stacked(name)[:, :, :, one]) for name in like.KIND.order}
    before = like.prefix(first).quantities
    whole: dict[str, Any] = {
        name: np.concatenate((before[name], a), axis=2) if first else a for name, a in computed.items()
    }
    if unrolled.x is not None:
        whole["x"] = as_array(unrolled.x[:, one])
    for name, state in zip(like.KIND.states, unrolled.start, strict=False):
        whole[f"{name}0"] = as_array(state[:, one]).reshape(getattr(like, f"{name}0").shape)
    return replace(like, max_error=max_error, **whole)


def walk(
    net: nn.RNNBase,
    x: Tensor,
    state: State | None = None,
    *,
    layer: int,
    direction: int,
    clamps: Clamps = _NO_CLAMPS,
    copies: int = 1,
) -> Iterator[tuple[int, dict[str, Tensor]]]:
    """Compute one layer and direction with the input ``x`` step by step, keeping only the latest step.

    For callers that need few of the quantities of `unroll`, or stop early. The parameters are those of
    `unroll`.

    Yields
    ------
    int, dict of str to Tensor (B, H)
        The index of the step in the sentence, and every quantity of it: from the last word to the first in
        the reverse direction.
    """
    start = _start(net, state, layer * (1 + net.bidirectional) + direction, copies, x)
    return _UnrolledCell(net, layer, direction, clamps).walk(x, start)


def _start(net: nn.RNNBase, state: State | None, row: int, copies: int, x: Tensor) -> dict[str, Tensor]:
    """Return the initial states (B, H) by their symbols."""
    names = KINDS[net.mode].states
    if state is None:
        sizes = {"h": net.proj_size or net.hidden_size}
        return {name: x.new_zeros(copies, sizes.get(name, net.hidden_size)) for name in names}
    parts = state if isinstance(state, tuple) else (state,)
    return {name: part[row].to(x.dtype).expand(copies, -1) for name, part in zip(names, parts, strict=True)}


@dataclass(frozen=True, slots=True, eq=False)
class _UnrolledCell:
    """One layer and direction of a module, with clamps."""

    net: nn.RNNBase
    layer: int
    direction: int
    clamps: Clamps
    weights: Weights = field(init=False)
    clamped_steps: Mapping[str, list[bool]] = field(init=False)  # whether anything is clamped, by quantity

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", weights_of(self.net, self.layer, self.direction))
        clamped_steps = {name: clamp.clamped_steps() for name, clamp in self.clamps.items()}
        object.__setattr__(self, "clamped_steps", clamped_steps)

    def walk(self, x: Tensor, start: dict[str, Tensor]) -> Iterator[tuple[int, dict[str, Tensor]]]:
        """Yield the index of each step and every quantity of it, in the order of computation."""
        order, words = range(len(x)), x.unbind(0)  # gradients of x[step] one by one would take T² time
        step_of, now = equations.EQUATIONS[self.net.mode], start
        for step in reversed(order) if self.direction else order:
            now = step_of(words[step], now, self.weights, self._intervention(step))
            yield step, now

    def run(self, x: Tensor, start: dict[str, Tensor]) -> Steps:
        """Return every quantity of every step, in the order of the words."""
        found = [now for _, now in self.walk(x, start)]
        in_order = found[::-1] if self.direction else found
        return {name: [now[name] for now in in_order] for name in in_order[0]} if in_order else {}

    def _intervention(self, step: int) -> equations.Intervene:
        """Return the function that applies the clamps to a quantity of a step, by name."""
        clamped = {name for name, steps in self.clamped_steps.items() if steps[step if len(steps) > 1 else 0]}
        if not clamped:
            return equations.unchanged
        return lambda name, value: self.clamps[name].at(step, value) if name in clamped else value
