"""The equations of the recurrent cells, one function each, in torch's notation.

The same functions serve one step and all steps at once: when every hₜ₋₁ is known, the gates of all steps
are one matrix product. ``x`` is (..., input_size), ``h`` and all else (..., hidden_size), where ``...`` is
any shape, such as (B,) for one step or (T, B) for all of them.

Source: the documentation of ``torch.nn.LSTM``, ``torch.nn.GRU`` and ``torch.nn.RNN``; LSTM after Hochreiter
and Schmidhuber 1997 with the forget gate of Gers et al. 2000, its projection after Sak et al. 2014; GRU
after Cho et al. 2014, with the reset gate applied after the matrix product.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import torch
from torch import Tensor
from torch.nn.functional import linear

from lstm_viz.cells import KINDS
from lstm_viz.tracing.trace import Array
from lstm_viz.tracing.weights import Weights

Numbers = TypeVar("Numbers", Tensor, Array)
#: An intervention: called with the name and value of a quantity as soon as it is computed, returns its value.
Intervene = Callable[[str, Tensor], Tensor]
#: The equations of a cell: from x, the states before the step by symbol, the weights and an intervention to
#: all quantities.
Equations = Callable[[Tensor, Mapping[str, Tensor], Weights, Intervene], dict[str, Tensor]]


def unchanged(name: str, value: Tensor) -> Tensor:
    """Return a quantity as it was computed."""
    return value


def lstm(
    x: Tensor, state: Mapping[str, Tensor], w: Weights, intervene: Intervene = unchanged
) -> dict[str, Tensor]:
    """Return all quantities of an LSTM's step, each changed by ``intervene``."""
    gates = lstm_gates(x, state["h"], w)
    i, f, g, o = (intervene(name, gate) for name, gate in zip(KINDS["LSTM"].gates, gates, strict=True))
    c = intervene("c", lstm_cell_state(i, f, g, state["c"]))
    h = intervene("h", lstm_hidden_state(o, c, w.weight_hr))
    return {"i": i, "f": f, "g": g, "o": o, "c": c, "h": h}


def lstm_gates(x: Tensor, h: Tensor, w: Weights) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the LSTM's gates i, f, g, o of a step with input ``x`` and previous hidden state ``h``.

    ::

        i = σ(W_ii x + b_ii + W_hi h + b_hi)        input
        f = σ(W_if x + b_if + W_hf h + b_hf)        forget
        g = tanh(W_ig x + b_ig + W_hg h + b_hg)     candidate
        o = σ(W_io x + b_io + W_ho h + b_ho)        output
    """
    sums = linear(x, w.weight_ih, w.bias_ih) + linear(h, w.weight_hh, w.bias_hh)
    i, f, g, o = sums.chunk(4, dim=-1)
    return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)


def lstm_cell_state(i: Numbers, f: Numbers, g: Numbers, c: Numbers) -> Numbers:
    """Return the LSTM's next cell state: c′ = f ⊙ c + i ⊙ g."""
    return f * c + i * g


def lstm_hidden_state(o: Tensor, c: Tensor, weight_hr: Tensor | None = None) -> Tensor:
    """Return the LSTM's hidden state: h = o ⊙ tanh(c), or W_hr (o ⊙ tanh(c)) where the module projects."""
    h = o * torch.tanh(c)
    return h if weight_hr is None else linear(h, weight_hr)


def gru(
    x: Tensor, state: Mapping[str, Tensor], w: Weights, intervene: Intervene = unchanged
) -> dict[str, Tensor]:
    """Return all quantities of a GRU's step, each changed by ``intervene``.

    ::

        r = σ(W_ir x + b_ir + W_hr h + b_hr)            reset
        z = σ(W_iz x + b_iz + W_hz h + b_hz)            update
        n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))   new
        h′ = (1 − z) ⊙ n + z ⊙ h
    """
    x_r, x_z, x_n = linear(x, w.weight_ih, w.bias_ih).chunk(3, dim=-1)
    h = state["h"]
    h_r, h_z, h_n = linear(h, w.weight_hh, w.bias_hh).chunk(3, dim=-1)
    r = intervene("r", torch.sigmoid(x_r + h_r))
    z = intervene("z", torch.sigmoid(x_z + h_z))
    n = intervene("n", torch.tanh(torch.addcmul(x_n, r, h_n)))
    return {"r": r, "z": z, "n": n, "h": intervene("h", torch.lerp(n, h, z))}


def rnn(
    nonlinearity: Callable[[Tensor], Tensor],
    x: Tensor,
    state: Mapping[str, Tensor],
    w: Weights,
    intervene: Intervene = unchanged,
) -> dict[str, Tensor]:
    """Return an RNN's next hidden state, h′ = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu of it."""
    sums = linear(x, w.weight_ih, w.bias_ih) + linear(state["h"], w.weight_hh, w.bias_hh)
    return {"h": intervene("h", nonlinearity(sums))}


#: The equations of each kind, by its mode.
EQUATIONS: dict[str, Equations] = {
    "LSTM": lstm,
    "GRU": gru,
    "RNN_TANH": partial(rnn, torch.tanh),
    "RNN_RELU": partial(rnn, torch.relu),
}
