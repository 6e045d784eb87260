"""Gates from what torch itself keeps for the backward pass: nothing is computed twice.

On the CPU, in float32 and with gradients enabled, ``nn.LSTM`` runs on oneDNN, and each layer and direction
leaves a node in the graph that holds oneDNN's workspace: i, f, g, o and c of every step. How they lie there
is private to oneDNN, so nothing is taken on trust: c is computed anew from the gates and the c before, h from
o and c, and where that h is not torch's, the workspace is not used.
"""

import warnings
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstm_viz.tracing.call import Call
from lstm_viz.tracing.equations import lstm_cell_state
from lstm_viz.tracing.proof import largest_difference
from lstm_viz.tracing.trace import Array, LSTMTrace

_NODE = "MkldnnRnnLayerBackward"
_PAGE = 4096
_TOLERANCE = 1e-5


def trace_from_workspace(call: Call) -> LSTMTrace | None:
    """Return the trace of a call whose output hangs on a graph with workspaces, else None."""
    if call.module.mode != "LSTM" or call.packed is not None or call.result[0].grad_fn is None:
        return None
    if call.x.dtype != torch.float32 or torch.is_autocast_enabled("cpu") or _kept_elsewhere():
        return None
    layers = _nodes(call.result[0].grad_fn, call.module)
    if layers is None:
        return None
    try:
        trace = _read(call, layers)
    except (TypeError, ValueError):  # numpy: the buffer is too small for the layout
        _say_once()
        return None
    # h alone would not tell i from g, which enter it as a product: only g may be negative
    if trace.max_error > _TOLERANCE or trace.i.min() < 0:
        _say_once()
        return None
    return trace


def _say_once() -> None:
    warnings.warn(
        "oneDNN's workspace does not lie as expected; gates are computed from input and output instead, "
        "which is as exact and somewhat slower",
        stacklevel=2,
    )


# ---------------------------------------------------------------- the graph


def _kept_elsewhere() -> bool:
    """Return whether someone (checkpointing, say) packs what the graph keeps: to look would unpack it."""
    return torch._C._autograd._top_saved_tensors_default_hooks(True) is not None


def _nodes(last: Any, module: nn.RNNBase) -> list[list[Any]] | None:
    """Return the graph's nodes, a list of each layer's directions, or None where the graph lacks some.

    It lacks those of frozen layers, unless the module's input needs a gradient; in both cases nothing that
    lies further down can be mistaken for them.
    """
    directions = 2 if module.bidirectional else 1
    layers: list[list[Any]] = []
    above = last
    for _ in range(module.num_layers):
        nodes = _nearest(above)
        if len(nodes) != directions:
            return None
        layers.insert(0, nodes)
        above = nodes[0].next_functions[0][0]
    return layers


def _nearest(node: Any) -> list[Any]:
    """Return the layer nodes next behind ``node``: one, or two behind the joining of both directions."""
    while node is not None and not node.name().startswith(_NODE):
        if node.name().startswith("CatBackward"):
            return [found for behind, _ in node.next_functions for found in _nearest(behind)]
        node = node.next_functions[0][0] if node.next_functions else None
    return [] if node is None else [node]


# ---------------------------------------------------------------- the workspace


def _read(call: Call, layers: list[list[Any]]) -> LSTMTrace:
    steps, batch = call.x.shape[:2]
    assert call.c0 is not None
    c0 = call.c0.numpy().copy()
    hidden = c0.shape[-1]
    gates = np.empty((*c0.shape[:2], steps, batch, 4, hidden), np.float32)
    before = np.empty((*c0.shape[:2], steps, batch, hidden), np.float32)
    theirs = np.empty_like(before)
    for layer, nodes in enumerate(layers):
        for direction, node in enumerate(nodes):
            way = slice(None, None, -1 if direction else 1)
            gates_of, c_of = _views(node._saved_result3, steps, batch, node._saved_input.shape[-1], hidden)
            gates[layer, direction, way] = gates_of
            previous = before[layer, direction, way]
            previous[0] = c0[layer, direction]
            previous[1:] = c_of[:-1]
            theirs[layer, direction] = node._saved_result0.detach().numpy()
    i, f, g, o = (gates[..., gate, :] for gate in range(4))
    c = lstm_cell_state(i, f, g, before)
    h = np.tanh(c)
    h *= o
    return LSTMTrace(
        i=i, f=f, g=g, o=o, c=c, h=h, c0=c0,
        x=call.x.numpy().copy(),
        h0=call.h0.numpy().copy(),
        lengths=call.lengths,
        max_error=largest_difference(h, theirs),
    )  # fmt: skip


def _views(workspace: Tensor, steps: int, batch: int, inputs: int, hidden: int) -> tuple[Array, Array]:
    """Return the gates (T, B, 4, H) and the cell states (T, B, H; the last is not written) in a workspace.

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
        (steps, batch, 4, hidden), np.float32, buffer, 0, (4 * batch * row, 4 * row, 4 * hidden, 4)
    )
    return gates, np.ndarray((steps, batch, hidden), np.float32, buffer, offset)


def _padded_row(numbers: int) -> int:
    row = -(-numbers // 16) * 16
    return row + 16 if row % 256 == 0 else row


def _whole_pages(size: int) -> int:
    return -(-size // _PAGE) * _PAGE
