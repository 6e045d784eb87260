"""The equations of a step as frozen data, and their text with numbers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication

from lstm_viz.cells import Activation, CellKind, Quantity, previous, product_name, symbol_of

_NUMBER = re.compile(r"\{([^{}]+)\}")
#: The activations as they are written in equations.
FUNCTIONS: Mapping[Activation, str] = MappingProxyType({"sigmoid": "σ", "tanh": "tanh", "relu": "relu"})


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


def equations_of(kind: CellKind, *, projects: bool = False) -> tuple[Equation, ...]:
    """Return the equations of a cell in display order, those of the states last.

    ``projects`` is whether h is a projection of the product, as with ``proj_size``: a sum over all units.
    """
    equations = _equations(kind)
    return tuple(_projected(one) if projects and one.quantity == "h" else one for one in equations)


def _projected(equation: Equation) -> Equation:
    left, _, right = equation.symbols.partition(" = ")
    number = f"{{{equation.quantity}}}"
    return replace(
        equation,
        symbols=f"{left} = W_hr·({right})",
        numbers=number,
        mean_symbols=f"mean {left}",
        mean_numbers=number,
    )


def _equations(kind: CellKind) -> tuple[Equation, ...]:
    first = [symbol for symbol in kind.order if symbol in kind.activated]
    return tuple(
        _activation_equation(kind[symbol]) if kind[symbol].activation else _sum_equation(kind[symbol])
        for symbol in (*first, *(symbol for symbol in kind.order if symbol not in first))
    )


def _activation_equation(quantity: Quantity) -> Equation:
    q, by = quantity.symbol, quantity.hidden_factor
    function = FUNCTIONS[quantity.activation or "tanh"]
    hidden = f"{by}ₜ⊙(W_h{q}·hₜ₋₁ + b_h{q})" if by else f"W_h{q}·hₜ₋₁ + b_h{q}"
    return Equation(
        quantity=q,
        symbols=f"{q}ₜ = {function}(W_i{q}·xₜ + b_i{q} + {hidden})",
        numbers=f"{function}({{pre_{q}}}) = {{{q}}}",
        mean_symbols=f"mean {q}ₜ",
        mean_numbers=f"{{{q}}}",
    )


def _sum_equation(quantity: Quantity) -> Equation:
    q, products = quantity.symbol, quantity.products
    terms = [f"{operand_text(left)}⊙{operand_text(right)}" for left, right in products]
    factors = [f"{_number_text(left)} · {_number_text(right)}" for left, right in products]
    # a mean of a single product is the mean of the quantity itself
    means = [f"{{{product_name(product)}}}" for product in products] if len(products) > 1 else []
    return Equation(
        quantity=q,
        symbols=f"{q}ₜ = {' + '.join(terms)}",
        numbers=f"{' + '.join(factors)} = {{{q}}}",
        mean_symbols=f"mean {q}ₜ = {' + '.join(f'mean({term})' for term in terms)}",
        mean_numbers=f"{' + '.join(means)} = {{{q}}}" if means else f"{{{q}}}",
    )


def operand_text(operand: str) -> str:
    """Return an operand in symbols: "cₜ₋₁", "tanh(cₜ)", "(1 − zₜ)"."""
    symbol = symbol_of(operand)
    if operand == previous(symbol):
        return f"{symbol}ₜ₋₁"
    texts = {f"tanh_{symbol}": f"tanh({symbol}ₜ)", f"1-{symbol}": f"(1 − {symbol}ₜ)"}
    return texts.get(operand, f"{symbol}ₜ")


def _number_text(operand: str) -> str:
    symbol = symbol_of(operand)
    return f"tanh({{{symbol}}})" if operand == f"tanh_{symbol}" else f"{{{operand}}}"


def in_direction(text: str, backward: bool) -> str:
    """Return ``text`` with the previous step of this direction: backward, hₜ₋₁ becomes hₜ₊₁."""
    return text.replace("ₜ₋₁", "ₜ₊₁") if backward else text


def symbols(equation: Equation, mean: bool, backward: bool) -> str:
    """Return the equation in symbols."""
    return in_direction(equation.mean_symbols if mean else equation.symbols, backward)


def numbers(equation: Equation, mean: bool, clamped: bool = False, *, has_sums: bool = True) -> str:
    """Return the right-hand side from "=" on, with placeholders for the numbers.

    A ``clamped`` quantity is not what the equation gives, and so only its number is written; so is that of a
    gate whose sum is not known. A mean without an equation of its own stays a mean.
    """
    if clamped and not (mean and "=" not in equation.mean_symbols):
        some = QCoreApplication.translate("Equations", "%1, some units clamped")
        one = QCoreApplication.translate("Equations", "%1 clamped")
        return f"= {(some if mean else one).replace('%1', f'{{{equation.quantity}}}')}"
    if mean:
        return f"= {equation.mean_numbers}"
    is_known = has_sums or f"{{pre_{equation.quantity}}}" not in equation.numbers
    return f"= {equation.numbers if is_known else f'{{{equation.quantity}}}'}"


def split(text: str) -> tuple[tuple[str, str], ...]:
    """Return the parts of ``text`` in order: (text, "") or ("", name of a number)."""
    parts = _NUMBER.split(text)
    pairs = (("", part) if k % 2 else (part, "") for k, part in enumerate(parts))
    return tuple(pair for pair in pairs if any(pair))
