"""Substitution of what recurrent modules compute: the rest of the model runs on with other outputs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from lstm_viz.tracing.callers import calling_module, unsorted_of
from lstm_viz.tracing.kernels import KERNELS, Kernel

#: The states by the order of torch: h, of an LSTM h and c, each (L·D, 1, H).
States = tuple[Tensor, ...]
#: Computes a call for one sequence: from x (T, 1, I), the states before it and the number of steps that were
#: computed in earlier calls, to the output (T, 1, D·H) and the states after it.
Computation = Callable[[Tensor, States, int], tuple[Tensor, States]]


class Substitution(TorchFunctionMode):
    """Replaces the computation of the calls of torch's kernels by some modules, in this thread only.

    A module that is called step by step, like a cell in a loop, is computed call by call with its true
    arguments: the model may make them of earlier outputs. Gradients flow through a computation.

    Parameters
    ----------
    computations : mapping of nn.Module to callable
    sequence : int
        The sequence of the batch that is replaced, in the caller's order. The others are torch's own.
    """

    def __init__(self, computations: Mapping[nn.Module, Computation], sequence: int = 0) -> None:
        super().__init__()
        self._computations, self._sequence = computations, sequence
        self._steps = dict.fromkeys(computations, 0)

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kernel = KERNELS.get(func)
        module, frame = calling_module() if kernel is not None else (None, None)
        computation = None if module is None else self._computations.get(module)
        if kernel is None or module is None or computation is None:
            return func(*args, **(kwargs or {}))
        call = _call_of(kernel, kernel.arguments(args, kwargs or {}), self._sequence, frame)
        result = None if call.is_single else func(*args, **(kwargs or {}))
        done = self._steps[module]
        self._steps[module] += len(call.x)
        return call.result(*computation(call.x, call.states, done), result)


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    """A call of a kernel, seen from one sequence of the batch.

    Attributes
    ----------
    kernel : Kernel
    x : Tensor (T, 1, I)
    states : tuple of Tensor (L·D, 1, H)
    rows : Tensor (T,) or None
        The rows of the sequence in the data of a packed batch.
    place : int
        The place of the sequence in the kernel's batch.
    is_single : bool
        Whether there is no other sequence.
    batch_first : bool
    """

    kernel: Kernel
    x: Tensor
    states: States
    rows: Tensor | None
    place: int
    is_single: bool
    batch_first: bool

    def result(self, output: Tensor, states: States, others: Any) -> Any:
        """Return what the kernel returns, with this output and these final states of the sequence.

        ``others`` is torch's own result, None where there is no other sequence.
        """
        if self.kernel.is_cell:
            after = [state[0] for state in states]
            if others is not None:
                after = [self._put(state, one, 0) for state, one in zip(_all(others), after, strict=True)]
            return tuple(after) if len(after) > 1 else after[0]
        known = None if others is None else others[0]
        final = list(states)
        if others is not None:
            final = [self._put(state, one, 1) for state, one in zip(others[1:], final, strict=True)]
        return self._output(output, known), *final

    def _output(self, output: Tensor, known: Tensor | None) -> Tensor:
        if self.rows is not None:
            ours = output[:, 0]
            return ours if known is None else known.index_copy(0, self.rows, ours.to(known.dtype))
        ours = output.transpose(0, 1) if self.batch_first else output
        return ours if known is None else self._put(known, ours, 0 if self.batch_first else 1)

    def _put(self, known: Tensor, ours: Tensor, dim: int) -> Tensor:
        place = torch.tensor([self.place], device=known.device)
        return known.index_copy(dim, place, ours.to(known.dtype))


def _call_of(kernel: Kernel, given: dict[str, Any], sequence: int, frame: FrameType | None) -> _Call:
    states = _all(given["hx"])
    if kernel.is_cell:
        return _padded(kernel, given["input"][None], tuple(state[None] for state in states), sequence)
    if "batch_sizes" not in given:
        batch_first = given.get("batch_first", False)
        x = given["input"].transpose(0, 1) if batch_first else given["input"]
        return _padded(kernel, x, states, sequence, batch_first=batch_first)
    unsorted = None if frame is None else unsorted_of(frame)
    place = sequence if unsorted is None else int(unsorted[sequence])
    sizes: Tensor = given["batch_sizes"]
    rows = (sizes.cumsum(0) - sizes + place)[sizes > place].to(given["data"].device)
    single = tuple(state[:, place : place + 1] for state in states)
    return _Call(kernel, given["data"][rows][:, None], single, rows, place, int(sizes[0]) == 1, False)


def _padded(kernel: Kernel, x: Tensor, states: States, sequence: int, *, batch_first: bool = False) -> _Call:
    one = slice(sequence, sequence + 1)
    single = tuple(state[:, one] for state in states)
    return _Call(kernel, x[:, one], single, None, sequence, x.shape[1] == 1, batch_first)


def _all(states: Any) -> States:
    return (states,) if isinstance(states, Tensor) else tuple(states)
