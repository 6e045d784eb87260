"""The arithmetic of a state: the products that add up to c or h of one unit."""

import math

import numpy as np
from torch import Tensor, nn

from lstm_viz.analysis.unrolled import Clamps
from lstm_viz.cells import operand, previous
from lstm_viz.messages import Floats, Product, StateArithmetic, StateQuery, View
from lstm_viz.tracing.weights import weights_of


def state_arithmetic(
    query: StateQuery, recurrent: nn.RNNBase, view: View, clamps: Clamps
) -> StateArithmetic | None:
    """Return the arithmetic of a state; None where there is no such unit, and for an RNN.

    None too for h that is projected by a weight that is not there.

    The formulas are those of ``torch.nn.LSTM`` and ``torch.nn.GRU``, in float64. The operands are the values
    in the view, also where they are clamped.
    """
    values = view.quantities.get(query.quantity)
    if values is None or not view.module.kind.is_sum(query.quantity) or not query.unit < values.shape[1]:
        return None
    projection = (
        weights_of(recurrent, view.layer, view.direction).weight_hr if query.quantity == "h" else None
    )
    if projection is not None and projection.is_meta:
        return None
    products = _products(query, projection, view)
    return StateArithmetic(
        reading=query.reading,
        column=query.column,
        unit=query.unit,
        quantity=query.quantity,
        products=products,
        value=math.fsum(product.value for product in products) if _finite(products) else math.nan,
        forward=float(values[query.column, query.unit]),
        clamped=_clamped(query, view, clamps),
    )


def _finite(products: tuple[Product, ...]) -> bool:
    return all(math.isfinite(product.value) for product in products)


def _products(query: StateQuery, projection: Tensor | None, view: View) -> tuple[Product, ...]:
    now, unit, kind = _values(view, query.column), query.unit, view.module.kind
    with np.errstate(all="ignore"):
        factors = [(a, b, operand(a, now), operand(b, now)) for a, b in kind[query.quantity].products]
        if projection is None:
            return tuple(Product(a, b, float(x[unit]), float(y[unit]), unit) for a, b, x, y in factors)
        ((left, right, x, y),) = factors
        row: Floats = projection[unit].cpu().double().numpy()
        pairs = zip(row.tolist(), (x * y).tolist(), strict=True)
        return tuple(Product("W_hr", f"{left}·{right}", w, m, j) for j, (w, m) in enumerate(pairs))


def _values(view: View, column: int) -> dict[str, Floats]:
    """Return the quantities at a column, and the states before it, in float64."""
    values = {name: rows[column].astype(np.float64) for name, rows in view.quantities.items()}
    for name in view.start:
        values[previous(name)] = view.before(name, column).astype(np.float64)
    return values


def _clamped(query: StateQuery, view: View, clamps: Clamps) -> tuple[str, ...]:
    """Return the clamped quantities at this column and unit, with those of the state before."""
    before = query.column + (1 if view.direction else -1)
    here = [name for name in view.quantities if _is_clamped(clamps, name, query.column, query.unit)]
    if 0 <= before < len(view.columns) and query.column not in view.resets:
        states = sorted(view.module.kind.states)
        here += [previous(name) for name in states if _is_clamped(clamps, name, before, query.unit)]
    return tuple(here)


def _is_clamped(clamps: Clamps, name: str, column: int, unit: int) -> bool:
    return name in clamps and unit in clamped_units(clamps, name, column)


def clamped_units(clamps: Clamps, name: str, step: int) -> tuple[int, ...]:
    """Return the units of which a quantity is clamped at a step."""
    if name not in clamps:
        return ()
    where = clamps[name].where
    return tuple(where[step if len(where) > 1 else 0, 0].nonzero()[:, 0].tolist())
