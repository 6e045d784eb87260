"""What torch's kernels recorded, found without a capture, and every step of it in float64."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from unittest import mock

import numpy as np
import torch
from torch import Tensor, nn

from tests.tracing.conftest import _STEP as STEP

MODES = {"lstm": "LSTM", "gru": "GRU", "rnn_tanh": "RNN_TANH", "rnn_relu": "RNN_RELU"}
CLASSES = (nn.LSTM, nn.GRU, nn.RNN, nn.LSTMCell, nn.GRUCell, nn.RNNCell)


@dataclass
class KernelCall:
    """A call by ``owner``, which is None where no module of torch's made it."""

    name: str
    owner: nn.Module | None
    args: tuple
    random_state: Tensor

    @property
    def is_cell(self) -> bool:
        return self.name.endswith("_cell")

    @property
    def mode(self) -> str:
        return MODES[self.name.removesuffix("_cell")]


@contextmanager
def recorded() -> Iterator[list[KernelCall]]:
    """Replace torch's kernels with functions that note what they are given."""
    calls: list[KernelCall] = []
    owners: list[nn.Module] = []
    with ExitStack() as stack:
        for name in [*MODES, *(f"{name}_cell" for name in MODES)]:
            noting = _noting(getattr(torch, name), name, owners, calls)
            stack.enter_context(mock.patch.object(torch, name, noting))
            stack.enter_context(mock.patch.object(torch._VF, name, noting, create=True))
        for kind in CLASSES:
            stack.enter_context(mock.patch.object(kind, "forward", _owning(kind.forward, owners)))
        yield calls


def _noting(kernel: Callable, name: str, owners: list, calls: list) -> Callable:
    def call(*args):
        owner = owners[-1] if owners else None
        calls.append(KernelCall(name, owner, _copied(args), torch.get_rng_state()))
        return kernel(*args)

    return call


def _owning(forward: Callable, owners: list) -> Callable:
    def call(self, *args, **kwargs):
        owners.append(self)
        try:
            return forward(self, *args, **kwargs)
        finally:
            owners.pop()

    return call


def _copied(given):
    if isinstance(given, Tensor):
        return given.detach().clone()
    return tuple(map(_copied, given)) if isinstance(given, list | tuple) else given


# ---------------------------------------------------------------- the loop


def quantities_of(call: KernelCall) -> dict[str, np.ndarray]:
    """Return every quantity (L, D, T, B, H) in the order of the kernel's batch, and x, NaN past the end."""
    return _of_cell(call) if call.is_cell else _of_layers(call)


def _of_cell(call: KernelCall) -> dict[str, np.ndarray]:
    x, state, *weights = map(_numbers, call.args)
    states = state if isinstance(state, tuple) else (state, state)
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    w = {name: weight for name, weight in zip(names, weights, strict=False) if weight is not None}
    rows = [STEP[call.mode](x[b], states[0][b], states[1][b], w) for b in range(len(x))]
    found = {name: np.stack([row[name] for row in rows])[None, None, None] for name in rows[0]}
    return found | {"x": x[None], "h0": states[0][None, None]}


def _of_layers(call: KernelCall) -> dict[str, np.ndarray]:
    args = list(call.args)
    is_packed = isinstance(args[1], Tensor) and not args[1].is_floating_point()
    batch_sizes = args.pop(1) if is_packed else None
    data, state, flat, biases, layers, dropout, train, both = args[:8]
    batch_first = not is_packed and args[8]
    x, lengths = _time_first(data, batch_sizes, batch_first)
    states = tuple(map(_numbers, state)) if isinstance(state, tuple) else (_numbers(state),) * 2
    directions, per = 1 + both, len(flat) // (layers * (1 + both))
    names = ("weight_ih", "weight_hh", *(("bias_ih", "bias_hh") if biases else ()), "weight_hr")
    found, masks = (
        {"x": x, "h0": states[0].reshape(layers, directions, *states[0].shape[1:])},
        call.random_state,
    )
    inputs, every = x, []
    for layer in range(layers):
        each = []
        for d in range(directions):
            k = layer * directions + d
            w = dict(zip(names, map(_numbers, flat[k * per : (k + 1) * per]), strict=False))
            each.append(_one_direction(call.mode, inputs, lengths, states[0][k], states[1][k], w, d))
        every.append({name: np.stack([one[name] for one in each]) for name in each[0]})
        inputs = np.concatenate([one["h"] for one in each], -1)
        if train and dropout and layer < layers - 1:
            inputs, masks = _dropped(inputs, lengths, dropout, masks)
    return found | {name: np.stack([one[name] for one in every]) for name in every[0]}


def _one_direction(mode, x, lengths, h0, c0, w, reverse):
    steps, batch, _ = x.shape
    found: dict[str, np.ndarray] = {}
    for b in range(batch):
        h, c = h0[b], c0[b]
        order = range(lengths[b])
        for t in reversed(order) if reverse else order:
            values = STEP[mode](x[t, b], h, c, w)
            h, c = values["h"], values.get("c")
            for name, value in values.items():
                found.setdefault(name, np.full((steps, batch, len(value)), np.nan))[t, b] = value
    return found


def _time_first(data, batch_sizes, batch_first):
    x = _numbers(data)
    if batch_sizes is None:
        x = x.swapaxes(0, 1) if batch_first else x
        return x, [len(x)] * x.shape[1]
    sizes = batch_sizes.tolist()
    padded = np.full((len(sizes), sizes[0], x.shape[1]), np.nan)
    for t, rows in enumerate(np.split(x, np.cumsum(sizes)[:-1])):
        padded[t, : len(rows)] = rows
    return padded, [sum(size > b for size in sizes) for b in range(sizes[0])]


def _dropped(x, lengths, probability, state):
    """Drop units as torch does: of a packed batch there are no numbers past a sequence's end to drop."""
    there = np.arange(len(x))[:, None] < np.array(lengths)
    with torch.random.fork_rng(devices=()):
        torch.set_rng_state(state)
        mask = torch.dropout(torch.ones(int(there.sum()), x.shape[-1]), probability, True).numpy()
        dropped = np.full_like(x, np.nan)
        dropped[there] = x[there] * mask
        return dropped, torch.get_rng_state()


def _numbers(given):
    if isinstance(given, tuple):
        return tuple(map(_numbers, given))
    return None if given is None else given.double().numpy()
