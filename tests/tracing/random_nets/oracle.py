"""The oracle: what a kernel recorded, noted in a run of its own, and every cell in a loop in float64."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.modules import rnn

from tests.tracing.conftest import _STEP

_MODES = {"lstm": "LSTM", "gru": "GRU", "rnn_tanh": "RNN_TANH", "rnn_relu": "RNN_RELU"}
_NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@dataclass(frozen=True)
class Noted:
    """One call of ``torch._VF``: copies of its arguments, and the random numbers' state."""

    mode: str
    is_cell: bool
    arguments: tuple[Any, ...]
    random: Tensor


def noted_calls(run) -> list[Noted]:
    """Return what every kernel that ``run`` calls is called with."""
    noted: list[Noted] = []

    def noting(name, function):
        def call(*arguments):
            mode = _MODES[name.removesuffix("_cell")]
            noted.append(Noted(mode, name.endswith("_cell"), _copied(arguments), torch.get_rng_state()))
            return function(*arguments)

        return call

    names = [*_MODES, *(f"{name}_cell" for name in _MODES)]
    before = {name: getattr(rnn._VF, name) for name in names}
    for name, function in before.items():
        setattr(rnn._VF, name, noting(name, function))
    try:
        run()
    finally:
        for name in names:
            delattr(rnn._VF, name)
    return noted


def _copied(given):
    if isinstance(given, Tensor):
        return given.detach().clone()
    return type(given)(map(_copied, given)) if isinstance(given, list | tuple) else given


def computed(noted: list[Noted]) -> tuple[dict[str, np.ndarray], np.ndarray, list[int]]:
    """Return quantities (L, D, T, B, H) with NaN past the end, x and lengths, in the kernel's order."""
    if noted[0].is_cell:
        return _loop(noted)
    (call,) = noted
    given = call.arguments
    packed = isinstance(given[1], Tensor) and not given[1].is_floating_point()
    sizes = given[1].tolist() if packed else None
    data, hx, flat, has_biases, layers, dropout, train, both = (given[0], *given[2 if packed else 1 :][:7])
    if not packed and given[8]:
        data = data.transpose(0, 1)
    states = [_array(s) for s in (hx if isinstance(hx, tuple | list) else [hx])]
    sequences = _sequences(_array(data), sizes)
    found: dict[str, np.ndarray] = {}
    x = _padded(sequences)
    count = len(flat) // (layers * (1 + both))
    state = call.random
    for layer in range(layers):
        outputs = [[] for _ in sequences]
        for direction in range(1 + both):
            k = layer * (1 + both) + direction
            weights = _weights(flat[k * count : (k + 1) * count], has_biases)
            for b, sequence in enumerate(sequences):
                steps = _steps(
                    call.mode, sequence[:: -1 if direction else 1], [s[k, b] for s in states], weights
                )
                steps = steps[:: -1 if direction else 1]
                outputs[b].append(np.array([values["h"] for values in steps]))
                for t, values in enumerate(steps):
                    for name, value in values.items():
                        shape = (layers, 1 + both, *x.shape[:2], len(value))
                        found.setdefault(name, np.full(shape, np.nan))[layer, direction, t, b] = value
        sequences = [np.concatenate(o, axis=-1) for o in outputs]
        if train and dropout > 0 and layer + 1 < layers:
            sequences, state = _dropped(sequences, sizes, dropout, state, data)
    return found, x, [len(s) for s in sequences]


def _loop(noted: list[Noted]) -> tuple[dict[str, np.ndarray], np.ndarray, list[int]]:
    first = noted[0].arguments
    weights = _weights([w for w in first[2:] if w is not None], first[4] is not None)
    x = np.stack([_array(one.arguments[0]) for one in noted])
    states = [_array(s) for s in (first[1] if isinstance(first[1], tuple | list) else [first[1]])]
    if x.ndim == 2:
        x, states = x[:, None], [s[None] for s in states]
    each = [_steps(noted[0].mode, x[:, b], [s[b] for s in states], weights) for b in range(x.shape[1])]
    found = {
        name: np.array([[steps[t][name] for steps in each] for t in range(len(x))])[None, None]
        for name in each[0][0]
    }
    return found, x, [len(x)] * x.shape[1]


def _steps(mode: str, sequence, state, weights):
    steps = []
    for x in sequence:
        values = _STEP[mode](x, *(*state, None)[:2], weights)
        state = [values[name] for name in "hc" if name in values]
        steps.append(values)
    return steps


def _weights(flat, has_biases) -> dict[str, np.ndarray]:
    names = [*_NAMES[: 4 if has_biases else 2], "weight_hr"]
    return {name: _array(w) for name, w in zip(names, flat, strict=False)}


def _array(given: Tensor) -> np.ndarray:
    return given.double().numpy()


def _sequences(data: np.ndarray, sizes: list[int] | None) -> list[np.ndarray]:
    if sizes is None:
        return [data[:, b] for b in range(data.shape[1])]
    starts = np.r_[0, np.cumsum(sizes)]
    return [np.array([data[starts[t] + b] for t, n in enumerate(sizes) if b < n]) for b in range(sizes[0])]


def _padded(sequences: list[np.ndarray]) -> np.ndarray:
    x = np.full((max(map(len, sequences)), len(sequences), sequences[0].shape[-1]), np.nan)
    for b, sequence in enumerate(sequences):
        x[: len(sequence), b] = sequence
    return x


def _dropped(sequences, sizes, probability, state, data):
    """Return the sequences with those units dropped that the kernel drops from these random numbers."""
    width = sequences[0].shape[-1]
    shape = (sum(sizes),) if sizes else (len(sequences[0]), len(sequences))
    with torch.random.fork_rng(devices=()):
        torch.set_rng_state(state)
        mask = torch.dropout(torch.ones(*shape, width, dtype=data.dtype), probability, train=True)
        state = torch.get_rng_state()
    masks = _sequences(_array(mask), sizes)
    return [s * (m > 0) / (1 - probability) for s, m in zip(sequences, masks, strict=True)], state
