"""The arithmetic of one unit at one step: every product that a gate adds up."""

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
import torch
from torch import nn

from lstm_viz.messages import Floats, GateSum, View

_LETTERS = {"LSTM": "ifgo", "GRU": "rzn", "RNN": "h"}
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda a: 0.5 * (1.0 + math.tanh(0.5 * a)),  # does not overflow
    "tanh": math.tanh,
    "relu": lambda a: max(a, 0.0),
}


def gate_sums(recurrent: nn.RNNBase, view: View, column: int, unit: int) -> tuple[GateSum, ...]:
    """Return the sums of all gates of ``unit`` at ``column``, computed in float64 from torch's weights.

    The formulas are those of ``torch.nn.LSTM``, ``torch.nn.GRU`` and ``torch.nn.RNN``.
    """
    x, h = view.x[column], previous(view, column)
    sums: list[GateSum] = []
    for gate, letter in enumerate(_LETTERS[view.module.cell]):
        row = gate * view.module.hidden_size + unit
        factor = sums[0].value if letter == "n" else 1.0
        sums.append(_gate_sum(recurrent, view, letter, row, x, h, factor))
    return tuple(sums)


def previous(view: View, column: int) -> Floats:
    """Return h of the step that this direction read before ``column``: (H,)."""
    before = column + (1 if view.direction else -1)
    return view.quantities["h"][before] if 0 <= before < len(view.columns) else view.h0


def _gate_sum(
    recurrent: nn.RNNBase, view: View, letter: str, row: int, x: Floats, h: Floats, factor: float
) -> GateSum:
    suffix = f"_l{view.layer}" + ("_reverse" if view.direction else "")
    w_ih, w_hh = (_row(recurrent, name + suffix, row) for name in ("weight_ih", "weight_hh"))
    b_ih, b_hh = (_bias(recurrent, name + suffix, row) for name in ("bias_ih", "bias_hh"))
    products_x, products_h = w_ih * x, w_hh * h
    pre = float(products_x.sum() + b_ih + factor * (products_h.sum() + b_hh))
    activation = _activation(recurrent, letter)
    return GateSum(
        name=letter,
        activation=activation,
        pre=pre,
        value=_FUNCTIONS[activation](pre),
        input_products=products_x,
        input_weights=w_ih,
        input_bias=b_ih,
        hidden_products=products_h,
        hidden_weights=w_hh,
        hidden_bias=b_hh,
        hidden_factor=factor,
    )


def _activation(recurrent: nn.RNNBase, letter: str) -> Literal["sigmoid", "tanh", "relu"]:
    if recurrent.mode == "RNN_RELU":
        return "relu"
    return "tanh" if letter in "gnh" else "sigmoid"


def _row(recurrent: nn.RNNBase, name: str, row: int) -> np.ndarray:
    weight: torch.Tensor = getattr(recurrent, name)
    return weight[row].detach().double().numpy()


def _bias(recurrent: nn.RNNBase, name: str, row: int) -> float:
    return float(getattr(recurrent, name)[row].detach()) if recurrent.bias else 0.0
