"""Reproduction of the dropout masks between the layers of a module in training mode."""

import torch
from torch import Tensor


class Redraw:
    """Draws the masks of a call again, in order, without changing the global random number generator.

    Parameters
    ----------
    state : Tensor
        The CPU generator's state just before the call.
    """

    def __init__(self, probability: float, state: Tensor) -> None:
        self._probability = probability
        self._generator = torch.Generator().set_state(state)

    def __call__(self, output: Tensor) -> Tensor:
        """Return a layer's ``output`` with dropout, the input of the layer above.

        ``torch.dropout`` draws in the same way, but from the global generator, which other threads also use.
        """
        kept = torch.empty_like(output).bernoulli_(1 - self._probability, generator=self._generator)
        return output * kept.div_(1 - self._probability)
