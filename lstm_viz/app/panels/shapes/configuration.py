"""The options of a recurrent module and of a call of it, from which all shapes follow.

Shapes: T steps, B sequences, L layers, D directions, I inputs, H units (proj_size where h is projected).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

from lstm_viz.cells import KINDS, CellKind
from lstm_viz.messages import View

_PROJECTED = "LSTM"


@dataclass(frozen=True)
class Configuration:
    """A recurrent module and a call of it, in torch's terms.

    Attributes
    ----------
    mode : str
        As ``nn.RNNBase.mode``.
    input_size, hidden_size, num_layers, num_directions, proj_size : int
    has_biases, batch_first : bool
    lengths : tuple of int
        The lengths of the sequences of the batch. Where they are not packed, all are read to the end of the
        longest, padding included.
    packed, has_batch : bool
        Whether the input is a packed sequence; whether it has an axis for the batch.
    """

    mode: str
    input_size: int
    hidden_size: int
    num_layers: int = 1
    num_directions: int = 1
    proj_size: int = 0
    has_biases: bool = True
    batch_first: bool = False
    lengths: tuple[int, ...] = (1,)
    packed: bool = False
    has_batch: bool = True

    @property
    def kind(self) -> CellKind:
        return KINDS[self.mode]

    @property
    def steps(self) -> int:
        """T, with the padding."""
        return max(self.lengths)

    @property
    def batch(self) -> int:
        return len(self.lengths)

    @property
    def output_size(self) -> int:
        """The width of h: proj_size where it is projected."""
        return self.proj_size or self.hidden_size

    @property
    def read_lengths(self) -> tuple[int, ...]:
        """The number of steps that the module reads of each sequence."""
        return self.lengths if self.packed else (self.steps,) * self.batch

    @property
    def is_ragged(self) -> bool:
        """Whether some sequence ends before the last step."""
        return min(self.lengths) < self.steps

    @property
    def time_axis(self) -> int:
        """The axis of input and output that is the time."""
        return 1 if self.batch_first and self.has_batch else 0

    @property
    def has_projection(self) -> bool:
        """Whether there is a ``proj_size`` for this kind of cell."""
        return self.mode == _PROJECTED

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The sequences as they are packed, longest first."""
        return tuple(sorted(range(self.batch), key=lambda b: -self.lengths[b]))

    @cached_property
    def ranks(self) -> tuple[int, ...]:
        """The place of each sequence in `order`."""
        places = {sequence: place for place, sequence in enumerate(self.order)}
        return tuple(places[sequence] for sequence in range(self.batch))

    @cached_property
    def batch_sizes(self) -> tuple[int, ...]:
        """The number of sequences that have a step, for each step."""
        ends = Counter(self.lengths)
        return tuple(accumulate((-ends[t] for t in range(1, self.steps)), initial=self.batch))

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """The row of packed data at which each step begins."""
        return tuple(accumulate(self.batch_sizes[:-1], initial=0))

    def final_step(self, direction: int, sequence: int) -> int:
        """Return the step whose h is in h_n: the last one that is read, in the direction of the time."""
        return 0 if direction else self.read_lengths[sequence] - 1

    def state_index(self, layer: int, direction: int) -> int:
        """Return the index of a layer and direction in the first axis of h_n and c_n."""
        return layer * self.num_directions + direction

    def layers(self) -> Iterator[tuple[int, int]]:
        """Yield each layer and direction in the order of h_n."""
        for layer in range(self.num_layers):
            yield from ((layer, direction) for direction in range(self.num_directions))


def configuration_of(view: View, steps: int) -> Configuration:
    """Return the module of a view as it was called; where that is unknown, with one sequence of ``steps``."""
    module, call = view.module, view.call
    return Configuration(
        mode=module.cell,
        input_size=module.input_size,
        hidden_size=module.hidden_size,
        num_layers=module.num_layers,
        num_directions=module.num_directions,
        proj_size=module.proj_size,
        has_biases=module.has_biases,
        batch_first=module.batch_first,
        lengths=call.lengths if call else (steps,),
        packed=call is not None and call.is_packed,
        has_batch=call is None or call.has_batch,
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """What the user has changed of a configuration; None is as it was called."""

    batch_first: bool | None = None
    packed: bool | None = None
    bidirectional: bool | None = None
    num_layers: int | None = None
    proj_size: int | None = None
    batch: int | None = None

    def applied_to(self, called: Configuration) -> Configuration:
        """Return the changed configuration.

        Further sequences are each a step shorter than the one before, so that there is something to pack. A
        packed input and several sequences have an axis for the batch.
        """
        packed = called.packed if self.packed is None else self.packed
        batch = called.batch if self.batch is None else self.batch
        is_batched = called.has_batch or packed or batch > 1
        return replace(
            called,
            batch_first=called.batch_first if self.batch_first is None else self.batch_first,
            packed=packed,
            has_batch=is_batched or bool(self.batch_first),
            num_directions=called.num_directions if self.bidirectional is None else 1 + self.bidirectional,
            num_layers=self.num_layers or called.num_layers,
            proj_size=called.proj_size if self.proj_size is None else self.proj_size,
            lengths=_resized(called.lengths, batch),
        )


def _resized(lengths: tuple[int, ...], batch: int) -> tuple[int, ...]:
    further = range(1, 1 + batch - len(lengths))
    return (*lengths[:batch], *(max(1, lengths[-1] - by) for by in further))
