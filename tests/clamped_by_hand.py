"""The oracle of what if: every cell written out in float64, step after step, and held there."""

import numpy as np
import torch
from torch import nn

#: What is held: (layer, direction, quantity, step, unit) → value; unit None is all of them.
Clamped = dict


def read_by_hand(
    net: nn.RNNBase, x, clamped: Clamped | None = None, h0=None, c0=None
) -> dict[str, np.ndarray]:
    """Return every quantity (L, D, T, H) of one sentence ``x`` (T, I), from h0 and c0 (L·D, H)."""
    directions = 1 + net.bidirectional
    given = {name: p.detach().double().numpy() for name, p in net.named_parameters()}
    found: dict[str, list] = {}
    sequence = np.asarray(x, np.float64)
    for layer in range(net.num_layers):
        outputs = []
        for d in range(directions):
            suffix, k = f"_l{layer}" + ("_reverse" if d else ""), layer * directions + d
            weights = {n.removesuffix(suffix): w for n, w in given.items() if n.endswith(suffix)}
            h = np.zeros(net.proj_size or net.hidden_size) if h0 is None else np.asarray(h0[k], np.float64)
            c = np.zeros(net.hidden_size) if c0 is None else np.asarray(c0[k], np.float64)
            steps = range(len(sequence))
            rows: list = [None] * len(sequence)
            for t in reversed(steps) if d else steps:
                rows[t] = _STEP[net.mode](sequence[t], h, c, weights, _holder(clamped or {}, layer, d, t))
                h, c = rows[t]["h"], rows[t].get("c", c)
            outputs.append(np.array([row["h"] for row in rows]))
            for name in rows[0]:
                found.setdefault(name, []).append(np.array([row[name] for row in rows]))
        sequence = np.concatenate(outputs, axis=-1)
    shape = (net.num_layers, directions)
    return {name: np.array(a).reshape(*shape, *a[0].shape) for name, a in found.items()}


def _holder(clamped: Clamped, layer, direction, step):
    def hold(name, value):
        value = value.copy()
        for (*place, unit), wanted in clamped.items():
            if place == [layer, direction, name, step]:
                value[slice(None) if unit is None else unit] = wanted
        return value

    return hold


def _sigma(v):
    return 1 / (1 + np.exp(-v))


def _sums(x, h, w):
    parts = w["weight_ih"] @ x, w["weight_hh"] @ h
    if "bias_ih" in w:
        return parts[0] + w["bias_ih"], parts[1] + w["bias_hh"]
    return parts


def _lstm(x, h, c, w, hold):
    i, f, g, o = np.split(sum(_sums(x, h, w)), 4)
    i, f, g, o = hold("i", _sigma(i)), hold("f", _sigma(f)), hold("g", np.tanh(g)), hold("o", _sigma(o))
    c = hold("c", f * c + i * g)
    h = o * np.tanh(c)
    return {
        "i": i,
        "f": f,
        "g": g,
        "o": o,
        "c": c,
        "h": hold("h", w["weight_hr"] @ h if "weight_hr" in w else h),
    }


def _gru(x, h, c, w, hold):
    (xr, xz, xn), (hr, hz, hn) = (np.split(part, 3) for part in _sums(x, h, w))
    r, z = hold("r", _sigma(xr + hr)), hold("z", _sigma(xz + hz))
    n = hold("n", np.tanh(xn + r * hn))
    return {"r": r, "z": z, "n": n, "h": hold("h", (1 - z) * n + z * h)}


def _rnn(x, h, c, w, hold):
    return {"h": hold("h", np.tanh(sum(_sums(x, h, w))))}


def _relu(x, h, c, w, hold):
    return {"h": hold("h", np.maximum(sum(_sums(x, h, w)), 0))}


_STEP = {"LSTM": _lstm, "GRU": _gru, "RNN_TANH": _rnn, "RNN_RELU": _relu}


def read_by_torchs_cells(net: nn.RNNBase, x: torch.Tensor, h: torch.Tensor, c: torch.Tensor) -> list:
    """Return h after each step of one layer, forward, by ``torch.lstm_cell`` and its like: (T, H)."""
    w = [net.weight_ih_l0, net.weight_hh_l0, net.bias_ih_l0, net.bias_hh_l0]
    cells = {"GRU": torch.gru_cell, "RNN_TANH": torch.rnn_tanh_cell, "RNN_RELU": torch.rnn_relu_cell}
    found = []
    for x_t in x:
        if net.mode == "LSTM":
            h, c = torch.lstm_cell(x_t[None], (h, c), *w)
        else:
            h = cells[net.mode](x_t[None], h, *w)
        found.append(h[0].detach().numpy())
    return found
