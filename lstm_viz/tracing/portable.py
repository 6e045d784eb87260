"""Gates from the hook's own input and output: any device, any kind, any precision.

The output holds h of every step, so all gates of all steps are one matrix product of x_t and h_{t−1} with
the weights; only c goes from step to step. What the layers below the last gave is found by running torch's
own kernel on them, one layer at a time.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_viz.tracing.call import Call
from lstm_viz.tracing.equations import gru, lstm_gates, lstm_hidden_state, rnn
from lstm_viz.tracing.proof import largest_difference
from lstm_viz.tracing.scan import scan
from lstm_viz.tracing.trace import Array, GRUTrace, LSTMTrace, RNNTrace, Trace
from lstm_viz.tracing.weights import Weights, flat_weights, weights_of

Dropped = Callable[[Tensor], Tensor]

_KERNELS: Mapping[str, Callable[..., tuple[Tensor, ...]]] = MappingProxyType(
    {"LSTM": torch.lstm, "GRU": torch.gru, "RNN_TANH": torch.rnn_tanh, "RNN_RELU": torch.rnn_relu}
)

#: Gates are computed for about this many numbers at a time, so that they stay in the processor's cache.
_CHUNK = 1 << 18


def trace_portably(call: Call, dropped: Dropped | None = None) -> Trace:
    """Return the trace of one call.

    Parameters
    ----------
    call : Call
    dropped : callable or None
        Gives a layer's output as the layer above read it, where there was dropout between them.
    """
    build = {"LSTM": _lstm, "GRU": _gru}.get(call.module.mode, _rnn)
    layers = list(_layers(call, dropped))
    with torch.autocast(call.x.device.type, enabled=False):
        return build(call, layers)


# ---------------------------------------------------------------- what every layer read and gave


Layer = tuple[Tensor, Tensor]  # what it read (T, B, I), and torch's h (D, T, B, H)


def _layers(call: Call, dropped: Dropped | None) -> Iterator[Layer]:
    directions = call.h0.shape[1]
    x: Tensor | PackedSequence = call.x if call.packed is None else call.packed
    for layer in range(call.module.num_layers - 1):
        output = _run_layer(call, layer, x)
        yield _padded(x), _by_direction(_padded(output), directions)
        x = output if dropped is None else _map_data(dropped, output)
    yield _padded(x), _by_direction(call.output(), directions)


def _run_layer(call: Call, layer: int, x: Tensor | PackedSequence) -> Tensor | PackedSequence:
    """Return what one layer gives, by torch's own kernel."""
    module = call.module
    kernel = _KERNELS[module.mode]
    h0, c0 = call.h0[layer], None if call.c0 is None else call.c0[layer]
    how = (flat_weights(module, layer), module.bias, 1, 0.0, False, module.bidirectional)
    if not isinstance(x, PackedSequence):
        return kernel(x, h0 if c0 is None else (h0, c0), *how, False)[0]
    if x.sorted_indices is not None:
        h0, c0 = h0[:, x.sorted_indices], None if c0 is None else c0[:, x.sorted_indices]
    data = kernel(x.data, x.batch_sizes, h0 if c0 is None else (h0, c0), *how)[0]
    return _with_data(x, data)


def _map_data(function: Dropped, x: Tensor | PackedSequence) -> Tensor | PackedSequence:
    return _with_data(x, function(x.data)) if isinstance(x, PackedSequence) else function(x)


def _with_data(x: PackedSequence, data: Tensor) -> PackedSequence:
    return PackedSequence(data, x.batch_sizes, x.sorted_indices, x.unsorted_indices)


def _padded(x: Tensor | PackedSequence) -> Tensor:
    return pad_packed_sequence(x)[0] if isinstance(x, PackedSequence) else x


def _by_direction(output: Tensor, directions: int) -> Tensor:
    return output.reshape(*output.shape[:2], directions, output.shape[2] // directions).movedim(2, 0)


# ---------------------------------------------------------------- the gates of every layer


def _lstm(call: Call, layers: list[Layer]) -> Trace:
    assert call.c0 is not None
    i, f, g, o = _every_step(call, layers, lstm_gates, 4)
    c0 = _array(call.c0)
    c = _cell_states(call, i * g, f, c0)
    h = _hidden_states(call.module, o, torch.from_numpy(c))
    return LSTMTrace(
        i=_ended(call, i.numpy()),
        f=_ended(call, f.numpy()),
        g=_ended(call, g.numpy()),
        o=_ended(call, o.numpy()),
        c=_ended(call, c),
        c0=c0,
        **_common(call, layers, h),
    )


def _gru(call: Call, layers: list[Layer]) -> Trace:
    r, z, n, h = (quantity.numpy() for quantity in _every_step(call, layers, gru, 4))
    return GRUTrace(r=_ended(call, r), z=_ended(call, z), n=_ended(call, n), **_common(call, layers, h))


def _rnn(call: Call, layers: list[Layer]) -> Trace:
    def cell(x: Tensor, h: Tensor, w: Weights) -> tuple[Tensor]:
        return (rnn(x, h, w, "tanh" if call.module.mode == "RNN_TANH" else "relu"),)

    (h,) = _every_step(call, layers, cell, 1)
    return RNNTrace(**_common(call, layers, h.numpy()))


def _every_step(
    call: Call,
    layers: list[Layer],
    cell: Callable[[Tensor, Tensor, Weights], tuple[Tensor, ...]],
    count: int,
) -> tuple[Tensor, ...]:
    """Return ``cell`` at every step: ``count`` quantities (L, D, T, B, hidden_size) on the CPU."""
    steps, batch = call.x.shape[:2]
    dtype = _dtype(call.x)
    shape = (*call.h0.shape[:2], steps, batch, call.module.hidden_size)
    quantities = tuple(torch.empty(shape, dtype=dtype) for _ in range(count))
    chunk = max(1, _CHUNK // max(1, batch * shape[-1] * count))
    for layer, (x, theirs) in enumerate(layers):
        for direction, h in enumerate(theirs):
            weights = weights_of(call.module, layer, direction).to(dtype)
            before = _before(call, h, call.h0[layer, direction], reverse=direction == 1)
            for t in range(0, steps, chunk):
                now = slice(t, t + chunk)
                results = cell(x[now].to(dtype), before[now].to(dtype), weights)
                for quantity, result in zip(quantities, results, strict=True):
                    quantity[layer, direction, now] = result
    return quantities


def _before(call: Call, h: Tensor, h0: Tensor, *, reverse: bool) -> Tensor:
    """Return h as each step found it, (T, B, H), from h as each step left it."""
    if not reverse:
        return torch.cat((h0[None], h[:-1]))
    before = torch.cat((h[1:], h0[None]))
    if call.ragged:
        before[torch.from_numpy(call.lengths - 1), torch.arange(len(h0))] = h0
    return before


def _cell_states(call: Call, written: Tensor, f: Tensor, c0: Array) -> Array:
    if call.ragged:  # the backward direction carries c0 through the padding to each sequence's end
        over = torch.from_numpy(_over(call))
        f[:, :, over], written[:, :, over] = 1, 0
    kept, wrote = f.numpy(), written.numpy()
    c = np.empty_like(kept)
    for direction, way in zip(range(c.shape[1]), (slice(None), slice(None, None, -1)), strict=False):
        f_first, w_first = (np.moveaxis(a[:, direction], 1, 0)[way] for a in (kept, wrote))
        np.moveaxis(c[:, direction], 1, 0)[way] = scan(f_first, w_first, c0[:, direction])
    return c


def _hidden_states(module: nn.RNNBase, o: Tensor, c: Tensor) -> Array:
    if not module.proj_size:
        return lstm_hidden_state(o, c).numpy()
    h = o.new_empty(*o.shape[:-1], module.proj_size)
    for layer, direction in np.ndindex(*o.shape[:2]):
        weight_hr = weights_of(module, layer, direction).weight_hr
        assert weight_hr is not None
        h[layer, direction] = lstm_hidden_state(
            o[layer, direction], c[layer, direction], weight_hr.to(o.device, o.dtype)
        )
    return h.numpy()


# ---------------------------------------------------------------- what every trace has


def _common(call: Call, layers: list[Layer], h: Array) -> dict[str, Any]:
    """Return the fields that every trace has, and the proof that ``h`` is what torch computed."""
    theirs = _array(torch.stack([h for _, h in layers]))
    h = _ended(call, h)
    error = largest_difference(h, _ended(call, theirs))
    at_the_end = largest_difference(_final(call, h), _array(call.h_n()))
    return {
        "x": _ended(call, _array(call.x)),
        "h": h,
        "h0": _array(call.h0),
        "lengths": call.lengths,
        "max_error": max(error, at_the_end),
    }


def _final(call: Call, h: Array) -> Array:
    """Return h after each direction's last step, (L, D, B, H)."""
    final = np.empty_like(h[:, :, 0])
    final[:, 0] = h[:, 0, call.lengths - 1, np.arange(len(call.lengths))]
    final[:, 1:] = h[:, 1:, 0]
    return final


def _ended(call: Call, quantity: Array) -> Array:
    """Return ``quantity`` (..., T, B, H), set to NaN where a sequence is over."""
    if call.ragged:
        quantity[..., _over(call), :] = np.nan
    return quantity


def _over(call: Call) -> npt.NDArray[np.bool_]:
    return np.arange(call.x.shape[0])[:, None] >= call.lengths


def _dtype(given: Tensor) -> torch.dtype:
    return torch.float64 if given.dtype == torch.float64 else torch.float32


def _array(given: Tensor) -> Array:
    """Return a copy on the CPU that nobody else can write to."""
    return given.detach().to("cpu", _dtype(given), copy=True).numpy()
