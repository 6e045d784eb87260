"""Small recurrent cells by hand: a View as the engine would send it, and the sums behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pytest

from lstm_viz.messages import GateArithmetic, GateSum, Module, View

LETTERS = {"LSTM": "ifgo", "GRU": "rzn", "RNN_TANH": "h"}
TANH = "gnh"

CellKind = Literal["LSTM", "GRU", "RNN"]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Cell:
    """A view of a cell, and ``explain(column, unit)``: its sums in float64."""

    view: View
    explain: Callable[[int, int], GateArithmetic]


def sigmoid(a: Floats) -> Floats:
    return 1 / (1 + np.exp(-a))


def _tanh(a: Floats) -> Floats:
    return np.tanh(a)


def _step(kind: str, inner: Floats, outer: Floats, h: Floats, c: Floats) -> dict[str, Floats]:
    if kind == "LSTM":
        i, f, g, o = (
            activation(a + b)
            for activation, a, b in zip((sigmoid, sigmoid, _tanh, sigmoid), inner, outer, strict=True)
        )
        c = f * c + i * g
        return {"i": i, "f": f, "g": g, "o": o, "c": c, "h": o * np.tanh(c)}
    if kind == "GRU":
        r, z = sigmoid(inner[0] + outer[0]), sigmoid(inner[1] + outer[1])
        n = np.tanh(inner[2] + r * outer[2])
        return {"r": r, "z": z, "n": n, "h": (1 - z) * n + z * h}
    return {"h": np.tanh(inner[0] + outer[0])}


def build(
    kind: CellKind,
    *,
    words: tuple[str, ...] = ("The", "dog", "ate", "it"),
    units: int = 5,
    inputs: int = 4,
    direction: int = 0,
    seed: int = 0,
) -> Cell:
    rng = np.random.default_rng(seed)
    letters, steps = LETTERS[kind], len(words)
    w_ih = rng.normal(0, 0.8, (len(letters), units, inputs))
    w_hh = rng.normal(0, 0.8, (len(letters), units, units))
    b_ih, b_hh = rng.normal(0, 0.3, (2, len(letters), units))
    x = rng.normal(size=(steps, inputs)).astype(np.float32)
    h0, c0 = rng.normal(0, 0.5, (2, units)).astype(np.float32)
    h, c = h0.astype(float), c0.astype(float)
    rows, sums = dict[int, dict[str, Floats]](), dict[int, Callable[[int], tuple[GateSum, ...]]]()
    for t in range(steps)[:: -1 if direction else 1]:
        inner, outer = w_ih @ x[t] + b_ih, w_hh @ h + b_hh
        new = _step(kind, inner, outer, h, c)
        sums[t] = _sums(letters, new, (w_ih, w_hh, b_ih, b_hh), x[t], h)
        rows[t], h, c = new, new["h"], new.get("c", c)
    quantities = {name: np.array([rows[t][name] for t in range(steps)], np.float32) for name in rows[0]}
    view = View(
        module=Module("lstm", kind, "words", 1, 1 + direction, inputs, units),
        layer=0,
        direction=direction,
        columns=words,
        quantities=quantities,
        x=x,
        parts=(("word", inputs),),
        start={"h": h0, "c": c0} if kind == "LSTM" else {"h": h0},
        max_error=0.0,
    )
    return Cell(view, lambda column, unit: GateArithmetic(1, column, unit, sums[column](unit)))


def _sums(
    letters: str, new: dict[str, Floats], weights: tuple[Floats, ...], x: Floats, h: Floats
) -> Callable[[int], tuple[GateSum, ...]]:
    def of(unit: int) -> tuple[GateSum, ...]:
        w_ih, w_hh, b_ih, b_hh = weights
        gates = []
        for k, name in enumerate(letters):
            factor = float(new["r"][unit]) if name == "n" else 1.0
            inner, outer = w_ih[k, unit] * x, w_hh[k, unit] * h
            pre = float(inner.sum() + b_ih[k, unit] + factor * (outer.sum() + b_hh[k, unit]))
            gates.append(
                GateSum(
                    name=name,
                    activation="tanh" if name in TANH else "sigmoid",
                    pre=pre,
                    value=float(new[name][unit]),
                    input_products=inner,
                    input_weights=w_ih[k, unit],
                    input_bias=float(b_ih[k, unit]),
                    hidden_products=outer,
                    hidden_weights=w_hh[k, unit],
                    hidden_bias=float(b_hh[k, unit]),
                    hidden_factor=factor,
                )
            )
        return tuple(gates)

    return of


@pytest.fixture(scope="session")
def cell_of() -> Callable[..., Cell]:
    """Return what builds a `Cell`: ``cell_of("LSTM", units=5, …)``."""
    return build
