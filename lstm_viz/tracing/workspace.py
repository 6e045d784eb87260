"""What oneDNN keeps for the backward pass: the gates and the cell state of every step.

On the CPU, in float32, ``nn.LSTM`` runs on oneDNN. With gradients enabled each layer and direction leaves a
node in the graph that holds oneDNN's workspace: i, f, g, o and c of every step. Without them nothing is kept,
and oneDNN can be run once more to keep it, a layer and direction at a time.

How the numbers lie there is private to oneDNN, but depends on the size only. So the gates of the first
workspace of each size are computed from the weights as well, and compared; c and h are always computed from
the gates, and compared with torch's.
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
#: The sizes (T, B, I, H) of workspaces that were found to lie as expected, by computing their gates anew.
_known_sizes: set[tuple[int, int, int, int]] = set()


class Kept(NamedTuple):
    """What one layer and direction left.

    Attributes
    ----------
    gates : array (4, T, B, H)
        i, f, g and o, in the order in which the steps were processed.
    cells : array (T − 1, B, H)
        c after every step but the last, in the same order.
    output : array (T, B, H)
        Torch's h, in the order of the sentence.
    size : tuple of int
        T, B, I and H.
    """

    gates: Array
    cells: Array
    output: Array
    size: tuple[int, int, int, int]


def is_known(workspaces: "Iterable[Workspace | Kept]") -> bool:
    """Return whether workspaces of these sizes were found to lie as expected."""
    return all(workspace.size in _known_sizes for workspace in workspaces)


def make_known(workspaces: "Iterable[Workspace | Kept]") -> None:
    """Remember that workspaces of these sizes lie as expected."""
    if len(_known_sizes) < _MOST_SIZES:
        _known_sizes.update(workspace.size for workspace in workspaces)


class Workspace(NamedTuple):
    """OneDNN's workspace of one layer and direction, and h (T, B, H); ``size`` is T, B, I and H."""

    memory: Tensor
    output: Tensor
    size: tuple[int, int, int, int]

    def copied(self) -> Kept:
        """Return a copy of what is read from it: it is three times as large as that."""
        kept = kept_in(self)
        return kept._replace(gates=kept.gates.copy(), cells=kept.cells.copy())


# ---------------------------------------------------------------- the graph


def kept_by_graph(
    output: Tensor, shape: tuple[int, int, int, int, int], inputs: int
) -> list[Workspace] | None:
    """Return what the graph behind ``output`` keeps of every layer and direction.

    None where the graph lacks some: those of frozen layers, unless the input needs a gradient. Nothing that
    lies further down can be mistaken for them.

    Parameters
    ----------
    output : Tensor
        As the kernel gave it out.
    shape : tuple of int
        L, D, T, B and H.
    inputs : int
        The size of what the first layer reads.
    """
    layers, directions, steps, batch, hidden = shape
    above = output.grad_fn
    if above is None or _kept_elsewhere():
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


def _kept_elsewhere() -> bool:
    """Return whether someone (checkpointing, say) packs what the graph keeps: to look would unpack it."""
    return torch._C._autograd._top_saved_tensors_default_hooks(True) is not None


def _nearest(node: Any) -> list[Any]:
    """Return the layer nodes next behind ``node``: one, or two behind the joining of both directions."""
    while node is not None and not node.name().startswith(_NODE):
        if node.name().startswith("CatBackward"):
            return [found for behind, _ in node.next_functions for found in _nearest(behind)]
        node = node.next_functions[0][0] if node.next_functions else None
    return [] if node is None else [node]


# ---------------------------------------------------------------- once more


def kept_again(x: Tensor, w: Weights, h0: Tensor, c0: Tensor, *, reverse: bool) -> tuple[Kept, Tensor]:
    """Run one layer and direction as torch ran it; return what oneDNN keeps, and the output (T, B, H)."""
    hidden, no_bias = h0.shape[-1], w.weight_ih.new_zeros(len(w.weight_ih))
    b_ih, b_hh = (no_bias if bias is None else bias for bias in (w.bias_ih, w.bias_hh))
    with torch.enable_grad():  # else there is no workspace; there is no graph, as nothing needs a gradient
        output, _, _, workspace = torch.mkldnn_rnn_layer(
            x, w.weight_ih, w.weight_hh, b_ih, b_hh, h0.contiguous(), c0.contiguous(),
            reverse, [], _LSTM, hidden, 1, True, False, False, True,
        )  # fmt: skip
    return kept_in(Workspace(workspace, output, (*x.shape, hidden))), output


# ---------------------------------------------------------------- the workspace


def kept_in(workspace: Workspace) -> Kept:
    """Return views of the gates and cell states in a workspace; NaN where they cannot lie as expected.

    Rows are padded to whole cache lines off powers of two, areas to whole pages.
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
    except (TypeError, ValueError):  # the buffer is too small for this layout: what lies there is not known
        gates, cells = (
            np.broadcast_to(np.float32(np.nan), size) for size in (shape, (steps - 1, *shape[2:]))
        )
    return Kept(gates, cells, workspace.output.detach().numpy(), workspace.size)


def _padded_row(numbers: int) -> int:
    row = -(-numbers // 16) * 16
    return row + 16 if row % 256 == 0 else row


def _whole_pages(size: int) -> int:
    return -(-size // _PAGE) * _PAGE
