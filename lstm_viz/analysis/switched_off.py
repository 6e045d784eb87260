"""What is switched off in a net, and the grips that do it.

A unit is off where its h is 0 at every word. A gate is off where it does nothing: nothing is written (i = 0,
g = 0), forgotten (f = 1) or shown (o = 0) by an LSTM; a GRU resets nothing (r = 1), keeps nothing (z = 0), or
brings nothing new (n = 0).

Shapes: B copies, H units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import nn

from lstm_viz.analysis.unrolled import Grip, Grips

#: What a gate is set to so that it does nothing, in torch's order of the gates.
OFF: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "LSTM": MappingProxyType({"i": 0.0, "f": 1.0, "g": 0.0, "o": 0.0}),
        "GRU": MappingProxyType({"r": 1.0, "z": 0.0, "n": 0.0}),
        "RNN_TANH": MappingProxyType({}),
        "RNN_RELU": MappingProxyType({}),
    }
)


@dataclass(frozen=True, slots=True)
class Off:
    """What is switched off: a gate, or h; of one unit, or of all (None)."""

    quantity: str
    unit: int | None = None


def nets_without(mode: str, hidden_size: int) -> list[Off]:
    """Return what is switched off in turn: every unit, every gate, every gate of every unit."""
    gates, units = OFF[mode], range(hidden_size)
    single = [Off(gate, unit) for gate in gates for unit in units]
    return [*(Off("h", unit) for unit in units), *map(Off, gates), *single]


def grips_off(offs: Sequence[Off], net: nn.RNNBase, dtype: torch.dtype) -> Grips:
    """Return the grips that switch off one thing in each copy: (1, B, H) a quantity."""
    values = {"h": 0.0, **OFF[net.mode]}
    held: dict[str, torch.Tensor] = {}
    for copy, off in enumerate(offs):
        if off.quantity not in held:
            held[off.quantity] = torch.zeros(1, len(offs), net.hidden_size, dtype=torch.bool)
        held[off.quantity][0, copy, slice(None) if off.unit is None else off.unit] = True
    return {
        name: Grip(where, torch.full((1, 1, 1), values[name], dtype=dtype)) for name, where in held.items()
    }


def joined(first: Grips, then: Grips) -> Grips:
    """Return what either holds; the later wins."""
    both = {name: _over(first[name], then[name]) for name in first.keys() & then.keys()}
    return {**first, **then, **both}


def _over(first: Grip, then: Grip) -> Grip:
    return Grip(first.where | then.where, torch.where(then.where, then.value, first.value))
