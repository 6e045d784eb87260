"""The arithmetic of a quantity of the cell at one step, and of its input."""

import numpy as np

from lstm_viz.app.panels.arithmetic.texts import (
    cell_title,
    clamped_text,
    difference,
    header,
    is_rounding,
    replaced,
    symbol,
    translate,
)
from lstm_viz.app.panels.arithmetic.view_model import (
    ArithmeticViewModel,
    NumberLink,
    TableNumber,
    Term,
    Terms,
)
from lstm_viz.app.panels.cell.formulas import FUNCTIONS, in_direction
from lstm_viz.app.panels.cell.number_texts import component, decimal, plain, significant
from lstm_viz.app.panels.cell.products import Products, SumTerm, products
from lstm_viz.app.panels.cell.values import StepValues
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.texts import put
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.labels import part_name
from lstm_viz.cells import symbol_of
from lstm_viz.messages import GateSum, InputArithmetic, InputPart, Product, StateArithmetic, View


def of_input(
    found: InputArithmetic, view: View, theme: Theme, index: int | None = None
) -> ArithmeticViewModel:
    """Return the origin of x, value by value; ``index`` is the value whose link led here."""
    starts = np.cumsum([0, *(len(part.values) for part in found.parts)]).tolist()
    terms = [
        Term(
            component("x", starts[p] + k),
            (TableNumber(float(part.values[k]), _link(part, k, view, found.column)),),
            theme.ink["x" if part.module is None else "h"],
            float(part.values[k]),
            marked=starts[p] + k == index,
        )
        for p, part in enumerate(found.parts)
        for k in range(len(part.values))
    ]
    clamped = [component("x", starts[p] + k) for p, part in enumerate(found.parts) for k in part.clamped]
    size = max((float(np.abs(part.values).max(initial=0.0)) for part in found.parts), default=0.0)
    headers = ("xₜ", header("value"))
    return ArithmeticViewModel(
        opened=OpenedNumber("x", index=index),
        title=cell_title(view, "x", None, found.column),
        ink=theme.ink["x"],
        tables=(Terms(headers, tuple(terms), digits=4),),
        results=tuple(_origin(part, starts[p], view) for p, part in enumerate(found.parts)),
        note=clamped_text(clamped),
        proof=difference(found.error),
        holds=is_rounding(found.error, size),
    )


def _link(part: InputPart, unit: int, view: View, column: int) -> NumberLink | None:
    """Return the link to the hidden state that a value is; None where it is none."""
    if part.module is None:
        return None
    if part.module != view.module.path:
        return NumberLink(
            OpenedNumber("h"), unit, module=part.module, layer=part.layer, direction=part.direction
        )
    return NumberLink(OpenedNumber("h"), unit, column=column, layer=part.layer, direction=part.direction)


def _origin(part: InputPart, start: int, view: View) -> str:
    """Return the origin of a part's values, in one line."""
    span = f"{component('x', start)} … {component('x', start + len(part.values) - 1)}"
    if part.module not in (None, view.module.path):
        text = translate("Arithmetic", "%1: h of the character-level module after the last of “%2”")
        return put(text, span, plain(part.text))
    if part.module is not None:
        return put(translate("Arithmetic", "%1: h of the layer below, %2"), span, part_name(part.name))
    if part.row is None:
        return put(translate("Arithmetic", "%1: the values of “%2”"), span, plain(part.text))
    if part.known:
        text = translate("Arithmetic", "%1: “%4” in the embedding of %3, weight[%2]")
    else:
        text = translate(
            "Arithmetic",
            "%1: unknown items in the embedding of %3, weight[%2];\n“%4” is not in the vocabulary",
        )
    return put(text, span, str(part.row), _vocabulary(part.name), plain(part.text))


def _vocabulary(name: str) -> str:
    """Return what an embedding is of; the path of one of a user's own model."""
    names = {
        "character": translate("Arithmetic", "characters"),
        "word": translate("Arithmetic", "words"),
    }
    return names.get(name, name)


_LARGEST = 6


def before(view: View, column: int) -> int | None:
    """Return the column of the previous step; None where that is the initial state."""
    read = column + (1 if view.direction else -1)
    return read if 0 <= read < len(view.columns) else None


# ---------------------------------------------------------------- gates


def of_gate(values: StepValues, gate: GateSum, view: View, theme: Theme) -> ArithmeticViewModel:
    """Return the arithmetic of a gate, whose sum belongs to ``values``."""
    found, clamped = products(gate, values, _LARGEST), gate.name in values.clamped
    shown, size = values.numbers[gate.name], sum(abs(line.term) for line in found.lines)
    value = decimal(gate.value if clamped else shown)
    note = translate("Arithmetic", "Every h product is also multiplied by the reset gate, r = %1.")
    return ArithmeticViewModel(
        opened=OpenedNumber(gate.name),
        title=cell_title(view, gate.name, values.unit, values.column),
        ink=theme.ink[gate.name],
        note=put(note, decimal(gate.hidden_factor)) if gate.hidden_factor != 1.0 else "",
        tables=(_sum_table(found, view, values.column, theme),),
        results=(f"{gate.name} = {FUNCTIONS[gate.activation]}({decimal(gate.pre)}) = {value}",),
        replaced=replaced(gate.name, shown) if clamped else "",
        proof=put(translate("Arithmetic", "sum of the lines − pre-activation: %1"), significant(found.error)),
        holds=is_rounding(found.error, size),
    )


def _sum_table(found: Products, view: View, column: int, theme: Theme) -> Terms:
    terms = [_term(line, found, view, column, theme) for line in found.lines]
    terms.append(Term(header("sum"), (None, None, TableNumber(found.total)), total=True))
    headers = (header("term"), header("weight"), header("value"), header("product"))
    return Terms(headers, tuple(terms))


def _term(line: SumTerm, found: Products, view: View, column: int, theme: Theme) -> Term:
    entries: tuple[TableNumber | None, ...] = (None, None, TableNumber(line.term))
    if line.kind == "product":
        value = TableNumber(line.value, _source(line, view, column))
        entries = (TableNumber(line.weight), value, TableNumber(line.term))
    return Term(_name(line, found), entries, theme.ink[line.source], line.term)


def _source(line: SumTerm, view: View, column: int) -> NumberLink | None:
    if line.source == "x":
        return NumberLink(OpenedNumber("x", index=line.index))
    read = before(view, column)
    return None if read is None else NumberLink(OpenedNumber("h"), unit=line.index, column=read)


def _name(line: SumTerm, found: Products) -> str:
    source = "xₜ" if line.source == "x" else in_direction("hₜ₋₁", found.backward)
    if line.kind == "rest":
        return rest_name(source, line.count)
    if line.kind == "bias":
        return f"b_{'i' if line.source == 'x' else 'h'}{found.gate}"
    return component(line.source, line.index)


def rest_name(source: str, count: int) -> str:
    """Return the name of the sum of the smaller products of ``source``."""
    return put(translate("Arithmetic", "the rest of %1 (%2 more)"), source, str(count))


# ---------------------------------------------------------------- states


def of_state(found: StateArithmetic, view: View, theme: Theme) -> ArithmeticViewModel:
    """Return the arithmetic of c or h."""
    name, clamped = found.quantity, found.quantity in found.clamped
    backward, error = bool(view.direction), found.value - found.forward
    value = found.value if clamped else found.forward
    used = {part for product in found.products for part in (product.left_name, product.right_name)}
    used = {part if part.endswith("_prev") else symbol_of(part) for part in used} - {name}
    return ArithmeticViewModel(
        opened=OpenedNumber(name),
        title=cell_title(view, name, found.unit, found.column),
        ink=theme.ink[name],
        tables=(_product_table(found, view, theme),),
        results=(f"{name} = {_formula(found, view)} = {decimal(value)}",),
        note=clamped_text(symbol(part, backward) for part in found.clamped if part in used),
        replaced=replaced(name, found.forward) if clamped else "",
        proof="" if clamped else difference(error),
        holds=clamped or is_rounding(error, sum(abs(product.value) for product in found.products)),
    )


def _formula(found: StateArithmetic, view: View) -> str:
    """Return the equation with its numbers; of a projection in symbols, since its sum has too many terms."""
    if _projects(found):
        return "Σⱼ W_hr·oⱼ·tanh(cⱼ)"
    return " + ".join(f"{decimal(p.left)} · {_factor(p, found, view)}" for p in found.products)


def _factor(product: Product, found: StateArithmetic, view: View) -> str:
    symbol = symbol_of(product.right_name)
    if product.right_name != f"tanh_{symbol}":
        return decimal(product.right)
    return f"tanh({decimal(float(view.quantities[symbol][found.column, found.unit]))})"


def _projects(found: StateArithmetic) -> bool:
    return any(product.left_name == "W_hr" for product in found.products)


def _product_table(found: StateArithmetic, view: View, theme: Theme) -> Terms:
    headers = (header("term"), header("factor"), header("value"), header("product"))
    largest = sorted(found.products, key=lambda product: -abs(product.value))[:_LARGEST]
    shown = largest if _projects(found) else list(found.products)
    terms = [_product(product, found, view, theme) for product in shown]
    if rest := [product.value for product in found.products if product not in shown]:
        name = rest_name("o·tanh(c)", len(rest))
        terms.append(Term(name, (None, None, TableNumber(sum(rest))), theme.ink["c"], sum(rest)))
    if len(terms) > 1:
        terms.append(Term(header("sum"), (None, None, TableNumber(found.value)), total=True))
    return Terms(headers, tuple(terms))


def _product(product: Product, found: StateArithmetic, view: View, theme: Theme) -> Term:
    backward, left, right = bool(view.direction), product.left_name, product.right_name
    name = f"{symbol(left, backward)}·{symbol(right, backward)}"
    if left == "W_hr":
        name = f"{component('o', product.unit)}·tanh({component('c', product.unit)})"
    factors = (
        TableNumber(product.left, _factor_link(left, product, view, found.column)),
        TableNumber(product.right, _factor_link(right, product, view, found.column)),
    )
    ink = theme.ink[_source_of(right)]
    return Term(name, (*factors, TableNumber(product.value)), ink, product.value)


def _source_of(operand: str) -> str:
    """Return the quantity whose arithmetic explains an operand; "c" for "o·tanh_c"."""
    return symbol_of(operand.rpartition("·")[2])


def _factor_link(name: str, product: Product, view: View, column: int) -> NumberLink | None:
    source = _source_of(name)
    if source not in view.quantities:
        return None
    if not name.endswith("_prev"):
        return NumberLink(OpenedNumber(source), unit=product.unit)
    read = before(view, column)
    return None if read is None else NumberLink(OpenedNumber(source), unit=product.unit, column=read)
