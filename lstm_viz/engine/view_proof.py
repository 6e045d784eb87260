"""The part of the proof that needs no weights: the states in a view are the sums that the gates give."""

import numpy as np

from lstm_viz.cells import operand, previous
from lstm_viz.messages import Floats, View
from lstm_viz.tracing.proof import largest_difference


def largest_error(view: View) -> float:
    """Return the largest difference of c and h from the sums of products that they are; 0 for an RNN.

    Not of h that is projected, which needs the weights.
    """
    kind, values = view.module.kind, dict(view.quantities)
    values |= {previous(name): _shifted(view, name) for name in view.start}
    sums = [
        name for name in kind.states if kind.is_sum(name) and values[name].shape[1] == view.module.hidden_size
    ]
    with np.errstate(all="ignore"):  # numbers of a file may be anything
        return max((largest_difference(_sum(view, name, values), values[name]) for name in sums), default=0.0)


def _sum(view: View, name: str, values: dict[str, Floats]) -> Floats:
    products = view.module.kind[name].products
    found: Floats = np.asarray(sum(operand(a, values) * operand(b, values) for a, b in products))
    return found


def _shifted(view: View, name: str) -> Floats:
    """Return a state (T, H) before each step, in the order of the direction."""
    rows, start = view.quantities[name], view.start[name][None]
    return np.concatenate((rows[1:], start) if view.direction else (start, rows[:-1]))
