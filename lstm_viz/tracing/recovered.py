"""The quantities recovered from a call, before they are proven."""

from dataclasses import dataclass

from torch import Tensor

from lstm_viz.tracing.trace import Array


@dataclass(frozen=True, slots=True, eq=False)
class Recovered:
    """Every quantity of a call.

    Attributes
    ----------
    quantities : dict of str to array (L, D, T, B, H)
        Every quantity of the cell, including h, computed from the gates; NaN past a sequence's end.
    theirs : array (L, D, T, B, H)
        Torch's h.
    inputs : list of Tensor (T, B, input_size of the layer)
        The input of each layer, as far as it is known: not above dropout that is not reproduced.
    reads_gates : bool
        Whether the gates were read from the kernel, and not computed from the weights.
    """

    quantities: dict[str, Array]
    theirs: Array
    inputs: list[Tensor]
    reads_gates: bool
