"""The sum of a gate's pre-activation: its largest products, the rest of them, its biases."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lstm_viz.app.panels.cell.values import StepValues
from lstm_viz.messages import Floats, GateSum

Source = Literal["x", "h"]


@dataclass(frozen=True, slots=True)
class SumTerm:
    """One term of the sum: a product, the rest of the products, or a bias.

    ``term`` is what it adds to the pre-activation: ``weight · value``, of a GRU's new state times r.
    ``index`` counts within x or h; for the rest, ``count`` is the number of products it sums.
    """

    kind: Literal["product", "rest", "bias"]
    source: Source
    term: float
    index: int = 0
    count: int = 1
    weight: float = math.nan
    value: float = math.nan


@dataclass(frozen=True, slots=True)
class Products:
    """All terms of the sum of ``gate``.

    ``backward`` is that of their `StepValues`. ``total`` is the sum of ``lines``, ``error`` its difference
    from the gate's pre-activation.
    """

    gate: str
    backward: bool
    lines: tuple[SumTerm, ...]
    total: float
    error: float


def products(gate: GateSum, values: StepValues, largest: int = 6) -> Products:
    """Return the terms of ``gate``'s sum, at most ``largest`` single products of each of x and h.

    The gate's products have the shapes of ``values.x`` (I,) and ``values.h_before`` (H,).
    """
    factor = gate.hidden_factor
    lines = (
        *_products("x", gate.input_products, gate.input_weights, values.x, largest),
        SumTerm("bias", "x", gate.input_bias),
        *_products("h", gate.hidden_products * factor, gate.hidden_weights, values.h_before, largest),
        SumTerm("bias", "h", gate.hidden_bias * factor),
    )
    total = sum(line.term for line in lines)
    return Products(gate.name, values.backward, lines, total, total - gate.pre)


def _products(
    source: Source, terms: Floats, weights: Floats, values: Floats, largest: int
) -> tuple[SumTerm, ...]:
    order = np.argsort(-np.abs(terms), kind="stable")  # NaN is last, and so part of the rest
    single = tuple(
        SumTerm("product", source, float(terms[j]), int(j), weight=float(weights[j]), value=float(values[j]))
        for j in order[:largest]
    )
    rest = terms[order[largest:]]
    return (*single, SumTerm("rest", source, float(rest.sum()), count=len(rest))) if len(rest) else single
