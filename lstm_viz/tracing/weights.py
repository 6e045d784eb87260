"""The weights of one layer and direction of a recurrent module, as its last call used them."""

from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Torch's parameters of one layer and direction, with G gates (LSTM 4, GRU 3, RNN 1).

    Attributes
    ----------
    weight_ih : (G·hidden_size, input_size)
    weight_hh : (G·hidden_size, proj_size or hidden_size)
    bias_ih, bias_hh : (G·hidden_size,), None where the module has no bias
    weight_hr : (proj_size, hidden_size), None where the module does not project
    """

    weight_ih: Tensor
    weight_hh: Tensor
    bias_ih: Tensor | None = None
    bias_hh: Tensor | None = None
    weight_hr: Tensor | None = None

    def to(self, dtype: torch.dtype) -> "Weights":
        """Return the same weights in another precision."""
        if self.weight_ih.dtype == dtype:
            return self
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(self, **{name: w.to(dtype) for name, w in given.items() if w is not None})


def flat_weights(module: nn.RNNBase, layer: int) -> list[Tensor]:
    """Return the tensors of one layer, both directions, in torch's order, without their graph.

    They are the very tensors that the last call used. Asking the module for them by name would compute
    parametrized weights anew, which for some (spectral norm) changes the module.
    """
    per_layer = len(module._flat_weights) // module.num_layers
    flat = module._flat_weights[layer * per_layer : (layer + 1) * per_layer]
    return [w.detach() for w in flat if w is not None]


def weights_of(module: nn.RNNBase, layer: int, direction: int = 0) -> Weights:
    """Return the weights of one layer and direction of ``module``, without their graph."""
    flat = flat_weights(module, layer)
    count = len(flat) // (2 if module.bidirectional else 1)
    ours = flat[direction * count : (direction + 1) * count]
    names = ["weight_ih", "weight_hh", *(["bias_ih", "bias_hh"] if module.bias else []), "weight_hr"]
    return Weights(**dict(zip(names, ours, strict=False)))
