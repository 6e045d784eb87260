"""The equations of a step as frozen data, and their text with numbers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

_NUMBER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Equation:
    """The equation of a quantity: in symbols, and with placeholders ``{name}`` for `StepValues.numbers`.

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


def in_direction(text: str, backward: bool) -> str:
    """Return ``text`` with the previous step of this direction: backward, hₜ₋₁ becomes hₜ₊₁."""
    return text.replace("ₜ₋₁", "ₜ₊₁") if backward else text


def symbols(equation: Equation, activation: str, mean: bool, backward: bool) -> str:
    """Return the equation in symbols."""
    text = equation.mean_symbols if mean else equation.symbols
    return in_direction(text.replace("activation", activation), backward)


def numbers(equation: Equation, activation: str, mean: bool, clamped: bool = False) -> str:
    """Return the right-hand side from "=" on, with placeholders for the numbers.

    A ``clamped`` quantity is not what the equation gives, and so only its number is written. A mean without
    an equation of its own stays a mean.
    """
    if clamped and not (mean and "=" not in equation.mean_symbols):
        some = QCoreApplication.translate("Equations", "%1, some units set by hand")
        one = QCoreApplication.translate("Equations", "%1 set by hand")
        return f"= {(some if mean else one).replace('%1', f'{{{equation.quantity}}}')}"
    places = equation.mean_numbers if mean else equation.numbers
    return f"= {places.replace('activation', activation)}"


def fill(text: str, write: Callable[[str], str]) -> str:
    """Return ``text`` with each placeholder replaced by ``write(name)``."""
    return _NUMBER.sub(lambda place: write(place[1]), text)


def split(text: str) -> tuple[tuple[str, str], ...]:
    """Return the parts of ``text`` in order: (text, "") or ("", name of a number)."""
    parts = _NUMBER.split(text)
    pairs = (("", part) if k % 2 else (part, "") for k, part in enumerate(parts))
    return tuple(pair for pair in pairs if any(pair))
