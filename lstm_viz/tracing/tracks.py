"""The recorded calls and traces of one module."""

from collections import deque
from contextlib import suppress
from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_viz.tracing.chains import Chains
from lstm_viz.tracing.reading import TraceReader
from lstm_viz.tracing.recorded_call import RecordedCall
from lstm_viz.tracing.trace import Trace


@dataclass(frozen=True, slots=True, eq=False)
class CellStep:
    """One call of a cell, with the shapes of `RecordedCall` without the first axis.

    ``before`` and ``after`` are h, of an LSTM h and c, each (B, H).
    """

    mode: str
    x: Tensor
    before: tuple[Tensor, ...]
    after: tuple[Tensor, ...]
    weights: tuple[Tensor, ...]
    has_biases: bool
    precision: torch.dtype

    def follows(self, earlier: "CellStep") -> bool:
        """Return whether the step starts from the final state of ``earlier``, with the same weights."""
        return (
            self.weights is earlier.weights
            and self.x.shape == earlier.x.shape
            and all(map(_same, self.before, earlier.after))
        )


class Track:
    """The traces of one module.

    Parameters
    ----------
    path : str
        The first path of the module.
    reader : TraceReader
    most : int or None
        The number of latest traces that are kept; None is all.
    """

    def __init__(self, path: str, reader: TraceReader, most: int | None) -> None:
        self.path = path
        self._reader = reader
        self._found: deque[Trace | _Loop] = deque(maxlen=most)
        self._latest: list[RecordedCall] = []
        self._loops: list[_Loop] = []
        self._steps = Chains(CellStep.follows)
        self.was_called = False

    def add(self, recorded: RecordedCall | CellStep) -> list[Trace]:
        """Add a call, or a step of a loop over cells; return the traces that it completes."""
        self.was_called = True
        if isinstance(recorded, CellStep):
            return self._add_step(recorded)
        self._settle()
        self._latest = latest = [recorded]
        trace = self._reader.trace(self.path, latest)
        self._found.append(trace)
        return [trace]

    def end(self) -> list[Trace]:
        """Complete all open loops, and return their traces."""
        return self._complete(self._steps.end())

    @property
    def count(self) -> int:
        """The number of traces kept."""
        return len(self._found)

    def traces(self) -> list[Trace]:
        """Return the traces that are kept, in the order of their first steps; open loops up to now."""
        return [one.trace(self.path, self._reader) if isinstance(one, _Loop) else one for one in self._found]

    def clear(self) -> None:
        """Remove all traces."""
        self._found.clear()
        self._steps.end()
        self._latest, self._loops = [], []

    def _add_step(self, step: CellStep) -> list[Trace]:
        steps, ended = self._steps.add(step)
        if len(steps) == 1:
            loop = _Loop(steps)
            self._loops.append(loop)
            self._found.append(loop)
        return self._complete(ended)

    def _complete(self, ended: list[list[CellStep]]) -> list[Trace]:
        """Return the traces of loops that have ended, and free their steps."""
        done = [loop for loop in self._loops if any(loop.steps is steps for steps in ended)]
        self._loops = [loop for loop in self._loops if loop not in done]
        return [loop.complete(self.path, self._reader) for loop in done]

    def _settle(self) -> None:
        """Release the workspaces of the latest call: until now the graph kept them alive anyway."""
        with suppress(IndexError):  # it has been read and freed
            self._latest[0] = self._latest[0].settled()


class _Loop:
    """Consecutive steps of a cell."""

    def __init__(self, steps: list[CellStep]) -> None:
        self.steps = steps
        self._made: tuple[int, Trace] | None = None

    def trace(self, path: str, reader: TraceReader) -> Trace:
        """Return the trace of the steps so far."""
        count = len(self.steps)
        if self._made is None or (count and self._made[0] != count):
            self._made = count, reader.trace(path, [_recorded(tuple(self.steps))])
        return self._made[1]

    def complete(self, path: str, reader: TraceReader) -> Trace:
        """Return the trace of all steps, and free the steps."""
        trace = self.trace(path, reader)
        self.steps = []
        return trace


def _recorded(steps: tuple[CellStep, ...]) -> RecordedCall:
    """Return the steps of a cell as one call of a single-layer module."""
    first, last = steps[0], steps[-1]
    after = [torch.stack([step.after[k] for step in steps]) for k in range(len(first.after))]
    return RecordedCall(
        mode=first.mode,
        data=torch.stack([step.x for step in steps]),
        batch_sizes=None,
        unsorted=None,
        state=tuple(state[None] for state in first.before),
        output=after[0],
        final=tuple(state[None] for state in last.after),
        weights=first.weights,
        layers=1,
        directions=1,
        has_biases=first.has_biases,
        precision=first.precision,
        cells=after[1] if len(after) > 1 else None,
    )


def _same(a: Tensor, b: Tensor) -> bool:
    """Return whether two states are equal, with NaN equal to NaN."""
    if a.shape != b.shape or a.dtype != b.dtype or a.device != b.device:
        return False
    return torch.equal(a, b) or torch.equal(torch.nan_to_num(a, 1e30), torch.nan_to_num(b, 1e30))
