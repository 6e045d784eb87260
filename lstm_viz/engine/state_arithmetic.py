"""The arithmetic of a state: the products that add up to c or h of one unit."""

import math

import numpy as np
from torch import Tensor, nn

from lstm_viz.analysis.unrolled import Clamps
from lstm_viz.engine.arithmetic import previous
from lstm_viz.messages import Floats, Product, StateArithmetic, StateQuery, View
from lstm_viz.tracing.weights import weights_of


def state_arithmetic(
    query: StateQuery, recurrent: nn.RNNBase, view: View, clamps: Clamps
) -> StateArithmetic | None:
    """Return the arithmetic of c or h; None where there is no such unit, and for an RNN.

    The formulas are those of ``torch.nn.LSTM`` and ``torch.nn.GRU``, in float64. The operands are the values
    in the view, also where they are clamped.
    """
    values = view.quantities.get(query.quantity)
    if view.module.cell == "RNN" or values is None or not query.unit < values.shape[1]:
        return None
    products = _products(query, recurrent, view)
    return StateArithmetic(
        reading=query.reading,
        column=query.column,
        unit=query.unit,
        quantity=query.quantity,
        products=products,
        value=math.fsum(product.value for product in products) if _finite(products) else math.nan,
        forward=float(values[query.column, query.unit]),
        held=_clamped(query, view, clamps),
    )


def _finite(products: tuple[Product, ...]) -> bool:
    return all(math.isfinite(product.value) for product in products)


def _products(query: StateQuery, recurrent: nn.RNNBase, view: View) -> tuple[Product, ...]:
    now = {name: values[query.column].astype(np.float64) for name, values in view.quantities.items()}
    unit = query.unit
    if view.module.cell == "GRU":
        before = float(previous(view, query.column)[unit])
        z, n = float(now["z"][unit]), float(now["n"][unit])
        return (Product("1-z", "n", 1.0 - z, n, unit), Product("z", "h_prev", z, before, unit))
    if query.quantity == "c":
        f, i, g = (float(now[name][unit]) for name in "fig")
        before = float(_cell_before(view, query.column)[unit])
        return (Product("f", "c_prev", f, before, unit), Product("i", "g", i, g, unit))
    with np.errstate(all="ignore"):
        return _hidden(now, unit, weights_of(recurrent, view.layer, view.direction).weight_hr)


def _hidden(now: dict[str, Floats], unit: int, projection: Tensor | None) -> tuple[Product, ...]:
    """Return the products of an LSTM's h: one, or with a projection (``W_hr``) one for each unit of c."""
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


def _clamped(query: StateQuery, view: View, clamps: Clamps) -> tuple[str, ...]:
    """Return the clamped quantities at this column and unit, with those of the state before."""
    before = query.column + (1 if view.direction else -1)
    here = [name for name in view.quantities if _is_clamped(clamps, name, query.column, query.unit)]
    if 0 <= before < len(view.columns):
        here += [f"{name}_prev" for name in ("c", "h") if _is_clamped(clamps, name, before, query.unit)]
    return tuple(here)


def _is_clamped(clamps: Clamps, name: str, column: int, unit: int) -> bool:
    return name in clamps and unit in clamped_units(clamps, name, column)


def clamped_units(clamps: Clamps, name: str, step: int) -> tuple[int, ...]:
    """Return the units of which a quantity is clamped at a step."""
    if name not in clamps:
        return ()
    where = clamps[name].where
    return tuple(where[step if len(where) > 1 else 0, 0].nonzero()[:, 0].tolist())
