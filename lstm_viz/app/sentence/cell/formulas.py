"""The equations of a step as frozen data, and how they become lines with the numbers put in."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lstm_viz.app.sentence.cell.values import StepValues

_NUMBER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Equation:
    """How a quantity comes about: in symbols, and with places ``{name}`` for `StepValues.numbers`.

    The two ``mean`` fields hold for means over units.
    """

    quantity: str
    symbols: str
    numbers: str
    mean_symbols: str
    mean_numbers: str


def gate_equation(q: str, activation: str) -> Equation:
    """Return the equation of a gate; the activation "activation" is the RNN's own."""
    return Equation(
        quantity=q,
        symbols=f"{q}ₜ = {activation}(W_i{q}·xₜ + b_i{q} + W_h{q}·hₜ₋₁ + b_h{q})",
        numbers=f"{activation}({{pre_{q}}}) = {{{q}}}",
        mean_symbols=f"mean {q}ₜ",
        mean_numbers=f"{{{q}}}",
    )


def symbols(equation: Equation, values: StepValues) -> str:
    """Return the equation in symbols."""
    text = equation.mean_symbols if values.unit is None else equation.symbols
    return text.replace("activation", values.activation)


def fill(equation: Equation, values: StepValues, write: Callable[[str], str]) -> str:
    """Return the equation with ``write(name)`` in the place of each number."""
    text = equation.mean_numbers if values.unit is None else equation.numbers
    return _NUMBER.sub(lambda place: write(place[1]), text.replace("activation", values.activation))
