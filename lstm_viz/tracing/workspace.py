"""OneDNN's workspaces for the backward pass: the gates and the cell state of every step.

On the CPU, in float32, ``nn.LSTM`` runs on oneDNN. With gradients enabled each layer and direction has a node
in the graph with oneDNN's workspace: i, f, g, o and c of every step. Without gradients there is none, and
oneDNN can be run again to make it, for each layer and direction.

The memory layout is private to oneDNN, but depends on the size only. So the gates of the first workspace of
each size are also computed from the weights and compared; c and h are always computed from the gates and
compared with torch's.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_viz.tracing.trace import Array
from lstm_viz.tracing.weights import Weights

_NODE = "MkldnnRnnLayerBackward"
_LSTM = 2  # oneDNN's number of the cell
_PAGE = 4096
_MOST_SIZES = 10_000
#: The sizes (T, B, I, H) of workspaces whose layout was verified by recomputing their gates.
_known_sizes: set[tuple[int, int, int, int]] = set()


class Contents(NamedTuple):
    """The contents of the workspace of one layer and direction.

    Attributes
    ----------
    gates : array (4, T, B, H)
        i, f, g and o, in the order of computation.
    cells : array (T − 1, B, H)
        c after every step but the last, in the same order.
    output : array (T, B, H)
        Torch's h, in the order of the input.
    size : tuple of int
        T, B, I and H.
    """

    gates: Array
    cells: Array
    output: Array
    size: tuple[int, int, int, int]


def is_known(workspaces: "Iterable[Workspace | Contents]") -> bool:
    """Return whether the layout of workspaces of these sizes has been verified."""
    return all(workspace.size in _known_sizes for workspace in workspaces)


def make_known(workspaces: "Iterable[Workspace | Contents]") -> None:
    """Store that the layout of workspaces of these sizes has been verified."""
    if len(_known_sizes) < _MOST_SIZES:
        _known_sizes.update(workspace.size for workspace in workspaces)


class Workspace(NamedTuple):
    """OneDNN's workspace of one layer and direction, and h (T, B, H); ``size`` is T, B, I and H."""

    memory: Tensor
    output: Tensor
    size: tuple[int, int, int, int]

    def copied(self) -> Contents:
        """Return a copy of the contents: the workspace is three times as large."""
        kept = contents_of(self)
        return kept._replace(gates=kept.gates.copy(), cells=kept.cells.copy())


# ---------------------------------------------------------------- the graph


def workspaces_of(
    output: Tensor, shape: tuple[int, int, int, int, int], inputs: int
) -> list[Workspace] | None:
    """Return the workspaces of every layer and direction in the graph of ``output``.

    None where the graph lacks some: those of frozen layers, unless the input requires a gradient. Nodes of
    other modules further down the graph cannot be mistaken for them.

    Parameters
    ----------
    output : Tensor
        The output of the kernel.
    shape : tuple of int
        L, D, T, B and H.
    inputs : int
        The input size of the first layer.
    """
    layers, directions, steps, batch, hidden = shape
    above = output.grad_fn
    if above is None or _has_saved_tensor_hooks():
        return None
    found: list[Workspace] = []
    for layer in reversed(range(layers)):
        nodes = _nearest(above)
        if len(nodes) != directions:
            return None
        width = directions * hidden if layer else inputs
        size = (steps, batch, width, hidden)
        found = [Workspace(n._saved_result3, n._saved_result0.detach(), size) for n in nodes] + found
        above = nodes[0].next_functions[0][0]
    return found


def _has_saved_tensor_hooks() -> bool:
    """Return whether saved tensors are packed by hooks, as with checkpointing: access would unpack them."""
    return torch._C._autograd._top_saved_tensors_default_hooks(True) is not None


def _nearest(node: Any) -> list[Any]:
    """Return the nearest layer nodes behind ``node``: one, or two behind a concatenation of directions."""
    while node is not None and not node.name().startswith(_NODE):
        if node.name().startswith("CatBackward"):
            return [found for behind, _ in node.next_functions for found in _nearest(behind)]
        node = node.next_functions[0][0] if node.next_functions else None
    return [] if node is None else [node]


# ---------------------------------------------------------------- running again


def rerun(x: Tensor, w: Weights, h0: Tensor, c0: Tensor, *, reverse: bool) -> tuple[Contents, Tensor]:
    """Run one layer and direction again; return the contents of the workspace, and the output (T, B, H)."""
    hidden, no_bias = h0.shape[-1], w.weight_ih.new_zeros(len(w.weight_ih))
    b_ih, b_hh = (no_bias if bias is None else bias for bias in (w.bias_ih, w.bias_hh))
    with torch.enable_grad():  # needed for the workspace; no graph is made, as nothing requires a gradient
        output, _, _, workspace = torch.mkldnn_rnn_layer(
            x, w.weight_ih, w.weight_hh, b_ih, b_hh, h0.contiguous(), c0.contiguous(),
            reverse, [], _LSTM, hidden, 1, True, False, False, True,
        )  # fmt: skip
    return contents_of(Workspace(workspace, output, (*x.shape, hidden))), output


# ---------------------------------------------------------------- the workspace


def contents_of(workspace: Workspace) -> Contents:
    """Return views of the gates and cell states in a workspace; NaN where it cannot have the expected layout.

    Rows are padded to whole cache lines that avoid powers of two, areas to whole pages.
    """
    steps, batch, inputs, hidden = workspace.size
    row = _padded_row(4 * hidden)
    area = (
        _whole_pages(4 * steps * batch * row)
        + _whole_pages(4 * steps * batch * _padded_row(hidden))
        + _whole_pages(8 * (steps + 1) * batch * _padded_row(max(hidden, inputs)))
    )
    offset = area + 4 * (steps + 2) * batch * hidden
    buffer, shape = workspace.memory.detach().numpy(), (4, steps, batch, hidden)
    try:
        gates = np.ndarray(shape, np.float32, buffer, 0, (4 * hidden, 4 * batch * row, 4 * row, 4))
        cells = np.ndarray((steps - 1, batch, hidden), np.float32, buffer, offset)
    except (TypeError, ValueError):  # the buffer is too small for this layout: its contents are unknown
        gates, cells = (
            np.broadcast_to(np.float32(np.nan), size) for size in (shape, (steps - 1, *shape[2:]))
        )
    return Contents(gates, cells, workspace.output.detach().numpy(), workspace.size)


def _padded_row(numbers: int) -> int:
    row = -(-numbers // 16) * 16
    return row + 16 if row % 256 == 0 else row


def _whole_pages(size: int) -> int:
    return -(-size // _PAGE) * _PAGE
