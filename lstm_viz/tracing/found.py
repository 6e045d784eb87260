"""What was found out about a call, before it is proven."""

from dataclasses import dataclass

from torch import Tensor

from lstm_viz.tracing.trace import Array


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Every quantity of a call.

    Attributes
    ----------
    quantities : dict of str to array (L, D, T, B, H)
        Every quantity of the cell, h among them, as computed from the gates; NaN past a sequence's end.
    theirs : array (L, D, T, B, H)
        Torch's h.
    inputs : list of Tensor (T, B, input_size of the layer)
        What each layer read; ends where that is not known, above dropout that is not drawn again.
    reads_gates : bool
        Whether the gates are the kernel's own, and not computed from the weights.
    """

    quantities: dict[str, Array]
    theirs: Array
    inputs: list[Tensor]
    reads_gates: bool
