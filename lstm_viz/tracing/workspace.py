"""Gates from what oneDNN keeps for the backward pass: only c and h are computed, as the proof.

On the CPU, in float32, ``nn.LSTM`` runs on oneDNN. With gradients enabled each layer and direction leaves a
node in the graph that holds oneDNN's workspace: i, f, g, o and c of every step. Without them nothing is kept,
and oneDNN is run once more to keep it, a layer and direction at a time.

How the numbers lie there is private to oneDNN, so nothing is taken on trust: c is computed anew from the
gates and the c before, h from o and c, and where that h is not torch's, the workspace is not used.
"""

import warnings
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_viz.tracing.call import Call
from lstm_viz.tracing.proof import largest_difference
from lstm_viz.tracing.trace import Array, LSTMTrace
from lstm_viz.tracing.weights import flat_weights

_NODE = "MkldnnRnnLayerBackward"
_LSTM = 2  # oneDNN's number of the cell
_PAGE = 4096
_TOLERANCE = 1e-5


class _Kept(NamedTuple):
    """What one layer and direction left: oneDNN's workspace and h (T, B, H)."""

    workspace: Tensor
    output: Array


def trace_from_workspace(call: Call, *, dropped: bool = False) -> LSTMTrace | None:
    """Return the trace of a call that ran on oneDNN, or None where its workspaces cannot be had.

    Parameters
    ----------
    call : Call
    dropped : bool
        Whether there was dropout between the layers: then oneDNN cannot be run again.
    """
    if not _ran_on_onednn(call):
        return None
    nodes = _nodes(call)
    if nodes is not None:
        trace = _read(call, map(_kept_by, nodes))
        if trace is None:
            _say_once()
        return trace
    if dropped:
        return None
    with torch.enable_grad():  # else there is no workspace; there is no graph, as nothing needs a gradient
        return _read(call, _run_again(call))


def _say_once() -> None:
    warnings.warn(
        "oneDNN's workspace does not lie as expected; gates are computed from input and output instead, "
        "which is as exact and somewhat slower",
        stacklevel=2,
    )


def _ran_on_onednn(call: Call) -> bool:
    return (
        call.module.mode == "LSTM"
        and call.packed is None
        and not call.module.proj_size
        and call.x.dtype == torch.float32
        and call.x.device.type == "cpu"
        and call.x.numel() > 0
        and torch._C._has_mkldnn
        and torch._C._get_mkldnn_enabled()
        and not torch.is_autocast_enabled("cpu")
    )


# ---------------------------------------------------------------- the graph


def _kept_elsewhere() -> bool:
    """Return whether someone (checkpointing, say) packs what the graph keeps: to look would unpack it."""
    return torch._C._autograd._top_saved_tensors_default_hooks(True) is not None


def _nodes(call: Call) -> list[Any] | None:
    """Return the graph's node of every layer and direction, or None where the graph lacks some.

    It lacks those of frozen layers, unless the module's input needs a gradient; in both cases nothing that
    lies further down can be mistaken for them.
    """
    above = call.result[0].grad_fn
    if above is None or _kept_elsewhere():
        return None
    directions = 2 if call.module.bidirectional else 1
    found: list[Any] = []
    for _ in range(call.module.num_layers):
        nodes = _nearest(above)
        if len(nodes) != directions:
            return None
        found = nodes + found
        above = nodes[0].next_functions[0][0]
    return found


def _kept_by(node: Any) -> _Kept:
    return _Kept(node._saved_result3, node._saved_result0.detach().numpy())


def _nearest(node: Any) -> list[Any]:
    """Return the layer nodes next behind ``node``: one, or two behind the joining of both directions."""
    while node is not None and not node.name().startswith(_NODE):
        if node.name().startswith("CatBackward"):
            return [found for behind, _ in node.next_functions for found in _nearest(behind)]
        node = node.next_functions[0][0] if node.next_functions else None
    return [] if node is None else [node]


# ---------------------------------------------------------------- once more


def _run_again(call: Call) -> Iterator[_Kept]:
    """Run each layer and direction as torch ran it; h is torch's own wherever the caller was given it."""
    x, directions, last = call.x.contiguous(), call.h0.shape[1], call.module.num_layers - 1
    given = call.output().numpy().reshape(*x.shape[:2], directions, -1)
    h_n = call.h_n().numpy()
    for layer in range(last + 1):
        outputs = []
        for direction in range(directions):
            output, workspace = _run_layer(call, layer, direction, x)
            outputs.append(output)
            final = h_n[layer, direction]
            h = given[:, :, direction] if layer == last else _ending(output, final, direction)
            yield _Kept(workspace, h)
        x = torch.cat(outputs, dim=-1) if directions > 1 else output


def _run_layer(call: Call, layer: int, direction: int, x: Tensor) -> tuple[Tensor, Tensor]:
    """Return the output (T, B, H) and the workspace of one layer and direction."""
    assert call.c0 is not None
    flat = flat_weights(call.module, layer)
    count = len(flat) // call.h0.shape[1]
    w_ih, w_hh, *biases = flat[direction * count : (direction + 1) * count]
    b_ih, b_hh = biases or (w_ih.new_zeros(len(w_ih)),) * 2
    h0, c0 = call.h0[layer, direction].contiguous(), call.c0[layer, direction].contiguous()
    reverse, hidden = direction == 1, h0.shape[-1]
    output, _, _, workspace = torch.mkldnn_rnn_layer(
        x, w_ih, w_hh, b_ih, b_hh, h0, c0, reverse, [], _LSTM, hidden, 1, True, False, False, True
    )
    return output, workspace


def _ending(output: Tensor, final: Array, direction: int) -> Array:
    """Return h of every step, with ``final`` after the step that was processed last."""
    h = output.numpy().copy()
    h[0 if direction else -1] = final
    return h


# ---------------------------------------------------------------- the workspace


def _read(call: Call, kept: Iterable[_Kept]) -> LSTMTrace | None:
    """Return the trace if its h is torch's."""
    try:
        trace = _unproven(call, kept)
    except (TypeError, ValueError):  # numpy: the buffer is too small for the layout
        return None
    # h alone would not tell i from g, which enter it as a product: only g may be negative
    return None if trace.max_error > _TOLERANCE or trace.i.min() < 0 else trace


def _unproven(call: Call, kept: Iterable[_Kept]) -> LSTMTrace:
    """Return what the workspaces say if they lie as expected, and how far its h is from torch's."""
    assert call.c0 is not None
    c0, (steps, batch, inputs) = call.c0.numpy().copy(), call.x.shape
    layers, directions, _, hidden = c0.shape
    quantities = np.empty((6, layers, directions, steps, batch, hidden), np.float32)
    i, f, g, o, c, h = quantities
    theirs = np.empty_like(h)
    places = product(range(layers), range(directions))
    for (layer, direction), (workspace, output) in zip(places, kept, strict=True):
        width = inputs if layer == 0 else directions * hidden
        gates, earlier = _views(workspace, steps, batch, width, hidden)
        way = slice(None, None, -1 if direction else 1)
        quantities[:4, layer, direction, way] = gates
        c[layer, direction, way][0] = c0[layer, direction]
        c[layer, direction, way][1:] = earlier
        theirs[layer, direction] = output
    # in place, for large nets: c = f ⊙ c + i ⊙ g, h = o ⊙ tanh(c)
    with np.errstate(all="ignore"):  # with another layout these are any numbers
        c *= f
        c += np.multiply(i, g, out=h)
        np.tanh(c, out=h)
        h *= o
    return LSTMTrace(
        i=i, f=f, g=g, o=o, c=c, h=h, c0=c0,
        x=call.x.numpy().copy(),
        h0=call.h0.numpy().copy(),
        lengths=call.lengths,
        max_error=largest_difference(h, theirs),
    )  # fmt: skip


def _views(workspace: Tensor, steps: int, batch: int, inputs: int, hidden: int) -> tuple[Array, Array]:
    """Return the gates (4, T, B, H) and the cell states but the last (T − 1, B, H) in a workspace.

    Rows are padded to whole cache lines off powers of two, areas to whole pages. Both are in the order in
    which the steps were processed.
    """
    row = _padded_row(4 * hidden)
    area = (
        _whole_pages(4 * steps * batch * row)
        + _whole_pages(4 * steps * batch * _padded_row(hidden))
        + _whole_pages(8 * (steps + 1) * batch * _padded_row(max(hidden, inputs)))
    )
    offset = area + 4 * (steps + 2) * batch * hidden
    buffer = workspace.numpy()
    gates = np.ndarray(
        (4, steps, batch, hidden), np.float32, buffer, 0, (4 * hidden, 4 * batch * row, 4 * row, 4)
    )
    return gates, np.ndarray((steps - 1, batch, hidden), np.float32, buffer, offset)


def _padded_row(numbers: int) -> int:
    row = -(-numbers // 16) * 16
    return row + 16 if row % 256 == 0 else row


def _whole_pages(size: int) -> int:
    return -(-size // _PAGE) * _PAGE
