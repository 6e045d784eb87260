"""All numbers in the diagram of one step, for one unit or as means over all units."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from lstm_viz.app.panels.cell.number_texts import decimal, plain
from lstm_viz.app.widgets.tables import Table
from lstm_viz.cells import CellKind, operand, previous, product_name
from lstm_viz.messages import Floats, GateArithmetic, GateSum, View
from lstm_viz.ordinals import ordinal

#: The text of a number that is awaited.
PENDING = "…"
Vectors = dict[str, Floats]


class FormattedNumbers:
    """The numbers of a step as text, each formatted when it is first needed: most are shown several times."""

    def __init__(
        self, numbers: Mapping[str, float], missing: str, none: frozenset[str] = frozenset()
    ) -> None:
        self._numbers, self._missing, self._texts = numbers, missing, dict.fromkeys(none, "–")

    def __getitem__(self, name: str) -> str:
        text = self._texts.get(name)
        if text is None:
            number = self._numbers.get(name)
            text = self._texts[name] = self._missing if number is None else decimal(number)
        return text


@dataclass(frozen=True, slots=True, eq=False)
class StepValues:
    """The values computed at one step of one layer and direction.

    Attributes
    ----------
    kind : CellKind
    backward : bool
        Whether the previous step is that of the next column: ``h_prev`` is hₜ₊₁, not hₜ₋₁.
    column : int
    unit : int or None
        None: each number is the mean over ``units`` units, taken after products are multiplied.
    units : int
        The number of units of the layer.
    word : str
        The text of the column, as one line of valid Unicode.
    numbers : mapping of str to float
        The quantities by their names, and:

        - the states before the step, ``h_prev``;
        - the operands of products, ``tanh_c`` and ``1-z``, and the products, ``f·c_prev``;
        - those that `with_sums` adds.
    x : array (I,)
        The input of the cell.
    h_before : array (H,)
        h of all units of the previous step.
    clamped : frozenset of str
        The clamped quantities: their values do not follow from their equations. For a mean, those with any
        clamped unit.
    first : int
        The index of the view's first column in the input.
    has_sums : bool
        Whether the sums of the gates are known or awaited: not without the weights.
    projects : bool
        Whether h is projected to fewer units than the cell has: then most units have none.
    texts : FormattedNumbers
        The numbers as text: "…" for one that is awaited, "" for one that there is none of, as of a mean.
    """

    kind: CellKind
    backward: bool
    column: int
    unit: int | None
    units: int
    word: str
    numbers: Mapping[str, float]
    x: Floats
    h_before: Floats
    clamped: frozenset[str] = frozenset()
    first: int = 0
    has_sums: bool = True
    projects: bool = False
    texts: FormattedNumbers = field(init=False, repr=False)

    def __post_init__(self) -> None:
        missing = PENDING if self.has_sums and self.unit is not None else ""
        object.__setattr__(self, "texts", FormattedNumbers(self.numbers, missing, self._none))

    @property
    def _none(self) -> frozenset[str]:
        """The numbers that the unit does not have: those of h where it is projected to fewer."""
        states = {"h", previous("h")}
        return frozenset(states - self.numbers.keys() if self.projects else ())


def step_values(
    view: View,
    column: int,
    unit: int | None,
    clamped: frozenset[str] = frozenset(),
    *,
    has_sums: bool = True,
) -> StepValues:
    """Return the values of ``view`` at ``column``, in float64, with the ``clamped`` quantities.

    Direction 1 reads from the last column to the first. Raises IndexError if the view does not have the
    column or unit. The formulas are those of ``torch.nn.LSTM``, ``torch.nn.GRU``, ``torch.nn.RNN``.
    """
    units, projects = view.module.hidden_size, view.quantities["h"].shape[-1] < view.module.hidden_size
    if not 0 <= column < len(view.columns) or not (unit is None or 0 <= unit < units):
        raise IndexError(f"no column {column} or no unit {unit}")
    vectors = {name: rows[column].astype(np.float64) for name, rows in view.quantities.items()}
    vectors |= {previous(name): view.before(name, column).astype(np.float64) for name in view.start}
    with np.errstate(all="ignore"):
        vectors |= _products(view.module.kind, vectors)
        known = {name: v for name, v in vectors.items() if unit is None or unit < len(v)}
        numbers = {name: float(v.mean() if unit is None else v[unit]) for name, v in known.items()}
    return StepValues(
        kind=view.module.kind,
        backward=bool(view.direction),
        column=column,
        unit=unit,
        units=units,
        word=plain(view.columns[column]),
        numbers=MappingProxyType(numbers),
        x=view.x[column].astype(np.float64),
        h_before=vectors["h_prev"],
        clamped=clamped,
        first=view.first,
        has_sums=has_sums,
        projects=projects,
    )


def step_table(values: StepValues) -> Table:
    """Return a table with a row per number, with the column and the unit ("mean" over all) of the step."""
    unit = "mean" if values.unit is None else ordinal(values.unit)
    rows = [
        (ordinal(values.first + values.column), values.word, unit, name, number)
        for name, number in values.numbers.items()
    ]
    return Table(("column", "word", "unit", "quantity", "value"), rows)


def with_sums(values: StepValues, gate_arithmetic: GateArithmetic | None) -> StepValues:
    """Return ``values`` with the pre-activations, if ``gate_arithmetic`` is about this step and unit.

    Added are ``pre_f`` and so on, the pre-activations; the parts of a gate's sum from the input, ``Wx_f``,
    and from the hidden state, ``Wh_f``, biases included; ``rWh_n``, the latter times the reset gate.
    """
    sums = gate_arithmetic.gates if gate_arithmetic and _is_about(gate_arithmetic, values) else ()
    numbers = dict(values.numbers)
    with np.errstate(all="ignore"):
        for gate in sums:
            hidden = float(gate.hidden_products.sum()) + gate.hidden_bias
            numbers[f"pre_{gate.name}"] = gate.pre
            numbers[f"Wx_{gate.name}"] = float(gate.input_products.sum()) + gate.input_bias
            numbers[f"Wh_{gate.name}"] = hidden
            numbers[f"rWh_{gate.name}"] = gate.hidden_factor * hidden
    return replace(values, numbers=MappingProxyType(numbers)) if sums else values


def gate_sum(values: StepValues, gate_arithmetic: GateArithmetic | None, name: str) -> GateSum | None:
    """Return the sum of the gate ``name``, None while ``gate_arithmetic`` is about another step or unit."""
    if gate_arithmetic is None or not _is_about(gate_arithmetic, values):
        return None
    return next((gate for gate in gate_arithmetic.gates if gate.name == name), None)


def _is_about(gate_arithmetic: GateArithmetic, values: StepValues) -> bool:
    return (gate_arithmetic.column, gate_arithmetic.unit) == (values.column, values.unit) and all(
        gate.input_products.shape == values.x.shape and gate.hidden_products.shape == values.h_before.shape
        for gate in gate_arithmetic.gates
    )


def _products(kind: CellKind, values: Vectors) -> Vectors:
    """Return the operands of all products of a cell, and the products."""
    products = [product for quantity in kind.quantities for product in quantity.products]
    operands = {name: operand(name, values) for product in products for name in product}
    return operands | {product_name((a, b)): operands[a] * operands[b] for a, b in products}
