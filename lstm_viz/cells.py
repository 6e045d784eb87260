"""The table of cell kinds: the quantities of each, their symbols, ranges, activations and sums.

Every list of gates, states or quantities is derived from it. A new kind is one entry here and one function in
`lstm_viz.tracing.equations`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Activation = Literal["sigmoid", "tanh", "relu"]
#: A product of two operands: a quantity ("f"), a state before the step ("c_prev"), "tanh_c" or "1-z".
Product = tuple[str, str]

Values = npt.NDArray[np.floating[Any]]

#: The bound for a quantity that has none (c, and h with relu).
UNBOUNDED = 1e6
_RANGES: Mapping[Activation, tuple[float, float]] = MappingProxyType(
    {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, UNBOUNDED)}
)
_PREVIOUS, _TANH, _COMPLEMENT = "_prev", "tanh_", "1-"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity of a recurrent cell: an activation of a weighted sum, or a sum of products.

    Attributes
    ----------
    symbol, name : str
        In torch's notation ("f"), and as shown ("forget").
    range : (float, float)
        Its least and largest value.
    activation : "sigmoid", "tanh", "relu" or None
        That of W_ih x + b_ih + W_hh h + b_hh; None for a sum of products.
    hidden_factor : str
        The gate by which W_hh h + b_hh is multiplied: r for n of a GRU; "" for none.
    products : tuple of (str, str)
        The products that add up to it, by the names of their operands: see `operand`.
    off : float
        The value to which an ablation clamps it.
    limit : float
        The end of its fixed colour scale.
    colour : str
        The symbol whose colour it has; "" for one of its own.
    """

    symbol: str
    name: str
    range: tuple[float, float]
    activation: Activation | None = None
    hidden_factor: str = ""
    products: tuple[Product, ...] = ()
    off: float = 0.0
    limit: float = 1.0
    colour: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether it can be negative."""
        return self.range[0] < 0

    def allows(self, value: float) -> bool:
        """Return whether a value is in the range; NaN and infinities are not."""
        low, high = self.range
        return low <= value <= high  # False for NaN


@dataclass(frozen=True)
class GatedState:
    """A state that a gate keeps from step to step: ``state = keep · state_prev + …``.

    ``keep`` is an operand: the gate itself ("f"), or what is left by it ("1-z"). See `operand`.
    """

    state: str
    keep: str

    @property
    def gate(self) -> str:
        """The symbol of the gate."""
        return symbol_of(self.keep)

    @property
    def factor(self) -> str:
        """``keep`` in symbols: "f", or "(1 − z)"."""
        return self.gate if self.keep == self.gate else f"(1 − {self.gate})"


@dataclass(frozen=True, eq=False)
class CellKind:
    """A kind of recurrent cell.

    Attributes
    ----------
    mode : str
        As ``nn.RNNBase.mode``.
    name : str
        As shown, and as its class in ``torch.nn``.
    quantities : tuple of Quantity
        In the order of the equations. Activations are in the order of their rows in torch's weights.
    states : tuple of str
        The quantities that are carried to the next step, in torch's order.
    order : tuple of str
        All symbols in display order, from top to bottom.
    """

    mode: str
    name: str
    quantities: tuple[Quantity, ...]
    states: tuple[str, ...]
    order: tuple[str, ...]

    def __getitem__(self, symbol: str) -> Quantity:
        """Return a quantity by its symbol; raises KeyError."""
        return self._by_symbol[symbol]

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._by_symbol

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """All symbols in the order of the equations."""
        return tuple(quantity.symbol for quantity in self.quantities)

    @cached_property
    def activated(self) -> tuple[str, ...]:
        """The activations of weighted sums, in the order of their rows in torch's weights."""
        return tuple(quantity.symbol for quantity in self.quantities if quantity.activation)

    @cached_property
    def gates(self) -> tuple[str, ...]:
        """The activations that are not states, in the same order."""
        return tuple(symbol for symbol in self.activated if symbol not in self.states)

    @cached_property
    def gated_state(self) -> GatedState | None:
        """The state that a gate keeps; None where every step computes its states anew."""
        for quantity in self.quantities:
            for keep, kept in quantity.products:
                if kept == previous(quantity.symbol):
                    return GatedState(quantity.symbol, keep)
        return None

    @cached_property
    def equivalent(self) -> Mapping[str, str]:
        """For a gate that is 0 when ablated, the quantity whose ablation has the same effect.

        Of a product of two such gates, the first; h, if the gate is a factor of all of it.
        """
        zeros = [symbol for symbol in self.gates if not self[symbol].off]
        found = {}
        for quantity in self.quantities:
            for left, right in quantity.products:
                if left in zeros and right in zeros:
                    found[right] = left
                elif left in zeros and quantity.symbol == "h" and len(quantity.products) == 1:
                    found[left] = "h"
        return found

    def is_sum(self, symbol: str) -> bool:
        """Return whether a quantity is a sum of products."""
        return symbol in self and bool(self[symbol].products)

    @cached_property
    def _by_symbol(self) -> Mapping[str, Quantity]:
        return {quantity.symbol: quantity for quantity in self.quantities}


def previous(symbol: str) -> str:
    """Return the name of a state before the step, as an operand."""
    return symbol + _PREVIOUS


def symbol_of(operand: str) -> str:
    """Return the symbol of the quantity in an operand: "c" of "c_prev", "z" of "1-z"."""
    return operand.removesuffix(_PREVIOUS).removeprefix(_TANH).removeprefix(_COMPLEMENT)


def product_name(product: Product) -> str:
    """Return the name of a product, "f·c_prev"."""
    return "·".join(product)


def operand(name: str, values: Mapping[str, Values]) -> Values:
    """Return an operand of a product.

    Parameters
    ----------
    name : str
        "f", "c_prev", "tanh_c" or "1-z".
    values : mapping of str to array
        The quantities, and as "c_prev" the states before the step.
    """
    if name.startswith(_TANH):
        return np.asarray(np.tanh(values[name.removeprefix(_TANH)]))
    if name.startswith(_COMPLEMENT):
        return np.asarray(1.0 - values[name.removeprefix(_COMPLEMENT)])
    return values[name]


def _activation(
    symbol: str,
    name: str,
    activation: Activation,
    *,
    off: float = 0.0,
    hidden_factor: str = "",
    colour: str = "",
) -> Quantity:
    return Quantity(
        symbol, name, _RANGES[activation], activation, hidden_factor=hidden_factor, off=off, colour=colour
    )


def _hidden(*products: Product) -> Quantity:
    return Quantity("h", "hidden", (-1.0, 1.0), products=products)


def _cell_state(*products: Product) -> Quantity:
    return Quantity("c", "cell state", (-UNBOUNDED, UNBOUNDED), products=products, limit=2.0)


LSTM = CellKind(
    mode="LSTM",
    name="LSTM",
    quantities=(
        _activation("i", "input", "sigmoid"),
        _activation("f", "forget", "sigmoid", off=1.0),
        _activation("g", "candidate", "tanh"),
        _cell_state(("f", "c_prev"), ("i", "g")),
        _activation("o", "output", "sigmoid"),
        _hidden(("o", "tanh_c")),
    ),
    states=("h", "c"),
    order=("f", "i", "g", "c", "o", "h"),
)
GRU = CellKind(
    mode="GRU",
    name="GRU",
    quantities=(
        _activation("r", "reset", "sigmoid", off=1.0, colour="f"),
        _activation("z", "update", "sigmoid", colour="i"),
        _activation("n", "new", "tanh", hidden_factor="r", colour="g"),
        _hidden(("1-z", "n"), ("z", "h_prev")),
    ),
    states=("h",),
    order=("r", "z", "n", "h"),
)
RNN_TANH = CellKind("RNN_TANH", "RNN", (_activation("h", "hidden", "tanh"),), states=("h",), order=("h",))
RNN_RELU = CellKind("RNN_RELU", "RNN", (_activation("h", "hidden", "relu"),), states=("h",), order=("h",))

#: Every cell kind by its mode. A further kind is added here and to `lstm_viz.tracing.equations.EQUATIONS`.
KINDS = {kind.mode: kind for kind in (LSTM, GRU, RNN_TANH, RNN_RELU)}

#: What the cell reads at a step. It has no range: it may be the projected state of the layer below.
INPUT = Quantity("x", "step's input", (-UNBOUNDED, UNBOUNDED), limit=2.0)

#: Every quantity that can be shown, by its symbol; h is that of the first kind, as all have one scale for it.
QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {q.symbol: q for kind in reversed(KINDS.values()) for q in reversed(kind.quantities)} | {"x": INPUT}
)

#: The symbols of those that may lie beyond their colour scale, in some kind: states, and the input.
BEYOND_SCALE = frozenset(
    quantity.symbol
    for quantity in (INPUT, *(quantity for kind in KINDS.values() for quantity in kind.quantities))
    if quantity.range[1] > quantity.limit
)


def by_class(name: str) -> CellKind:
    """Return the kind that the class ``torch.nn.<name>`` has by default."""
    return next(kind for kind in KINDS.values() if kind.name == name)
