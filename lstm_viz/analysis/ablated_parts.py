"""The parts of a recurrent module that are ablated, and the clamps that ablate them.

An ablated unit has h = 0 at every word. An ablated gate has no effect: an LSTM writes nothing (i = 0, g = 0),
forgets nothing (f = 1) or outputs nothing (o = 0); a GRU resets nothing (r = 1), keeps nothing (z = 0), or
adds nothing new (n = 0).

Shapes: B copies, H units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from lstm_viz.analysis.unrolled import Clamp, Clamps
from lstm_viz.cells import KINDS


@dataclass(frozen=True, slots=True)
class AblatedPart:
    """An ablated part: a gate, or h; of one unit, or of all (None)."""

    quantity: str
    unit: int | None = None


def parts_to_ablate(mode: str, hidden_size: int) -> list[AblatedPart]:
    """Return the parts that are ablated in turn: every unit, every gate, every gate of every unit."""
    gates, units = KINDS[mode].gates, range(hidden_size)
    single = [AblatedPart(gate, unit) for gate in gates for unit in units]
    return [*(AblatedPart("h", unit) for unit in units), *map(AblatedPart, gates), *single]


def ablation_clamps(parts: Sequence[AblatedPart], net: nn.RNNBase, dtype: torch.dtype) -> Clamps:
    """Return the clamps that ablate one part in each copy, (1, B, H) per quantity."""
    kind, device = KINDS[net.mode], next(net.parameters()).device
    masks: dict[str, torch.Tensor] = {}
    for copy, part in enumerate(parts):
        if part.quantity not in masks:
            masks[part.quantity] = torch.zeros(
                1, len(parts), net.hidden_size, dtype=torch.bool, device=device
            )
        masks[part.quantity][0, copy, slice(None) if part.unit is None else part.unit] = True
    return {
        name: Clamp(where, torch.full((1, 1, 1), kind[name].off, dtype=dtype, device=device))
        for name, where in masks.items()
    }


def joined(first: Clamps, then: Clamps) -> Clamps:
    """Return the union of two sets of clamps; where both apply, the second takes precedence."""
    both = {name: _over(first[name], then[name]) for name in first.keys() & then.keys()}
    return {**first, **then, **both}


def _over(first: Clamp, then: Clamp) -> Clamp:
    return Clamp(first.where | then.where, torch.where(then.where, then.value, first.value))
