"""The calls of one module as they come, and what is kept of them."""

from collections import deque
from contextlib import suppress
from dataclasses import dataclass

import torch
from torch import Tensor

from lstm_viz.tracing.reading import Reader
from lstm_viz.tracing.received import Received
from lstm_viz.tracing.trace import Trace


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One call of a cell, with the shapes of `Received` without their first axis.

    ``before`` and ``after`` are h, of an LSTM h and c, each (B, H).
    """

    mode: str
    x: Tensor
    before: tuple[Tensor, ...]
    after: tuple[Tensor, ...]
    weights: tuple[Tensor, ...]
    has_biases: bool
    precision: torch.dtype

    def follows(self, earlier: "Step") -> bool:
        """Return whether it started from the state in which ``earlier`` ended, with the same weights."""
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
        Of the module; the first, if it has several.
    reader : Reader
    most : int or None
        How many traces are kept, the latest ones; None is all.
    """

    def __init__(self, path: str, reader: Reader, most: int | None) -> None:
        self.path = path
        self._reader = reader
        self._traces: deque[Trace] = deque(maxlen=most)
        self._latest: list[Received] = []
        self._loop: _Loop | None = None
        self.was_called = False

    def add(self, received: Received | Step) -> list[Trace]:
        """Add a call, of its own or a step of the loop that is under way; return what it completes."""
        self.was_called = True
        if isinstance(received, Received):
            self._settle()
            self._latest = latest = [received]
            return self._keep(self._reader.trace(self.path, latest))
        if self._loop is not None and received.follows(self._loop.steps[-1]):
            self._loop.steps.append(received)
            return []
        complete, self._loop = self.end(), _Loop([received])
        return complete

    def end(self) -> list[Trace]:
        """Take the loop that was under way as complete, and return its trace."""
        loop, self._loop = self._loop, None
        return [] if loop is None else self._keep(loop.trace(self.path, self._reader))

    def traces(self) -> list[Trace]:
        """Return the traces kept, with the loop that is under way as far as it has come."""
        now = [] if self._loop is None else [self._loop.trace(self.path, self._reader)]
        most, found = self._traces.maxlen, [*self._traces, *now]
        return found if most is None else found[max(0, len(found) - most) :]

    def clear(self) -> None:
        """Forget every trace."""
        self._traces.clear()
        self._latest, self._loop = [], None

    def _keep(self, trace: Trace) -> list[Trace]:
        self._traces.append(trace)
        return [trace]

    def _settle(self) -> None:
        """Give up the workspaces of the latest call: until now they cost nothing, as the graph holds them."""
        with suppress(IndexError):  # it was read, and is let go
            self._latest[0] = self._latest[0].settled()


class _Loop:
    """Steps of a cell, each following the one before."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self._made: tuple[int, Trace] | None = None

    def trace(self, path: str, reader: Reader) -> Trace:
        """Return the trace of the steps so far."""
        if self._made is None or self._made[0] != len(self.steps):
            self._made = len(self.steps), reader.trace(path, [_received(tuple(self.steps))])
        return self._made[1]


def _received(steps: tuple[Step, ...]) -> Received:
    """Return the steps of a cell as one call of a net of one layer."""
    first, last = steps[0], steps[-1]
    after = [torch.stack([step.after[k] for step in steps]) for k in range(len(first.after))]
    return Received(
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
    """Return whether two states are equal, NaN with NaN."""
    if a.shape != b.shape or a.dtype != b.dtype or a.device != b.device:
        return False
    return torch.equal(a, b) or torch.equal(torch.nan_to_num(a, 1e30), torch.nan_to_num(b, 1e30))
