"""The trace of one call of a recurrent module: frozen, read-only, in torch's names."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lstm_viz.cells import GRU, LSTM, RNN_TANH, CellKind
from lstm_viz.tracing.chains import Chains
from lstm_viz.tracing.errors import CaptureError, JoinError, NotKeptError

Array = npt.NDArray[np.floating[Any]]

#: Tolerance for equal states of consecutive traces: torch's h and the recomputed one differ in the last bits.
_SAME_STATE = 1e-6


class LazyFields:
    """The lazily computed fields of a trace.

    Parameters
    ----------
    shape : tuple of int
        L, D, T, B and H.
    read : callable
        Returns the fields of the trace, or raises an error, which is then raised at every access.
    """

    def __init__(self, shape: tuple[int, ...], read: Callable[[], Mapping[str, Any]]) -> None:
        self.shape = shape
        self._read: Callable[[], Mapping[str, Any]] | None = read
        self._found: Mapping[str, Any] | CaptureError = {}
        self._lock = threading.Lock()

    def fields(self) -> Mapping[str, Any]:
        """Return the fields; they are computed once, and the recorded call is freed."""
        with self._lock:
            if self._read is not None:
                try:
                    self._found = self._read()
                except CaptureError as error:  # raised again at the next access
                    self._found = error.with_traceback(None)  # its frames keep all arrays alive
                self._read = None
        if isinstance(self._found, CaptureError):
            raise self._found.with_traceback(None)
        return self._found


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Trace:
    """One call of one recurrent module: T steps, B sequences, L layers, D directions, H units.

    Every array is read-only, in the module's precision (float32 or float64), the batch in the caller's
    order, the time in the order of the input for both directions. Past a sequence's length all values are
    NaN. The arrays are computed and proven at the first access.

    Attributes
    ----------
    x : array (T, B, input_size)
        The input of the first layer.
    h : array (L, D, T, B, H)
        The hidden state after each step, computed from the gates (H is proj_size where the module projects).
    h0 : array (L, D, B, H)
        The initial hidden state.
    lengths : int array (B,)
    max_error : float
        The result of the proof in `lstm_viz.tracing.proof`: the largest difference from the numbers that
        torch computed.
    """

    #: The kind of cell; both kinds of ``nn.RNN`` have the same quantities.
    KIND: ClassVar[CellKind] = RNN_TANH

    x: Array
    h: Array
    h0: Array
    lengths: npt.NDArray[np.int64]
    max_error: float

    def __post_init__(self) -> None:
        _freeze(vars(self).values())

    @classmethod
    def lazy(cls, fields: LazyFields) -> Self:
        """Return a trace whose arrays are computed at the first access."""
        trace = object.__new__(cls)
        object.__setattr__(trace, "_lazy", fields)
        return trace

    def __getattr__(self, name: str) -> Any:
        """Return a field that has not been computed yet."""
        if name not in type(self).__dataclass_fields__ or "_lazy" not in vars(self):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        found = vars(self)["_lazy"].fields()
        _freeze(found.values())
        vars(self).update(found)
        if name not in found:
            raise NotKeptError(f"{name!r} was not kept; kept: {', '.join(self.kept) or 'none'}")
        return found[name]

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self._all().items() if name != "_lazy"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        _freeze(state.values())

    def __repr__(self) -> str:
        layers, directions, steps, batch, hidden = self._shape
        return (
            f"{type(self).__name__}(steps={steps}, batch={batch}, layers={layers}, directions={directions}, "
            f"units={hidden})"
        )

    def _all(self) -> dict[str, Any]:
        """Return every field that is kept."""
        if "_lazy" in vars(self):
            _ = self.max_error
        return vars(self)

    @property
    def _shape(self) -> tuple[int, ...]:
        lazy: LazyFields | None = vars(self).get("_lazy")
        shape: tuple[int, ...] = getattr(self, self.KIND.order[0]).shape if lazy is None else lazy.shape
        return shape

    @property
    def kept(self) -> tuple[str, ...]:
        """The names of the available quantities: all, unless ``quantities`` was given."""
        known = self._all()
        return tuple(name for name in self.KIND.order if name in known)

    @property
    def quantities(self) -> dict[str, Array]:
        """Every quantity (L, D, T, B, H) by name, in display order."""
        return {name: getattr(self, name) for name in self.kept}

    @property
    def steps(self) -> int:
        """The number of steps, T."""
        return self._shape[2]

    def input_of(self, layer: int) -> Array:
        """Return the input of ``layer``, (T, B, input_size of that layer), without dropout between layers."""
        if layer == 0:
            return self.x
        return np.concatenate(tuple(self.h[layer - 1]), axis=-1)

    def save(self, path: str | Path, module: str = "") -> None:
        """Write the trace to a safetensors file, which `lstm_viz.tracing.load_trace` opens.

        Parameters
        ----------
        path : str or Path
            The file is replaced if it exists.
        module : str
            Which module it is a trace of, for titles.

        Raises
        ------
        OSError
            If it cannot be written; a file that is there is then unchanged.
        """
        from lstm_viz.tracing.storage import save_trace

        save_trace(self, Path(path), module)

    def show(self, module: str = "", *, block: bool | None = None) -> Any:
        """Open a window on the trace.

        Parameters
        ----------
        module : str
            Which module it is a trace of, for titles.
        block : bool or None
            As of `lstm_viz.show`, whose window is returned.
        """
        # by name, as the window imports this package and not the reverse
        return import_module("lstm_viz").show(self, title=module, block=block)

    def prefix(self, steps: int) -> Self:
        """Return the trace truncated to ``steps`` steps, without copying.

        For a unidirectional module it is the trace of the shorter sequence.
        """
        steps = min(steps, self.steps)
        cut = {name: getattr(self, name)[:, :, :steps] for name in self.kept}
        return replace(self, x=self.x[:steps], lengths=np.minimum(self.lengths, steps), **cut)

    def section(self, first: int, stop: int) -> Self:
        """Return the trace of the steps from ``first`` on and before ``stop``.

        It starts from the states before it: in the forward direction those after the step before ``first``,
        in the reverse direction those after step ``stop``, which is computed before. Only states are copied.

        Raises
        ------
        IndexError
            Unless 0 ≤ first ≤ stop ≤ T.
        """
        if not 0 <= first <= stop <= self.steps:
            raise IndexError(f"the trace has {self.steps} steps, not {first} to {stop}")
        starts: dict[str, Any] = {
            f"{name}0": self._states_around(name, first, stop) for name in self.KIND.states
        }
        cut: dict[str, Any] = {name: one[:, :, first:stop] for name, one in self.quantities.items()}
        lengths = np.clip(self.lengths - first, 0, stop - first)
        return replace(self, x=self.x[first:stop], lengths=lengths, **starts, **cut)

    def _states_around(self, name: str, first: int, stop: int) -> Array:
        """Return the states (L, D, B, H) from which the steps from ``first`` to ``stop`` start."""
        values, start = getattr(self, name), getattr(self, f"{name}0").copy()
        if first:
            start[:, 0] = values[:, 0, first - 1]
        if stop < self.steps and values.shape[1] > 1:
            goes_on = self.lengths > stop
            start[:, 1, goes_on] = values[:, 1, stop, goes_on]
        return np.asarray(start)

    def state_after(self, steps: int) -> Tensor | tuple[Tensor, Tensor]:
        """Return the state after the first ``steps`` steps, in the form for ``module(x, state)``.

        Parameters
        ----------
        steps : int
            The number of steps, from 0 (the initial state) to T.

        Returns
        -------
        Tensor (L, B, H), or of an LSTM a pair (h, c) of them
            Copies on the CPU; NaN for a sequence that is shorter than ``steps``.

        Raises
        ------
        ValueError
            If the module is bidirectional: the state of the reverse direction depends on later steps.
        IndexError
            If ``steps`` is not in 0…T.
        """
        if self.h.shape[1] > 1:
            raise ValueError("the module is bidirectional: its reverse direction starts at the last step")
        if not 0 <= steps <= self.steps:
            raise IndexError(f"the trace has {self.steps} steps, not {steps}")
        tensors = [torch.from_numpy(state.copy()) for state in self._states_after(steps)]
        return tensors[0] if len(tensors) == 1 else (tensors[0], tensors[1])

    def _states_after(self, steps: int) -> list[Array]:
        if steps == 0:
            return [getattr(self, name + "0")[:, 0] for name in self.KIND.states]
        return [getattr(self, name)[:, 0, steps - 1] for name in self.KIND.states]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RNNTrace(Trace):
    """One call of an ``nn.RNN``, tanh or relu."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LSTMTrace(Trace):
    """One call of an ``nn.LSTM``: gates ``i f g o`` and cell state ``c``, each (L, D, T, B, hidden_size).

    ``c0`` (L, D, B, hidden_size) is the initial cell state.
    """

    KIND: ClassVar[CellKind] = LSTM

    i: Array
    f: Array
    g: Array
    o: Array
    c: Array
    c0: Array


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GRUTrace(Trace):
    """One call of an ``nn.GRU``: gates ``r z n``, each (L, D, T, B, hidden_size)."""

    KIND: ClassVar[CellKind] = GRU

    r: Array
    z: Array
    n: Array


T = TypeVar("T", bound=Trace)


def join(first: T, *then: T) -> T:
    """Return the concatenation of ``first`` and the traces that follow it, in time linear in their steps.

    Parameters
    ----------
    first, then : Trace
        Calls of one unidirectional module, each starting from the final state of the previous one.

    Raises
    ------
    JoinError
        If one does not continue the previous one.
    """
    traces = (first, *then)
    for before, after in zip(traces, then, strict=False):
        _check_follows(before, after)
    return _joined(traces)


def sequences(traces: Iterable[T]) -> list[T]:
    """Return ``traces`` with those that continue one another joined.

    A model that is called step by step, like a decoder or an agent, has a trace of one step for each call;
    here they become one trace for each time that the state was reset, also where several sequences are
    interleaved.
    """
    chains, found = Chains[T](lambda then, first: _why_not_after(first, then) is None), list[list[T]]()
    for trace in traces:
        chain, _ = chains.add(trace)
        if len(chain) == 1:
            found.append(chain)
    return [_joined(chain) if len(chain) > 1 else chain[0] for chain in found]


def _joined(traces: Sequence[T]) -> T:
    first, names = traces[0], traces[0].kept
    joined = {name: np.concatenate([getattr(trace, name) for trace in traces], axis=2) for name in names}
    return replace(
        first,
        x=np.concatenate([trace.x for trace in traces]),
        lengths=sum((trace.lengths for trace in traces[1:]), traces[0].lengths),
        max_error=max(trace.max_error for trace in traces),
        **joined,
    )


def _check_follows(first: Trace, then: Trace) -> None:
    reason = _why_not_after(first, then)
    if reason is not None:
        raise JoinError(reason)


def _why_not_after(first: Trace, then: Trace) -> str | None:
    """Return why ``then`` does not continue ``first``, or None where it does."""
    shapes = [(type(trace), trace.h0.shape, trace.x.shape[1:]) for trace in (first, then)]
    if shapes[0] != shapes[1]:
        return "the traces differ in the kind of the module, its size or the batch size"
    if first.h.shape[1] > 1:
        return "the module is bidirectional: its reverse direction starts at the last step"
    if (first.lengths < first.steps).any():
        return "a sequence of the first trace ends before its last step"
    near = max(_SAME_STATE, 2 * first.max_error)
    for name, state in zip(first.KIND.states, first._states_after(first.steps), strict=True):
        gap = np.abs(getattr(then, name + "0")[:, 0] - state)
        if gap.size and not gap.max() <= near * max(1.0, float(np.abs(state).max())):
            return "the second trace does not start from the state that the first ends in"
    return None


def _freeze(values: Iterable[Any]) -> None:
    for value in values:
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
