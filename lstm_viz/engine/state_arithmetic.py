"""The arithmetic of a state: the products that c and h of one unit are the sum of."""

import math

import numpy as np
from torch import Tensor, nn

from lstm_viz.analysis.unrolled import Grips
from lstm_viz.engine.arithmetic import previous
from lstm_viz.messages import Floats, Product, StateArithmetic, StateQuery, View
from lstm_viz.tracing.weights import weights_of


def state_arithmetic(
    question: StateQuery, recurrent: nn.RNNBase, view: View, grips: Grips
) -> StateArithmetic | None:
    """Return how c or h came about from what the view shows; None where there is no such unit, and of an RNN.

    The formulas are those of ``torch.nn.LSTM`` and ``torch.nn.GRU``, in float64. What goes into them is what
    the view shows, also where it was set by hand.
    """
    values = view.quantities.get(question.quantity)
    if view.module.cell == "RNN" or values is None or not question.unit < values.shape[1]:
        return None
    products = _products(question, recurrent, view)
    return StateArithmetic(
        number=question.number,
        column=question.column,
        unit=question.unit,
        quantity=question.quantity,
        products=products,
        value=math.fsum(product.value for product in products) if _finite(products) else math.nan,
        forward=float(values[question.column, question.unit]),
        held=_held(question, view, grips),
    )


def _finite(products: tuple[Product, ...]) -> bool:
    return all(math.isfinite(product.value) for product in products)


def _products(question: StateQuery, recurrent: nn.RNNBase, view: View) -> tuple[Product, ...]:
    now = {name: values[question.column].astype(np.float64) for name, values in view.quantities.items()}
    unit = question.unit
    if view.module.cell == "GRU":
        before = float(previous(view, question.column)[unit])
        z, n = float(now["z"][unit]), float(now["n"][unit])
        return (Product("1-z", "n", 1.0 - z, n, unit), Product("z", "h_prev", z, before, unit))
    if question.quantity == "c":
        f, i, g = (float(now[name][unit]) for name in "fig")
        before = float(_cell_before(view, question.column)[unit])
        return (Product("f", "c_prev", f, before, unit), Product("i", "g", i, g, unit))
    with np.errstate(all="ignore"):
        return _hidden(now, unit, weights_of(recurrent, view.layer, view.direction).weight_hr)


def _hidden(now: dict[str, Floats], unit: int, projection: Tensor | None) -> tuple[Product, ...]:
    """Return the products of an LSTM's h: one, or of one that projects (``W_hr``) one for each unit of c."""
    squashed = np.tanh(now["c"])
    if projection is None:
        return (Product("o", "tanh_c", float(now["o"][unit]), float(squashed[unit]), unit),)
    row: Floats = projection[unit].double().numpy()
    pairs = zip(row.tolist(), (now["o"] * squashed).tolist(), strict=True)
    return tuple(Product("W_hr", "o·tanh_c", w, m, j) for j, (w, m) in enumerate(pairs))


def _cell_before(view: View, column: int) -> Floats:
    assert view.c0 is not None
    before = column + (1 if view.direction else -1)
    return view.quantities["c"][before] if 0 <= before < len(view.columns) else view.c0


def _held(question: StateQuery, view: View, grips: Grips) -> tuple[str, ...]:
    """Return the quantities that are set by hand at this column and unit, and the state before, if it is."""
    before = question.column + (1 if view.direction else -1)
    here = [name for name in view.quantities if _is_held(grips, name, question.column, question.unit)]
    if 0 <= before < len(view.columns):
        here += [f"{name}_prev" for name in ("c", "h") if _is_held(grips, name, before, question.unit)]
    return tuple(here)


def _is_held(grips: Grips, name: str, column: int, unit: int) -> bool:
    return name in grips and unit in held_units(grips, name, column)


def held_units(grips: Grips, name: str, step: int) -> tuple[int, ...]:
    """Return the units of which a quantity is set by hand at a step."""
    if name not in grips:
        return ()
    where = grips[name].where
    return tuple(where[step if len(where) > 1 else 0, 0].nonzero()[:, 0].tolist())
