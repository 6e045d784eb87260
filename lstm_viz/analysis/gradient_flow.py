"""How far back the loss of each word reaches: whether the past still learns.

Source: R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training Recurrent Neural Networks", ICML
2013: ∂ℰₜ/∂hₖ is a product of t − k Jacobians, and shrinks or grows with their number.

Shapes: T words, R of them whose losses are looked at together, I what the net reads, H its hidden size, D its
directions.
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
from lstm_viz.tagging.models import NO_TAG, WordTagger

_MOST_NUMBERS = 1 << 22  # h of all steps and copies that one pass keeps: above it memory costs more than time


def gradient_flow(
    tagger: WordTagger, words: Sequence[str], targets: Sequence[int], layer: int = -1, direction: int = 0
) -> npt.NDArray[np.floating[Any]]:
    """Return ‖∂ℰₜ/∂hₖ‖ for every word t and every step k of one layer and direction.

    ℰₜ is the negative log-likelihood of word t's target in nats, word by word; with a chain over the tags
    too, whose own loss is one of the whole sentence. The derivative is the total one: through all steps that
    read hₖ, directly or not, and through the layers above. An LSTM's c is a state of its own: what goes from
    cₖ to the next c does not pass hₖ.

    The sentence is read T times at once, and the loss of word t is taken from the t-th copy: then the
    gradients of their sum are those of each loss by itself.

    Parameters
    ----------
    tagger : WordTagger
        In eval mode; its weights gain no gradients.
    words : sequence of str
        A sentence of T words, at least one.
    targets : sequence of int
        The place of each word's tag in the tagset. A word with `NO_TAG` has no loss: its row is 0.
    layer, direction : int
        Of the tagger's recurrent net. A negative layer counts from the top; direction 1 reads backwards.

    Returns
    -------
    array (T, T)
        In the precision of the weights, at [t, k]; 0 where hₖ does not reach word t, as for k after t in a
        net that only reads forward.

    Raises
    ------
    ValueError
        If the net projects its hidden state (``proj_size``), there is no such layer or direction, there are
        no words, or not as many targets.
    """
    net: nn.RNNBase = tagger.recurrent
    layer = _checked(net, words, targets, layer, direction)
    with torch.no_grad():
        x = _below(net, tagger.inputs(words), layer)
        beside = _layer(net, layer, x)
    reading = _Reading(tagger, layer, direction, x, beside, torch.tensor(targets, device=x.device))
    rows = torch.split(torch.arange(len(words)), reading.most_rows)
    return torch.cat([reading.norms(some) for some in rows]).numpy()


def _checked(
    net: nn.RNNBase, words: Sequence[str], targets: Sequence[int], layer: int, direction: int
) -> int:
    """Return the layer, counted from the bottom; raises ValueError."""
    if net.proj_size:
        raise ValueError("the gradient flow of a net that projects its hidden state is not computed")
    if not -net.num_layers <= layer < net.num_layers or not 0 <= direction <= net.bidirectional:
        raise ValueError(f"the net has no layer {layer} with a direction {direction}")
    if not words or len(words) != len(targets):
        raise ValueError(f"{len(targets)} targets do not fit {len(words)} words")
    return layer % net.num_layers


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """A sentence as one layer reads it, and where in the net that is.

    ``x`` (T, 1, I) is what the layer reads, ``beside`` its h in each direction (T, 1, H).
    """

    tagger: WordTagger
    layer: int
    direction: int
    x: Tensor
    beside: list[Tensor]
    targets: Tensor

    @property
    def most_rows(self) -> int:
        """How many words' losses to look at in one pass."""
        net: nn.RNNBase = self.tagger.recurrent
        kept = (net.num_layers - self.layer) * sum(h.numel() for h in self.beside)
        return max(1, _MOST_NUMBERS // kept)

    @torch.enable_grad()
    def norms(self, rows: Tensor) -> Tensor:
        """Return the rows (R,) of the result, (R, T), a copy of the sentence for each."""
        net: nn.RNNBase = self.tagger.recurrent
        nodes = _steps(net, self.layer, self.direction, self.x, len(rows), differentiable=True)
        copies = [h.expand(-1, len(rows), -1) for h in self.beside]
        copies[self.direction] = torch.stack(nodes)
        output = torch.cat(copies, -1)
        for above in range(self.layer + 1, net.num_layers):
            output = torch.cat(_layer(net, above, output), -1)
        own = output[rows, torch.arange(len(rows))]  # (R, D·H): each word from its own copy
        scores = self.tagger.scores(own[None])[0]
        loss = nll_loss(scores, self.targets[rows], ignore_index=NO_TAG, reduction="sum")
        gradients = torch.autograd.grad(loss, nodes, materialize_grads=True)
        return torch.stack([gradient.norm(dim=-1) for gradient in gradients], -1)


def _below(net: nn.RNNBase, x: Tensor, layer: int) -> Tensor:
    """Return what ``layer`` reads, (T, 1, I), where the first reads ``x``."""
    for lower in range(layer):
        x = torch.cat(_layer(net, lower, x), -1)
    return x


def _layer(net: nn.RNNBase, layer: int, x: Tensor) -> list[Tensor]:
    """Return h of every step (T, B, H), a direction each."""
    return [
        torch.stack(_steps(net, layer, direction, x, x.shape[1]))
        for direction in range(1 + net.bidirectional)
    ]


def _steps(
    net: nn.RNNBase, layer: int, direction: int, x: Tensor, batch: int, *, differentiable: bool = False
) -> list[Tensor]:
    """Return h of every step (B, H), in the order of the words, from zero: each a node of the graph.

    ``differentiable`` starts the graph here; else it goes on from ``x``.
    """
    zero = x.new_zeros(net.num_layers * (1 + net.bidirectional), 1, net.hidden_size)
    h = zero.clone().requires_grad_(differentiable)
    state = (h, zero) if net.mode == "LSTM" else h
    states = [now["h"] for _, now in walk(net, x, state, layer=layer, direction=direction, copies=batch)]
    return states[::-1] if direction else states
