"""The sum behind a gate: its largest products, what is left of them, its biases."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lstm_viz.app.sentence.cell.values import StepValues
from lstm_viz.messages import Floats, GateSum

Source = Literal["x", "h"]


@dataclass(frozen=True, slots=True)
class Line:
    """One term of the sum: a product, the rest of the products, or a bias.

    ``term`` is what it adds to the pre-activation: ``weight · value``, of a GRU's new state times r.
    ``index`` counts within x or h; of the rest, ``count`` is how many products it is the sum of.
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

    ``backward`` is that of their `StepValues`. ``total`` is the sum of ``lines``, ``error`` how far it is
    from the gate's pre-activation.
    """

    gate: str
    backward: bool
    lines: tuple[Line, ...]
    total: float
    error: float


def products(gate: GateSum, values: StepValues, largest: int = 6) -> Products:
    """Return the terms of ``gate``'s sum, at most ``largest`` single products of each of x and h.

    The gate's products have the shapes of ``values.x`` (I,) and ``values.h_before`` (H,).
    """
    factor = gate.hidden_factor
    lines = (
        *_products("x", gate.input_products, gate.input_weights, values.x, largest),
        Line("bias", "x", gate.input_bias),
        *_products("h", gate.hidden_products * factor, gate.hidden_weights, values.h_before, largest),
        Line("bias", "h", gate.hidden_bias * factor),
    )
    total = sum(line.term for line in lines)
    return Products(gate.name, values.backward, lines, total, total - gate.pre)


def _products(
    source: Source, terms: Floats, weights: Floats, values: Floats, largest: int
) -> tuple[Line, ...]:
    order = np.argsort(-np.abs(terms), kind="stable")  # NaN comes last, and so into the rest
    single = tuple(
        Line("product", source, float(terms[j]), int(j), weight=float(weights[j]), value=float(values[j]))
        for j in order[:largest]
    )
    rest = terms[order[largest:]]
    return (*single, Line("rest", source, float(rest.sum()), count=len(rest))) if len(rest) else single
