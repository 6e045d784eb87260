"""The proof that what was found are the gates of the call: they give what torch gave.

Torch returns h of every step and the last h and c. So from the gates found, c and h are computed and compared
with torch's:

- h of every step, layer and direction (of the layers below the last, by running torch's own kernel on them);
- h and c after the last step, of every layer and direction; of a loop over cells, c after every step.

That cannot tell everything. A gate that multiplies a zero leaves no trace in c or h: f where c before is 0, as
at the first step; i where g is 0, o where c is 0; and i and g could be exchanged, as only their product
enters c. Of a GRU r is not seen in h at all, but for n. Therefore, where the weights are known, the gates of the first
step and of every `ROWS`-th are computed from the weights once more, by the equations, and compared as well.

What is left is a wrong gate at another step where a zero hides it, or two wrong gates that cancel each other.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lstm_viz.tracing.call import Call
from lstm_viz.tracing.equations import gru, lstm_gates
from lstm_viz.tracing.found import Found
from lstm_viz.tracing.portable import as_array
from lstm_viz.tracing.trace import Array
from lstm_viz.tracing.weights import Weights

#: Of so many steps one is computed again from the weights, besides the first.
ROWS = 8

#: The unit roundoff of the precisions in which a kernel can compute; float32 on CUDA may be TF32.
_ROUNDOFF = {
    torch.float64: 2.0**-53,
    torch.float32: 2.0**-24,
    torch.float16: 2.0**-11,
    torch.bfloat16: 2.0**-8,
}
_TF32 = 2.0**-11


@dataclass(frozen=True, slots=True)
class Difference:
    """How far something that was found is from torch's own numbers.

    Attributes
    ----------
    what : str
        What was compared.
    error : float
        The largest difference.
    bound : float
        The largest that rounding explains.
    """

    what: str
    error: float
    bound: float

    @property
    def is_explained(self) -> bool:
        return self.error <= self.bound


def prove(call: Call, found: Found) -> list[Difference]:
    """Compare what was ``found`` with what torch gave and with what the weights give."""
    steps, sums = math.sqrt(len(call.x)), _largest_sum(call, found)
    unit = _roundoff(call)
    state = unit * (8 + steps) * _largest_state(found) * (1 if found.reads_gates else 1 + sums)
    return [
        *(Difference(what, error, state) for what, error in _state_errors(call, found)),
        *(Difference("gates", error, unit * 8 * (1 + sums)) for error in _gate_errors(call, found)),
    ]


def largest_difference(ours: Array, theirs: Array) -> float:
    """Return max |ours − theirs|, where NaN equals NaN, ∞ equals ∞, and either against a number is ∞."""
    if ours.size == 0:
        return 0.0
    with np.errstate(invalid="ignore"):
        gaps = ours - theirs
    largest = float(np.abs(gaps, out=gaps).max())
    if math.isfinite(largest):
        return largest
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    gaps = np.abs(np.where(same, 0, ours) - np.where(same, 0, theirs))
    return float(np.nan_to_num(gaps, nan=np.inf, posinf=np.inf).max())


# ---------------------------------------------------------------- what torch returns


def _state_errors(call: Call, found: Found) -> Iterator[tuple[str, float]]:
    h, c = found.quantities["h"], found.quantities.get("c")
    yield "h", largest_difference(h, found.theirs)
    yield "the last h", largest_difference(_final(call, h), as_array(call.h_n))
    if c is not None and call.c_n is not None:
        yield "the last c", largest_difference(_final(call, c), as_array(call.c_n))
    if c is not None and call.cells is not None:
        yield "c", largest_difference(c[0, 0], as_array(call.cells))


def _final(call: Call, h: Array) -> Array:
    """Return a state after each direction's last step, (L, D, B, H)."""
    final = np.empty_like(h[:, :, 0])
    final[:, 0] = h[:, 0, call.lengths - 1, np.arange(len(call.lengths))]
    final[:, 1:] = h[:, 1:, 0]
    return final


# ---------------------------------------------------------------- what the weights give


def _gate_errors(call: Call, found: Found) -> list[float]:
    """Return how far the gates are from those of the weights, at some steps of every layer and direction."""
    if call.weights is None or call.mode not in ("LSTM", "GRU"):
        return []
    errors = []
    for layer, x in enumerate(found.inputs):
        for direction, w in enumerate(call.weights[layer]):
            errors.append(_error_of(call, found, layer, direction, x, w))
    return errors


def _error_of(call: Call, found: Found, layer: int, direction: int, x: Tensor, w: Weights) -> float:
    """Return the error of one layer and direction."""
    steps, theirs = len(call.x), found.theirs[layer, direction]
    rows = np.unique(np.r_[np.arange(0, steps, ROWS), 0, steps - 1])
    before = rows + 1 if direction else rows - 1
    h0 = as_array(call.h0[layer, direction])
    h = np.where(((before >= steps) | (before < 0))[:, None, None], h0, theirs[np.clip(before, 0, steps - 1)])
    if call.ragged and direction:
        last = (rows[:, None] == call.lengths - 1)[..., None]
        h = np.where(last, h0, h)
    dtype = torch.float64 if h.dtype == np.float64 else torch.float32
    w = Weights(w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh).to(dtype)
    x_rows = x[torch.from_numpy(rows).to(x.device)].to("cpu", dtype)
    computed = (lstm_gates if call.mode == "LSTM" else gru)(x_rows, torch.from_numpy(h), w)
    names = "ifgo" if call.mode == "LSTM" else "rzn"
    over = rows[:, None] >= call.lengths
    gaps = []
    for name, gate in zip(names, computed, strict=False):
        expected = gate.numpy()
        expected[over] = np.nan
        gaps.append(largest_difference(found.quantities[name][layer, direction, rows], expected))
    return max(gaps)


# ---------------------------------------------------------------- what rounding explains
#
# A sum of products Σ wⱼ xⱼ computed with unit roundoff u is off by a few u Σ |wⱼ xⱼ| (Higham, Accuracy and
# Stability of Numerical Algorithms, 2002, section 3.1), and so is at most its gate, as σ and tanh have slopes
# up to 1. What c is off by adds up over the steps as a random walk does.


def _roundoff(call: Call) -> float:
    dtype = call.received.precision
    if dtype == torch.float32 and call.output.is_cuda and torch.backends.cudnn.allow_tf32:
        return _TF32
    return _ROUNDOFF.get(dtype, _ROUNDOFF[torch.float32])


def _largest_sum(call: Call, found: Found) -> float:
    """Return what Σ |wⱼ xⱼ| + Σ |wⱼ hⱼ| of no gate is larger than."""
    if call.weights is None:
        return 0.0
    sums = call.received.weights.row_sums()
    count = len(sums) // call.received.layers
    each = len(sums) // (call.received.layers * call.received.directions)
    largest = 0.0
    for layer, (x, h) in enumerate(zip(found.inputs, found.theirs, strict=False)):
        ours = sums[layer * count : (layer + 1) * count]
        scale_h = max(_largest(torch.from_numpy(h)), _largest(call.h0))
        largest = max(largest, max(ours[::each]) * _largest(x) + max(ours[1::each]) * scale_h)
    return largest


def _largest_state(found: Found) -> float:
    states = (found.quantities[name] for name in ("h", "c") if name in found.quantities)
    return max(1.0, *(_largest(torch.from_numpy(state)) for state in states))


def _largest(given: Tensor) -> float:
    """Return the largest |value| that is a finite number."""
    if given.numel() == 0:
        return 0.0
    largest = max(abs(float(extreme)) for extreme in torch.aminmax(given.detach()))
    return largest if math.isfinite(largest) else float(torch.nan_to_num(given.detach(), 0, 0, 0).abs().max())
