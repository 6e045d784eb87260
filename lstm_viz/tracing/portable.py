"""Recovery of the quantities of a call from its input and output, for any device, cell and precision.

The output has h of every step, so all gates of all steps are one matrix product of x_t and h_{t−1} with the
weights; only c is computed step by step. The outputs of the layers below the last are computed by torch's own
kernel, one layer at a time.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_viz.cells import KINDS
from lstm_viz.tracing.call import Call
from lstm_viz.tracing.dropout import Redraw
from lstm_viz.tracing.equations import EQUATIONS, lstm_gates, lstm_hidden_state, unchanged
from lstm_viz.tracing.errors import DropoutError
from lstm_viz.tracing.kernels import KERNELS
from lstm_viz.tracing.recovered import Recovered
from lstm_viz.tracing.scan import scan
from lstm_viz.tracing.trace import Array
from lstm_viz.tracing.weights import Weights

Dropped = Callable[[Tensor], Tensor]

_KERNELS: Mapping[str, Callable[..., tuple[Tensor, ...]]] = MappingProxyType(
    {kernel.mode: function for function, kernel in KERNELS.items() if not kernel.is_cell}
)

#: Gates are computed in chunks of about this many numbers, which fit into the processor's cache.
_CHUNK = 1 << 18


def recover_portably(call: Call) -> Recovered:
    """Return the quantities of a call.

    Raises
    ------
    DropoutError
        If there was dropout between its layers on a device other than the CPU.
    """
    layers = list(_layers(call, _dropped(call)))
    quantities = (_stateless if call.c0 is None else _with_cell_states)(call, layers)
    theirs = ended(call, as_array(torch.stack([h for _, h in layers])))
    found = {name: ended(call, quantity) for name, quantity in quantities.items()}
    return Recovered(found, theirs, [x for x, _ in layers], reads_gates=False)


def _dropped(call: Call) -> Dropped | None:
    """Return the function that applies the dropout masks between layers, None without dropout."""
    state = call.recorded.random_state
    if state is None:
        return None
    if call.x.device.type != "cpu":
        raise DropoutError(
            f"dropout between layers cannot be drawn again on {call.x.device}; use model.eval()"
        )
    return Redraw(call.recorded.dropout, state)


# ---------------------------------------------------------------- inputs and outputs of the layers


Layer = tuple[Tensor, Tensor]  # the input (T, B, I), and torch's h (D, T, B, H)


def _layers(call: Call, dropped: Dropped | None) -> Iterator[Layer]:
    directions = call.h0.shape[1]
    x: Tensor | PackedSequence = call.x if call.packed is None else call.packed
    for layer in range(call.recorded.layers - 1):
        output = _run_layer(call, layer, x)
        yield _padded(x), _by_direction(_padded(output), directions)
        x = output if dropped is None else _map_data(dropped, output)
    yield _padded(x), _by_direction(call.output, directions)


def _run_layer(call: Call, layer: int, x: Tensor | PackedSequence) -> Tensor | PackedSequence:
    """Return the output of one layer, by torch's own kernel."""
    weights = call.known_weights()[layer]
    kernel, flat = _KERNELS[call.mode], [w for each in weights for w in each.flat()]
    h0, c0 = call.h0[layer], None if call.c0 is None else call.c0[layer]
    how = (flat, weights[0].bias_ih is not None, 1, 0.0, False, len(weights) == 2)
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


def _with_cell_states(call: Call, layers: list[Layer]) -> dict[str, Array]:
    """Return the quantities of an LSTM: torch returns no c but the last."""
    assert call.c0 is not None
    i, f, g, o = _every_step(call, layers, lstm_gates, len(KINDS[call.mode].gates))
    c = _cell_states(call, i * g, f, as_array(call.c0))
    h = _hidden_states(call, o, torch.from_numpy(c))
    return {"i": i.numpy(), "f": f.numpy(), "g": g.numpy(), "o": o.numpy(), "c": c, "h": h}


def _stateless(call: Call, layers: list[Layer]) -> dict[str, Array]:
    """Return the quantities of a cell without a state besides h: all steps are computed at once."""
    equations, symbols = EQUATIONS[call.mode], KINDS[call.mode].symbols

    def cell(x: Tensor, h: Tensor, w: Weights) -> tuple[Tensor, ...]:
        return tuple(equations(x, {"h": h}, w, unchanged).values())

    found = _every_step(call, layers, cell, len(symbols))
    return {symbol: quantity.numpy() for symbol, quantity in zip(symbols, found, strict=True)}


def _every_step(
    call: Call,
    layers: list[Layer],
    cell: Callable[[Tensor, Tensor, Weights], tuple[Tensor, ...]],
    count: int,
) -> tuple[Tensor, ...]:
    """Return ``cell`` at every step: ``count`` quantities (L, D, T, B, hidden_size) on the CPU."""
    steps, batch = call.x.shape[:2]
    dtype = _dtype(call.x)
    shape = (*call.h0.shape[:2], steps, batch, call.hidden_size)
    quantities = tuple(torch.empty(shape, dtype=dtype, device="cpu") for _ in range(count))
    chunk = max(1, _CHUNK // max(1, batch * shape[-1] * count))
    for layer, (x, theirs) in enumerate(layers):
        for direction, h in enumerate(theirs):
            weights = call.known_weights()[layer][direction].to(dtype)
            before = _before(call, h, call.h0[layer, direction], reverse=direction == 1)
            for t in range(0, steps, chunk):
                now = slice(t, t + chunk)
                results = cell(x[now].to(dtype), before[now].to(dtype), weights)
                for quantity, result in zip(quantities, results, strict=True):
                    quantity[layer, direction, now] = result
    return quantities


def _before(call: Call, h: Tensor, h0: Tensor, *, reverse: bool) -> Tensor:
    """Return h before each step, (T, B, H), from h after each step."""
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


def _hidden_states(call: Call, o: Tensor, c: Tensor) -> Array:
    weights = call.known_weights()
    if weights[0][0].weight_hr is None:
        return lstm_hidden_state(o, c).numpy()
    h = o.new_empty(*o.shape[:-1], call.h0.shape[-1])
    for layer, direction in np.ndindex(*o.shape[:2]):
        weight_hr = weights[layer][direction].weight_hr
        assert weight_hr is not None
        h[layer, direction] = lstm_hidden_state(
            o[layer, direction], c[layer, direction], weight_hr.to(o.device, o.dtype)
        )
    return h.numpy()


# ---------------------------------------------------------------- numpy arrays


def ended(call: Call, quantity: Array) -> Array:
    """Return ``quantity`` (..., T, B, H), set to NaN past the end of each sequence."""
    if call.ragged:
        quantity[..., _over(call), :] = np.nan
    return quantity


def as_array(given: Tensor) -> Array:
    """Return a copy on the CPU that shares no memory, in float64 or float32."""
    return given.detach().to("cpu", _dtype(given), copy=True).numpy()


def _over(call: Call) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    return np.arange(call.x.shape[0])[:, None] >= call.lengths


def _dtype(given: Tensor) -> torch.dtype:
    return torch.float64 if given.dtype == torch.float64 else torch.float32
