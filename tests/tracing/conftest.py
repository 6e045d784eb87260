"""The oracle: every cell written out by hand, one unit of time after the other, in float64."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from torch import nn

ByHand = Callable[..., dict[str, np.ndarray]]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def by_hand() -> ByHand:
    """Return (module, x (T, B, I), lengths, h0, c0) → quantities (L, D, T, B, H), NaN past the end."""
    return _by_hand


def _by_hand(module: nn.RNNBase, x, lengths, h0=None, c0=None):
    found: dict[str, np.ndarray] = {}
    steps, batch, _ = x.shape
    layers, directions = module.num_layers, 1 + module.bidirectional
    weights = {name: p.detach().double().numpy() for name, p in module.named_parameters()}
    for b in range(batch):
        sequence = x[: lengths[b], b].astype(np.float64)
        for layer in range(layers):
            outputs = []
            for d in range(directions):
                k = layer * directions + d
                suffix = f"_l{layer}" + ("_reverse" if d else "")
                h = np.zeros(module.proj_size or module.hidden_size) if h0 is None else h0[k, b]
                c = np.zeros(module.hidden_size) if c0 is None else c0[k, b]
                ours = {n[: -len(suffix)]: w for n, w in weights.items() if n.endswith(suffix)}
                order = range(lengths[b])
                output = [None] * lengths[b]
                for t in reversed(order) if d else order:
                    values = _STEP[module.mode](sequence[t], h, c, ours)
                    h, c = values["h"], values.get("c")
                    output[t] = h
                    for name, value in values.items():
                        shape = (layers, directions, steps, batch, len(value))
                        found.setdefault(name, np.full(shape, np.nan))[layer, d, t, b] = value
                outputs.append(np.array(output))
            sequence = np.concatenate(outputs, axis=-1)
    return found


def _sigma(v):
    return 1 / (1 + np.exp(-v))


def _sums(x, h, w):
    a = w["weight_ih"] @ x + w.get("bias_ih", 0)
    b = w["weight_hh"] @ h + w.get("bias_hh", 0)
    return a, b


def _lstm(x, h, c, w):
    a, b = _sums(x, h, w)
    i, f, g, o = np.split(a + b, 4)
    i, f, g, o = _sigma(i), _sigma(f), np.tanh(g), _sigma(o)
    c = f * c + i * g
    h = o * np.tanh(c)
    return {"i": i, "f": f, "g": g, "o": o, "c": c, "h": w["weight_hr"] @ h if "weight_hr" in w else h}


def _gru(x, h, c, w):
    a, b = _sums(x, h, w)
    (a_r, a_z, a_n), (b_r, b_z, b_n) = np.split(a, 3), np.split(b, 3)
    r, z = _sigma(a_r + b_r), _sigma(a_z + b_z)
    n = np.tanh(a_n + r * b_n)
    return {"r": r, "z": z, "n": n, "h": (1 - z) * n + z * h}


_STEP = {
    "LSTM": _lstm,
    "GRU": _gru,
    "RNN_TANH": lambda x, h, c, w: {"h": np.tanh(sum(_sums(x, h, w)))},
    "RNN_RELU": lambda x, h, c, w: {"h": np.maximum(0, sum(_sums(x, h, w)))},
}
