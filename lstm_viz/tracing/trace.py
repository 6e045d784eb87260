"""What one call of one recurrent module computed: frozen, read-only, in torch's names."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lstm_viz.tracing.errors import JoinError

Array = npt.NDArray[np.floating[Any]]

#: How far a state may be from the one that it is said to follow: torch's h and ours differ in the last bits.
_SAME_STATE = 1e-4


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """One call of one recurrent module: T steps, B sequences, L layers, D directions, H units.

    Every array is read-only, in the module's precision (float32 or float64), the batch in the caller's
    order, the time in the sentence's order for both directions. Past a sequence's length all is NaN:
    nothing was computed there.

    Attributes
    ----------
    x : array (T, B, input_size)
        What the first layer read.
    h : array (L, D, T, B, H)
        The hidden state after each step, computed from the gates (H is proj_size where the module projects).
    h0 : array (L, D, B, H)
        The hidden state before the first step.
    lengths : int array (B,)
    max_error : float
        The proof: the largest difference between our ``h`` and torch's, over all layers and steps.
    """

    #: The quantities in the order in which they are shown.
    NAMES: ClassVar[tuple[str, ...]] = ("h",)
    #: Which of them are carried from step to step.
    STATES: ClassVar[tuple[str, ...]] = ("h",)

    x: Array
    h: Array
    h0: Array
    lengths: npt.NDArray[np.int64]
    max_error: float

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    @property
    def quantities(self) -> dict[str, Array]:
        """Every quantity (L, D, T, B, H) by its name, in the order in which they are shown."""
        return {name: getattr(self, name) for name in self.NAMES}

    @property
    def steps(self) -> int:
        """The number of steps, T."""
        return len(self.x)

    def input_of(self, layer: int) -> Array:
        """Return what ``layer`` read, (T, B, input_size of that layer), dropout between layers aside."""
        if layer == 0:
            return self.x
        return np.concatenate(tuple(self.h[layer - 1]), axis=-1)

    def prefix(self, steps: int) -> Self:
        """Return the same trace cut off after ``steps`` steps, without copying.

        Of a net that reads forward only, it is the trace of the shorter sentence.
        """
        steps = min(steps, self.steps)
        cut = {name: getattr(self, name)[:, :, :steps] for name in self.NAMES}
        return replace(self, x=self.x[:steps], lengths=np.minimum(self.lengths, steps), **cut)

    def state_after(self, steps: int) -> Tensor | tuple[Tensor, Tensor]:
        """Return the state after the first ``steps`` steps, as the module takes it: ``module(x, state)``.

        Parameters
        ----------
        steps : int
            How many steps were read, from 0 (the initial state) to T.

        Returns
        -------
        Tensor (L, B, H), or of an LSTM a pair (h, c) of them
            Copies on the CPU; NaN for a sequence that is shorter than ``steps``.

        Raises
        ------
        ValueError
            If the net reads in both directions: the state of the backward one depends on what follows.
        IndexError
            If ``steps`` is not in 0…T.
        """
        if self.h.shape[1] > 1:
            raise ValueError("a net that reads in both directions cannot be run on from the middle")
        if not 0 <= steps <= self.steps:
            raise IndexError(f"{steps} steps of {self.steps}")
        tensors = [torch.from_numpy(state.copy()) for state in self._states_after(steps)]
        return tensors[0] if len(tensors) == 1 else (tensors[0], tensors[1])

    def _states_after(self, steps: int) -> list[Array]:
        if steps == 0:
            return [getattr(self, name + "0")[:, 0] for name in self.STATES]
        return [getattr(self, name)[:, 0, steps - 1] for name in self.STATES]


@dataclass(frozen=True, kw_only=True, eq=False)
class RNNTrace(Trace):
    """One call of an ``nn.RNN``, tanh or relu."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LSTMTrace(Trace):
    """One call of an ``nn.LSTM``: gates ``i f g o`` and cell state ``c``, each (L, D, T, B, hidden_size).

    ``c0`` (L, D, B, hidden_size) is the cell state before the first step.
    """

    NAMES: ClassVar[tuple[str, ...]] = ("f", "i", "g", "c", "o", "h")
    STATES: ClassVar[tuple[str, ...]] = ("h", "c")

    i: Array
    f: Array
    g: Array
    o: Array
    c: Array
    c0: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class GRUTrace(Trace):
    """One call of an ``nn.GRU``: gates ``r z n``, each (L, D, T, B, hidden_size)."""

    NAMES: ClassVar[tuple[str, ...]] = ("r", "z", "n", "h")

    r: Array
    z: Array
    n: Array


T = TypeVar("T", bound=Trace)


def join(first: T, then: T) -> T:
    """Return the trace of reading ``first`` and ``then`` in one go.

    Parameters
    ----------
    first, then : Trace
        Two calls of one forward-only module, the second started from ``first.state_after(first.steps)``.

    Raises
    ------
    JoinError
        If the second does not follow from the first.
    """
    _check_follows(first, then)
    joined = {
        name: np.concatenate((getattr(first, name), getattr(then, name)), axis=2) for name in first.NAMES
    }
    return replace(
        first,
        x=np.concatenate((first.x, then.x)),
        lengths=first.lengths + then.lengths,
        max_error=max(first.max_error, then.max_error),
        **joined,
    )


def _check_follows(first: Trace, then: Trace) -> None:
    shapes = [(type(trace), trace.h0.shape, trace.x.shape[1:]) for trace in (first, then)]
    if shapes[0] != shapes[1]:
        raise JoinError("the traces are of different modules or batches")
    if first.h.shape[1] > 1:
        raise JoinError("a net that reads in both directions reads a longer sentence anew")
    if (first.lengths < first.steps).any():
        raise JoinError("a sequence of the first trace has already ended")
    for name, state in zip(first.STATES, first._states_after(first.steps), strict=True):
        gap = np.abs(getattr(then, name + "0")[:, 0] - state)
        if gap.size and gap.max() > _SAME_STATE * max(1.0, float(np.abs(state).max())):
            raise JoinError("the second trace does not start from the state that the first ends in")
