"""Gradient flow: the norm of the gradient of each word's loss at every earlier hidden state.

Source: R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training Recurrent Neural Networks", ICML
2013: ∂ℰₜ/∂hₖ is a product of t − k Jacobians, and shrinks or grows with their number.

Shapes: T words, R of them whose losses are differentiated together, I input features, H hidden size,
D directions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import nll_loss

from lstm_viz.analysis.unrolled import walk
from lstm_viz.cells import KINDS
from lstm_viz.crf import NO_TAG
from lstm_viz.subjects.readout import Readout

_MOST_NUMBERS = 1 << 22  # of h over all steps and copies of one pass: larger batches cost memory, no time


def gradient_flow(
    net: nn.RNNBase,
    readout: Readout,
    x: Tensor,
    targets: Sequence[int],
    *,
    layer: int = -1,
    direction: int = 0,
) -> npt.NDArray[np.floating[Any]]:
    """Return ‖∂ℰₜ/∂hₖ‖ for every word t and every step k of one layer and direction.

    ℰₜ is the negative log-likelihood of word t's target in nats, of the word by itself; also with a linear
    chain over the tags, whose training loss is that of the whole sentence. The derivative is the total one:
    through all steps that depend on hₖ, directly or not, and through the layers above. An LSTM's c is a state
    of its own: the path from cₖ to the next c does not pass through hₖ.

    The batch has T copies of the sentence, and the loss of word t is taken from the t-th copy: the gradients
    of the sum of the losses are then those of each loss by itself.

    Parameters
    ----------
    net : nn.LSTM, nn.GRU or nn.RNN
        In eval mode; no gradients are accumulated in its weights.
    readout : Readout
        What computes the logits from its output.
    x : Tensor (T, 1, I)
        The input of the module for a sentence of T words, at least one.
    targets : sequence of int
        The index of each word's tag in the tagset. A word with `NO_TAG` has no loss: its row is 0.
    layer, direction : int
        Of the module. A negative layer counts from the top; direction 1 is the reverse
        one.

    Returns
    -------
    array (T, T)
        In the precision of the weights, at [t, k]; 0 where the loss of word t does not depend on hₖ, as for k
        after t in a unidirectional module.

    Raises
    ------
    ValueError
        If the module projects its hidden state (``proj_size``), there is no such layer or direction, there
        are no words, or not as many targets.
    """
    layer = _checked(net, x, targets, layer, direction)
    with torch.no_grad():
        x = _below(net, x, layer)
        hidden_states = _layer(net, layer, x)
    reading = _Reading(
        net, readout, layer, direction, x, hidden_states, torch.tensor(targets, device=x.device)
    )
    rows = torch.split(torch.arange(len(x)), reading.most_rows)
    return torch.cat([reading.norms(some) for some in rows]).numpy()


def _checked(net: nn.RNNBase, x: Tensor, targets: Sequence[int], layer: int, direction: int) -> int:
    """Return the layer, counted from the bottom; raises ValueError."""
    if net.proj_size:
        raise ValueError("the gradient flow of a net that projects its hidden state is not computed")
    if not -net.num_layers <= layer < net.num_layers or not 0 <= direction <= net.bidirectional:
        raise ValueError(f"the net has no layer {layer} with a direction {direction}")
    if not len(x) or len(x) != len(targets):
        raise ValueError(f"{len(targets)} targets do not fit {len(x)} words")
    return layer % net.num_layers


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """The input and output of one layer for a sentence.

    ``x`` (T, 1, I) is the input of the layer, ``hidden_states`` its h in each direction (T, 1, H).
    """

    net: nn.RNNBase
    readout: Readout
    layer: int
    direction: int
    x: Tensor
    hidden_states: list[Tensor]
    targets: Tensor

    @property
    def most_rows(self) -> int:
        """The number of words whose losses are differentiated in one pass."""
        kept = (self.net.num_layers - self.layer) * sum(h.numel() for h in self.hidden_states)
        return max(1, _MOST_NUMBERS // kept)

    @torch.enable_grad()
    def norms(self, rows: Tensor) -> Tensor:
        """Return the rows (R,) of the result, (R, T), a copy of the sentence for each."""
        net = self.net
        nodes = _steps(net, self.layer, self.direction, self.x, len(rows), differentiable=True)
        copies = [h.expand(-1, len(rows), -1) for h in self.hidden_states]
        copies[self.direction] = torch.stack(nodes)
        output = torch.cat(copies, -1)
        for above in range(self.layer + 1, net.num_layers):
            output = torch.cat(_layer(net, above, output), -1)
        own = output[rows, torch.arange(len(rows))]  # (R, D·H): each word from its own copy
        scores = self.readout.scores(own[None])[0]
        loss = nll_loss(scores, self.targets[rows], ignore_index=NO_TAG, reduction="sum")
        gradients = torch.autograd.grad(loss, nodes, materialize_grads=True)
        return torch.stack([gradient.norm(dim=-1) for gradient in gradients], -1)


def _below(net: nn.RNNBase, x: Tensor, layer: int) -> Tensor:
    """Return the input of ``layer``, (T, 1, I), for the input ``x`` of the first."""
    for lower in range(layer):
        x = torch.cat(_layer(net, lower, x), -1)
    return x


def _layer(net: nn.RNNBase, layer: int, x: Tensor) -> list[Tensor]:
    """Return h of every step, (T, B, H) for each direction."""
    return [
        torch.stack(_steps(net, layer, direction, x, x.shape[1]))
        for direction in range(1 + net.bidirectional)
    ]


def _steps(
    net: nn.RNNBase, layer: int, direction: int, x: Tensor, batch: int, *, differentiable: bool = False
) -> list[Tensor]:
    """Return h of every step (B, H) from the zero state, in the order of the words: each a node of the graph.

    With ``differentiable`` the graph starts here; otherwise it continues that of ``x``.
    """
    zero = x.new_zeros(net.num_layers * (1 + net.bidirectional), 1, net.hidden_size)
    h = zero.clone().requires_grad_(differentiable)
    state = h if KINDS[net.mode].states == ("h",) else (h, zero)
    states = [now["h"] for _, now in walk(net, x, state, layer=layer, direction=direction, copies=batch)]
    return states[::-1] if direction else states
