"""The proof that the recovered gates are those of the call: they reproduce torch's output.

Torch returns h of every step and the last h and c. So c and h are computed from the recovered gates and
compared with torch's:

- h of every step, layer and direction (of the layers below the last, by running torch's own kernel on them);
- h and c after the last step, of every layer and direction; of a loop over cells, c after every step.

This does not detect every error. A gate that is multiplied by zero does not affect c or h: f where the
previous c is 0, as at the first step; i where g is 0, o where c is 0. At a single place i and g could be
exchanged, as only their product enters c. A GRU's r affects h through n only. Therefore, where the weights
are known, gates are also computed from the equations and compared: those of every step of a call of up to
`MOST` steps of sequences, the size at which single numbers are inspected; of a longer call those of the first
step, of the last and of every `ROWS`-th.

Of 15,000 faults injected into captures of 1,500 random modules (a gate off by 1e-3 or more; gates, units,
steps or sequences exchanged; stale weights, the wrong direction, another x, h or c before the first step
dropped), c and h alone detect 94 %, and together with the gates all but 106: stale weights that change h and
c by less than 1e-5, though a gate that follows from them was off by 0.5. Without the weights (oneDNN's
workspaces, except the first of each size) only c and h are compared. Also undetected is a wrong gate of a
long call at a step that is not recomputed, where a zero hides it or two wrong gates cancel each other.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lstm_viz.cells import KINDS
from lstm_viz.tracing.call import Call
from lstm_viz.tracing.equations import EQUATIONS, lstm_gates, unchanged
from lstm_viz.tracing.portable import as_array
from lstm_viz.tracing.recovered import Recovered
from lstm_viz.tracing.trace import Array
from lstm_viz.tracing.weights import Weights

#: Up to `MOST` steps of sequences, T · B, all gates are recomputed; of longer calls every `ROWS`-th step.
MOST, ROWS = 256, 8

#: The unit roundoff of the precisions in which a kernel can compute; float32 on CUDA may be TF32.
_ROUNDOFF = MappingProxyType(
    {torch.float64: 2.0**-53, torch.float32: 2.0**-24, torch.float16: 2.0**-11, torch.bfloat16: 2.0**-8}
)
_TF32 = 2.0**-11


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of recovered numbers from torch's own.

    Attributes
    ----------
    what : str
        The name of the compared numbers.
    error : float
        The largest difference.
    bound : float
        The largest difference that rounding explains.
    """

    what: str
    error: float
    bound: float

    @property
    def is_explained(self) -> bool:
        return self.error <= self.bound


def prove(call: Call, found: Recovered) -> list[Difference]:
    """Return the differences of the quantities ``found`` from torch's output and from the equations."""
    states, gates = list(_state_errors(call, found)), list(_gate_errors(call, found))
    unit = _roundoff(call)
    least = 8 * unit
    if all(error <= least for _, error in states) and all(error <= least for error in gates):
        return [Difference(what, error, least) for what, error in (*states, *(("gates", e) for e in gates))]
    sums = _sums(call, found)
    drift = (8 + math.sqrt(len(call.x))) * _largest_state(call, found)
    bound = unit * drift * (1 if found.reads_gates else 1 + max(sums, default=0.0))
    if bound > torch.finfo(call.output.dtype).max:  # both overflow, though not at the same step
        bound = math.inf
    return [
        *(Difference(what, error, bound) for what, error in states),
        *(Difference("gates", e, least + 2 * unit * total) for e, total in zip(gates, sums, strict=False)),
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


# ---------------------------------------------------------------- comparison with torch's output


def _state_errors(call: Call, found: Recovered) -> Iterator[tuple[str, float]]:
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


# ---------------------------------------------------------------- comparison with the equations


def _gate_errors(call: Call, found: Recovered) -> Iterator[float]:
    """Yield the errors of the gates of each layer and direction against the equations."""
    names, steps = KINDS[call.mode].gates, _steps(call)
    if call.weights is None or not names:
        return
    is_whole = len(steps) == len(call.x)
    at = slice(None) if is_whole else steps
    for layer, (x, each) in enumerate(zip(found.inputs, call.weights, strict=False)):
        read = x if is_whole else x[torch.from_numpy(steps).to(x.device)]
        for direction, w in enumerate(each):
            h = torch.from_numpy(_before(call, found, (layer, direction), steps))
            expected = np.stack(_computed(call, read.to("cpu", h.dtype), h, w))
            ours = np.stack([found.quantities[name][layer, direction, at] for name in names])
            if call.ragged:
                over = steps[:, None] >= call.lengths
                expected[:, over] = ours[:, over] = 0
            yield largest_difference(ours, expected)


def _computed(call: Call, x: Tensor, h: Tensor, w: Weights) -> list[Array]:
    """Return the gates by the equations for the input ``x`` and the state ``h``, in torch's order."""
    w = w.to(x.dtype, x.device)
    if call.c0 is not None:
        return [gate.numpy() for gate in lstm_gates(x, h, w)]
    found = EQUATIONS[call.mode](x, {"h": h}, w, unchanged)
    return [found[name].numpy() for name in KINDS[call.mode].gates]


def _steps(call: Call) -> npt.NDArray[np.int64]:
    """Return the steps whose gates are recomputed."""
    steps, batch, _ = call.x.shape
    if steps * batch <= MOST or steps <= ROWS:
        return np.arange(steps)
    return np.append(np.arange(0, steps - 1, ROWS), steps - 1)


def _before(call: Call, found: Recovered, at: tuple[int, int], steps: npt.NDArray[np.int64]) -> Array:
    """Return the hidden state before each of the steps, (steps, B, H)."""
    theirs, reads_backward, count = found.theirs[at], at[1] == 1, len(call.x)
    earlier = steps + 1 if reads_backward else steps - 1
    begins = steps[:, None] == (call.lengths - 1 if reads_backward else 0)
    h: Array = np.where(begins[..., None], as_array(call.h0[at]), theirs[earlier.clip(0, count - 1)])
    return h


# ---------------------------------------------------------------- bounds of rounding errors
#
# The error of a sum of products Σ wⱼ xⱼ with unit roundoff u is a few u Σ |wⱼ xⱼ| (Higham, Accuracy and
# Stability of Numerical Algorithms, 2002, section 3.1), which is at most ‖w‖ ‖x‖; so is that of its gate, as
# the slopes of σ and tanh are at most 1. The errors of c add up over the steps like a random walk.


def _roundoff(call: Call) -> float:
    dtype = call.recorded.precision
    if dtype == torch.float32 and call.output.is_cuda and torch.backends.cudnn.allow_tf32:
        return _TF32
    return _ROUNDOFF.get(dtype, _ROUNDOFF[torch.float32])


def _sums(call: Call, found: Recovered) -> list[float]:
    """Return for each layer and direction an upper bound of Σ |wⱼ xⱼ| + Σ |wⱼ hⱼ| over all gates."""
    if call.weights is None:
        return []
    sums = []
    for layer, (x, each) in enumerate(zip(found.inputs, call.weights, strict=False)):
        norm_x, norm_h0 = _longest(x), _longest(call.h0[layer])
        for direction, w in enumerate(each):
            norm_h = max(norm_h0, _longest(torch.from_numpy(found.theirs[layer, direction])))
            sums.append(_norm(w.weight_ih) * norm_x + _norm(w.weight_hh) * norm_h)
    return sums


def _norm(given: Tensor) -> float:
    """Return the Euclidean norm of all finite numbers."""
    return _longest(given.flatten())


def _longest(given: Tensor) -> float:
    """Return the largest Euclidean norm of the vectors in the last axis, of their finite numbers."""
    if not given.numel():
        return 0.0
    wide = given if given.dtype == torch.float64 else given.float()
    norm = float(torch.linalg.vector_norm(wide, dim=-1).max())
    if math.isfinite(norm):
        return norm
    return float(torch.linalg.vector_norm(torch.nan_to_num(wide.double(), 0, 0, 0), dim=-1).max())


def _largest_state(call: Call, found: Recovered) -> float:
    """Return an upper bound of |h| and |c| from torch's own numbers, as the recovered ones may be arbitrary.

    |c| of an LSTM grows by at most 1 per step, as no gate is larger.
    """
    largest = max(1.0, _largest(found.theirs))
    if call.c0 is None:
        return largest
    most = _largest(as_array(call.c0)) + len(call.x)
    return max(largest, min(most, _largest(found.quantities["c"])))


def _largest(given: Array) -> float:
    """Return the largest finite |value|."""
    if not given.size:
        return 0.0
    largest = max(float(given.max()), -float(given.min()))
    if math.isfinite(largest):
        return largest
    return float(np.abs(np.nan_to_num(given, nan=0, posinf=0, neginf=0)).max())
