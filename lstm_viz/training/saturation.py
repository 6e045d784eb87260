"""Gate saturation of a training step, from the trace of its forward pass."""

import numpy as np
from torch import Tensor

from lstm_viz.runs.gates import CLOSED, OPEN, Saturation
from lstm_viz.tracing import Trace


def saturation(trace: Trace, mask: Tensor, step: int, epoch: int) -> Saturation | None:
    """Return the fraction of the batch's words at which each unit's gate is nearly closed or open.

    Parameters
    ----------
    trace : Trace
        Of the tagger's recurrent module; its top layer in the forward direction is used.
    mask : Tensor (T, B)
        True where there is a word.
    step, epoch : int

    Returns
    -------
    Saturation or None
        None for a module without gates.
    """
    words = mask.cpu().numpy()
    shown = (name for name in trace.kept if trace.KIND[name].activation == "sigmoid")
    gates = {name: getattr(trace, name)[-1, 0][words] for name in shown}  # (words, H)
    if not gates:
        return None
    return Saturation(
        step=step,
        epoch=epoch,
        module="recurrent",
        closed={name: tuple(np.mean(gate < CLOSED, 0).tolist()) for name, gate in gates.items()},
        open={name: tuple(np.mean(gate > OPEN, 0).tolist()) for name, gate in gates.items()},
    )
