"""A recurrent net stepped through by its equations, where one may reach in and gradients may flow.

The fused kernel of torch gives neither its gates nor a way to change one; here every quantity of every step
is a tensor of its own. T words, B copies of the sentence read at once, L layers, D directions, H units.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from lstm_viz.tracing import Trace, equations
from lstm_viz.tracing.weights import Weights, weights_of

State = Tensor | tuple[Tensor, Tensor]
Steps = dict[str, list[Tensor]]
T = TypeVar("T", bound=Trace)

_CELLS = MappingProxyType({"LSTM": "LSTM", "GRU": "GRU", "RNN_TANH": "RNN", "RNN_RELU": "RNN"})


@dataclass(frozen=True, slots=True, eq=False)
class Grip:
    """Where one quantity is set by hand, and to what.

    ``where`` (bool) and ``value`` have the shape (T, B, H), or one that broadcasts to it; T is the
    sentence's own order for both directions.
    """

    where: Tensor
    value: Tensor

    def at(self, step: int, computed: Tensor) -> Tensor:
        """Return what the quantity is at a step where ``computed`` (B, H) would be."""
        where = self.where[step if len(self.where) > 1 else 0]
        value = self.value[step if len(self.value) > 1 else 0]
        return torch.where(where, value, computed)

    def held(self) -> list[bool]:
        """Tell of each step whether anything is set at it: T answers, or one for all."""
        return self.where.flatten(1).any(1).tolist()


#: The grips on one layer and direction, by quantity; on the whole net, by (layer, direction).
Grips = Mapping[str, Grip]
Hands = Mapping[tuple[int, int], Grips]

_NOBODY: Hands = MappingProxyType({})
_NOTHING: Grips = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Unrolled:
    """Every quantity of every step.

    Attributes
    ----------
    steps : mapping of (layer, direction) to (mapping of str to list of T tensors (B, H))
        In torch's names, in the order of the words; each a node of the graph, if there is one.
    output : Tensor (T, B, D·H)
        What torch's module would give out.
    """

    steps: Mapping[tuple[int, int], Steps]
    output: Tensor

    def stacked(self, name: str) -> Tensor:
        """Return a quantity of the whole net: (L, D, T, B, H)."""
        layers = 1 + max(layer for layer, _ in self.steps)
        directions = 1 + max(direction for _, direction in self.steps)
        return torch.stack(
            [
                torch.stack([torch.stack(self.steps[layer, d][name]) for d in range(directions)])
                for layer in range(layers)
            ]
        )


def unroll(
    net: nn.RNNBase, x: Tensor, state: State | None = None, *, hands: Hands = _NOBODY, copies: int = 1
) -> Unrolled:
    """Step through ``net``, and let ``hands`` change what they hold as soon as it is computed.

    What follows from a changed quantity is computed from it: c and h of the same step, and all gates of the
    next. Without hands these are the numbers of `lstm_viz.capture`, but for the last bits.

    Parameters
    ----------
    net : nn.LSTM, nn.GRU or nn.RNN
        Dropout between its layers is not applied; its weights gain no gradients.
    x : Tensor (T, B, input_size)
        With B = 1 all copies read the same.
    state : Tensor (L·D, 1, H), of an LSTM a pair (h, c) of them, or None
        Where it starts, as torch takes it; None is zero.
    copies : int
        B: how many copies of the sentence are read at once.

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
            cell = _Cell(net, layer, direction, hands.get((layer, direction), _NOTHING))
            found[layer, direction] = cell.run(x, start)
        x = torch.cat([torch.stack(found[layer, d]["h"]) for d in range(directions)], -1)
    return Unrolled(found, x)


def first_held(hands: Hands) -> int:
    """Return the first step at which anything is set; 0 where nothing is."""
    answers = [grip.held() for grips in hands.values() for grip in grips.values()]
    return min((held.index(True) for held in answers if any(held)), default=0)


def trace_of(unrolled: Unrolled, like: T, *, copy: int = 0, first: int = 0, max_error: float = 0.0) -> T:
    """Return one copy as a trace.

    Parameters
    ----------
    like : Trace
        The trace of one sequence read by the same module, of the same words from the same state. Of a net
        that was stepped from the step ``first`` on, what is before it is taken from here.
    max_error : float
        What is known of the error.
    """
    computed = {name: unrolled.stacked(name)[:, :, :, copy : copy + 1].numpy() for name in like.NAMES}
    before = like.prefix(first).quantities
    whole = {name: np.concatenate((before[name], a), axis=2) if first else a for name, a in computed.items()}
    return replace(like, max_error=max_error, **whole)


def walk(
    net: nn.RNNBase,
    x: Tensor,
    state: State | None = None,
    *,
    layer: int,
    direction: int,
    grips: Grips = _NOTHING,
    copies: int = 1,
) -> Iterator[tuple[int, dict[str, Tensor]]]:
    """Step through one layer and direction, which reads ``x``, and keep no step but the last.

    For whoever needs little of what `unroll` keeps, or wants to stop on the way. The parameters are those of
    `unroll`.

    Yields
    ------
    int, dict of str to Tensor (B, H)
        The step, in the sentence's own order, and every quantity of it: from the last word to the first
        where the direction reads backwards.
    """
    start = _start(net, state, layer * (1 + net.bidirectional) + direction, copies, x)
    return _Cell(net, layer, direction, grips).walk(x, start)


def _start(
    net: nn.RNNBase, state: State | None, row: int, copies: int, x: Tensor
) -> tuple[Tensor, Tensor | None]:
    """Return h and c (None unless an LSTM) before the first step, (B, H)."""
    is_lstm = net.mode == "LSTM"
    if state is None:
        h = x.new_zeros(copies, net.proj_size or net.hidden_size)
        return h, x.new_zeros(copies, net.hidden_size) if is_lstm else None
    parts = state if isinstance(state, tuple) else (state,)
    h, *c = (part[row].to(x.dtype).expand(copies, -1) for part in parts)
    return h, c[0] if is_lstm else None


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """One layer and direction of a net, in somebody's hands."""

    net: nn.RNNBase
    layer: int
    direction: int
    grips: Grips
    weights: Weights = field(init=False)
    held: Mapping[str, list[bool]] = field(init=False)  # whether anything is, at each step or at all

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", weights_of(self.net, self.layer, self.direction))
        object.__setattr__(self, "held", {name: grip.held() for name, grip in self.grips.items()})

    def walk(self, x: Tensor, start: tuple[Tensor, Tensor | None]) -> Iterator[tuple[int, dict[str, Tensor]]]:
        """Yield the number of each step and every quantity of it, in the order in which they are read."""
        order, words = range(len(x)), x.unbind(0)  # gradients of x[step] one by one would take T² time
        h, c = start
        for step in reversed(order) if self.direction else order:
            now = self._step(step, words[step], h, c)
            h, c = now["h"], now.get("c")
            yield step, now

    def run(self, x: Tensor, start: tuple[Tensor, Tensor | None]) -> Steps:
        """Return every quantity of every step, in the order of the words."""
        found = [now for _, now in self.walk(x, start)]
        in_order = found[::-1] if self.direction else found
        return {name: [now[name] for now in in_order] for name in in_order[0]} if in_order else {}

    def _step(self, step: int, x: Tensor, h: Tensor, c: Tensor | None) -> dict[str, Tensor]:
        reach = self._reach(step)
        kind = _CELLS[self.net.mode]
        if kind == "LSTM":
            assert c is not None
            return self._lstm(x, h, c, reach)
        if kind == "GRU":
            return dict(zip("rznh", equations.gru(x, h, self.weights, reach), strict=True))
        nonlinearity: equations.Nonlinearity = "relu" if self.net.mode == "RNN_RELU" else "tanh"
        return {"h": reach("h", equations.rnn(x, h, self.weights, nonlinearity))}

    def _reach(self, step: int) -> equations.Reach:
        """Return what becomes of the quantities of a step, by name."""
        held = {name for name, steps in self.held.items() if steps[step if len(steps) > 1 else 0]}
        if not held:
            return equations.untouched
        return lambda name, value: self.grips[name].at(step, value) if name in held else value

    def _lstm(self, x: Tensor, h: Tensor, c: Tensor, reach: equations.Reach) -> dict[str, Tensor]:
        gates = equations.lstm_gates(x, h, self.weights)
        i, f, g, o = (reach(name, gate) for name, gate in zip("ifgo", gates, strict=True))
        c = reach("c", equations.lstm_cell_state(i, f, g, c))
        h = reach("h", equations.lstm_hidden_state(o, c, self.weights.weight_hr))
        return {"i": i, "f": f, "g": g, "o": o, "c": c, "h": h}
