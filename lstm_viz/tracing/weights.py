"""The weights of one layer and direction of a recurrent module."""

from collections.abc import Sequence
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

    def to(self, dtype: torch.dtype, device: torch.device | None = None) -> "Weights":
        """Return the same weights in another precision, on another device."""
        if self.weight_ih.dtype == dtype and device in (None, self.weight_ih.device):
            return self
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return replace(self, **{name: w.to(device, dtype) for name, w in given.items() if w is not None})

    def flat(self) -> list[Tensor]:
        """Return them in torch's order."""
        given = (getattr(self, field.name) for field in fields(self))
        return [w for w in given if w is not None]


def layers_of(
    flat: Sequence[Tensor], layers: int, directions: int, has_biases: bool
) -> tuple[tuple[Weights, ...], ...]:
    """Return weights in torch's order, grouped by layer and direction."""
    count = len(flat) // (layers * directions)
    names = ["weight_ih", "weight_hh", *(["bias_ih", "bias_hh"] if has_biases else []), "weight_hr"]
    starts = range(0, len(flat), count)
    each = [Weights(**dict(zip(names, flat[start : start + count], strict=False))) for start in starts]
    return tuple(tuple(each[k : k + directions]) for k in range(0, len(each), directions))


def weights_of(module: nn.RNNBase, layer: int, direction: int = 0) -> Weights:
    """Return the weights of one layer and direction of ``module``, without their graph.

    They are the tensors of the last call. Attribute access would recompute parametrized weights, which for
    some (spectral norm) changes the module.
    """
    flat = [w.detach() for w in module._flat_weights if w is not None]
    return layers_of(flat, module.num_layers, 2 if module.bidirectional else 1, module.bias)[layer][direction]
