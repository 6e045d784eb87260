"""The arithmetic of one unit at one step: the products in the pre-activation of every gate."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from lstm_viz.cells import Activation, Quantity
from lstm_viz.messages import Floats, GateSum, View

_FUNCTIONS: dict[Activation, Callable[[float], float]] = {
    "sigmoid": lambda a: 0.5 * (1.0 + math.tanh(0.5 * a)),  # does not overflow
    "tanh": math.tanh,
    "relu": lambda a: max(a, 0.0),
}


def gate_sums(recurrent: nn.RNNBase, view: View, column: int, unit: int) -> tuple[GateSum, ...]:
    """Return the sums of all gates of ``unit`` at ``column``, computed in float64 from torch's weights.

    The operands are the values in the view, also where they are clamped. The formulas are those of
    ``torch.nn.LSTM``, ``torch.nn.GRU`` and ``torch.nn.RNN``.
    """
    layer = _Layer(recurrent, f"_l{view.layer}" + ("_reverse" if view.direction else ""))
    x, h = view.x[column], view.before("h", column)
    sums: list[GateSum] = []
    for gate, symbol in enumerate(view.module.kind.activated):
        row, quantity = gate * view.module.hidden_size + unit, view.module.kind[symbol]
        by = quantity.hidden_factor
        factor = float(view.quantities[by][column, unit]) if by else 1.0
        sums.append(layer.gate_sum(quantity, row, x, h, factor))
    return tuple(sums)


@dataclass(frozen=True, slots=True)
class _Layer:
    """The weights of one layer and direction, by torch's suffix: ``_l0``, ``_l1_reverse``."""

    recurrent: nn.RNNBase
    suffix: str

    def gate_sum(self, quantity: Quantity, row: int, x: Floats, h: Floats, factor: float) -> GateSum:
        w_ih, w_hh = self._weights("weight_ih", row), self._weights("weight_hh", row)
        b_ih, b_hh = self._bias("bias_ih", row), self._bias("bias_hh", row)
        products_x, products_h = w_ih * x, w_hh * h
        pre = float(products_x.sum() + b_ih + factor * (products_h.sum() + b_hh))
        assert quantity.activation is not None
        return GateSum(
            name=quantity.symbol,
            activation=quantity.activation,
            pre=pre,
            value=_FUNCTIONS[quantity.activation](pre),
            input_products=products_x,
            input_weights=w_ih,
            input_bias=b_ih,
            hidden_products=products_h,
            hidden_weights=w_hh,
            hidden_bias=b_hh,
            hidden_factor=factor,
        )

    def _weights(self, name: str, row: int) -> Floats:
        weight: torch.Tensor = getattr(self.recurrent, name + self.suffix)
        return weight[row].detach().cpu().double().numpy()

    def _bias(self, name: str, row: int) -> float:
        return (
            float(getattr(self.recurrent, name + self.suffix)[row].detach()) if self.recurrent.bias else 0.0
        )
