"""Dropout between the layers of a training module: drawn again, from the random numbers it was drawn from."""

import torch
from torch import Tensor, nn


def drops_between_layers(module: nn.RNNBase) -> bool:
    """Return whether ``module``, in its present mode, drops units between its layers."""
    return module.training and module.dropout > 0 and module.num_layers > 1


class Redraw:
    """Draws the masks of a call again, one after the other, without touching the global random numbers.

    Parameters
    ----------
    state : Tensor
        The CPU generator's state just before the call.
    """

    def __init__(self, probability: float, state: Tensor) -> None:
        self._probability = probability
        self._state = state

    def __call__(self, output: Tensor) -> Tensor:
        """Return a layer's ``output`` as the layer above read it."""
        with torch.random.fork_rng(devices=()):
            torch.set_rng_state(self._state)
            dropped = torch.dropout(output, self._probability, train=True)
            self._state = torch.get_rng_state()
        return dropped
