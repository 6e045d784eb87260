"""Dropout between the layers of a training module: drawn again, from the random numbers it was drawn from."""

import torch
from torch import Tensor


class Redraw:
    """Draws the masks of a call again, one after the other, without touching the global random numbers.

    Parameters
    ----------
    state : Tensor
        The CPU generator's state just before the call.
    """

    def __init__(self, probability: float, state: Tensor) -> None:
        self._probability = probability
        self._generator = torch.Generator().set_state(state)

    def __call__(self, output: Tensor) -> Tensor:
        """Return a layer's ``output`` as the layer above read it.

        ``torch.dropout`` draws so from the global generator, which other threads use meanwhile.
        """
        kept = torch.empty_like(output).bernoulli_(1 - self._probability, generator=self._generator)
        return output * kept.div_(1 - self._probability)
