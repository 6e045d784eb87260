"""The axes of the batch that a model is called with, and where a sequence is in what it returns.

Shapes: T columns, B sequences, K outputs; R rows of outputs, one for each column or one for the input.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from lstm_viz.errors import ErrorCode
from lstm_viz.subjects.errors import ModelError
from lstm_viz.tracing import Trace


@dataclass(frozen=True, slots=True)
class Axes:
    """The axes of the batch that the model was called with.

    ``steps`` is the number of steps with the padding, ``length`` without it, ``lengths`` that of each
    sequence; ``batch`` and ``sequence`` are the number of sequences and the shown one; ``batch_first`` is the
    order of the axes of the scores where both are equal, None where it is not known.
    """

    steps: int
    length: int
    batch: int
    sequence: int
    batch_first: bool | None = None
    lengths: tuple[int, ...] = ()

    @classmethod
    def of(cls, calls: Mapping[str, Sequence[Trace]], sequence: int, labels: int) -> "Axes":
        """Return the axes of the first module that was called for all columns.

        ``sequence`` is the index of the shown one, ``labels`` the number of its labels, 0 for none.
        Of the modules with a single call these are those with the smallest batch: characters are a batch of
        words. Raises `ModelError` where no module was called.
        """
        single = [traces[0] for traces in calls.values() if len(traces) == 1]
        known = [trace for trace in single if sequence < len(trace.lengths)]
        labelled = [trace for trace in known if int(trace.lengths[sequence]) == labels]
        if not known:
            code: ErrorCode = "model_called_repeatedly" if any(calls.values()) else "model_without_calls"
            raise ModelError(code)
        first = min(labelled or known, key=lambda trace: len(trace.lengths))
        lengths = tuple(map(int, first.lengths))
        return cls(first.steps, lengths[sequence], len(lengths), sequence, lengths=lengths)

    def are_of(self, traces: Sequence[Trace]) -> bool:
        """Return whether the traces of a module have a step for each column."""
        if len(traces) != 1 or len(traces[0].lengths) != self.batch:
            return False
        return int(traces[0].lengths[self.sequence]) == self.length

    @property
    def is_square(self) -> bool:
        """Whether the shape does not tell the steps from the sequences."""
        return self.steps == self.batch > 1

    def rows(self, scores: Tensor) -> Tensor | None:
        """Return the scores of the sequence as (R, K), with R = `length` or 1; None for other shapes."""
        if scores.dim() == 3:
            orders = self.columns(scores)
            if self.is_square and orders:
                return None if self.batch_first is None else orders[0 if self.batch_first else 1]
            return orders[0] if orders else None
        if scores.dim() == 0:
            return scores[None, None]
        if self.batch > 1:
            found = scores[self.sequence] if len(scores) == self.batch else None
            return None if found is None else found.reshape(1, -1)
        if scores.dim() == 1:
            return scores[None]
        return scores if len(scores) in (1, self.length) else None

    def columns(self, values: Tensor) -> list[Tensor]:
        """Return the values (T, n) of the sequence, from (B, T, n), (T, B, n) or (T, n) in a batch of one.

        There are two orders, that of (B, T, n) first, where the shape is both; none for any other shape.
        """
        if values.dim() == 2 and self.batch == 1 and len(values) == self.length:
            return [values]
        shape = tuple(values.shape[:2]) if values.dim() == 3 else ()
        is_first, is_second = shape == (self.batch, self.steps), shape == (self.steps, self.batch)
        orders = [values[self.sequence]] if is_first else []
        orders += [values[:, self.sequence]] if is_second else []
        return [order[: self.length] for order in orders]
