"""The tensors of a call of a recurrent module as rows and columns of cells: pure, in torch's names.

A cell is all entries of the last axis: for the output at a step those of both directions, side by side.
"""

from dataclasses import dataclass
from typing import Literal

from lstm_viz.app.panels.shapes.configuration import Configuration

TensorName = Literal["input", "output", "h_n", "c_n", "packed.data", "packed_output.data"]
AxisName = Literal["time", "batch", "features", "layers", "packed"]


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of a tensor: what it is of, and its size; ``parts`` are the directions side by side in it."""

    name: AxisName
    size: int
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """What a number is of: its layer, direction and unit; its sequence, and its step (None of a final state).

    ``direction`` is None of an input.
    """

    sequence: int
    step: int | None
    layer: int
    direction: int | None
    unit: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A number of a tensor: its index, what it is of, and where the same number is.

    Attributes
    ----------
    tensor : str
    index : tuple of int
    place : Place
    is_padding : bool
        Whether it is past the end of its sequence.
    state : tuple of int or None
        For one of the output that is also in h_n: the index there.
    output : tuple of int or None
        For one of h_n that is also in the output: the index there.
    """

    tensor: TensorName
    index: tuple[int, ...]
    place: Place
    is_padding: bool = False
    state: tuple[int, ...] | None = None
    output: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Tensor:
    """A tensor of a configuration, drawn with its first axis from top to bottom and its second to the right.

    Packed data has one axis for both: it is drawn with a column for each step.
    """

    name: TensorName
    of: Configuration
    axes: tuple[Axis, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(axis.size for axis in self.axes)

    @property
    def is_packed(self) -> bool:
        return self.name.startswith("packed")

    @property
    def is_state(self) -> bool:
        return self.name in ("h_n", "c_n")

    @property
    def rows(self) -> int:
        return self.of.batch if self.is_packed else self.sizes[0]

    @property
    def columns(self) -> int:
        if self.is_packed:
            return self.of.steps
        return self.sizes[1] if len(self.sizes) == 3 else 1

    @property
    def depth(self) -> int:
        """The number of entries in a cell."""
        return self.sizes[-1]

    @property
    def parts(self) -> int:
        """The number of directions side by side in a cell."""
        return self.axes[-1].parts

    def step_and_sequence(self, row: int, column: int) -> tuple[int, int] | None:
        """Return the step and the sequence of a cell of what is not a state; None where there is no cell."""
        if self.is_packed:
            is_there = row < self.of.batch_sizes[column]
            return (column, self.of.order[row]) if is_there else None
        return (column, row) if self.of.time_axis else (row, column)

    def is_padding(self, row: int, column: int) -> bool:
        """Return whether a cell is past the end of its sequence."""
        found = None if self.is_state else self.step_and_sequence(row, column)
        return found is not None and found[0] >= self.of.lengths[found[1]]

    def held_states(self, row: int, column: int) -> tuple[int, ...]:
        """Return the directions whose part of a cell of the output is also in h_n."""
        found = self.step_and_sequence(row, column) if "output" in self.name else None
        if found is None:
            return ()
        directions = range(self.of.num_directions)
        return tuple(d for d in directions if found[0] == self.of.final_step(d, found[1]))

    def entry(self, row: int, column: int, k: int) -> Entry | None:
        """Return the number at a cell and a place in it; None where there is no cell."""
        return self._state_entry(row, column, k) if self.is_state else self._step_entry(row, column, k)

    def _state_entry(self, row: int, sequence: int, unit: int) -> Entry:
        layer, direction = divmod(row, self.of.num_directions)
        place = Place(sequence, None, layer, direction, unit)
        index = (row, sequence, unit) if self.of.has_batch else (row, unit)
        is_output = self.name == "h_n" and layer == self.of.num_layers - 1
        return Entry(self.name, index, place, output=self._output_index(place) if is_output else None)

    def _output_index(self, place: Place) -> tuple[int, ...]:
        direction = place.direction or 0
        step = self.of.final_step(direction, place.sequence)
        return *self._padded(step, place.sequence), direction * self.of.output_size + place.unit

    def _padded(self, step: int, sequence: int) -> tuple[int, ...]:
        """Return the index of a step of a sequence in a tensor that is not packed."""
        if not self.of.has_batch:
            return (step,)
        return (sequence, step) if self.of.time_axis else (step, sequence)

    def _step_entry(self, row: int, column: int, k: int) -> Entry | None:
        found = self.step_and_sequence(row, column)
        if found is None:
            return None
        step, sequence = found
        start = (self.of.offsets[step] + row,) if self.is_packed else self._padded(step, sequence)
        if "output" not in self.name:
            place, state = Place(sequence, step, 0, None, k), None
        else:
            direction, unit = divmod(k, self.of.output_size)
            place = Place(sequence, step, self.of.num_layers - 1, direction, unit)
            state = self._state_index(place) if direction in self.held_states(row, column) else None
        return Entry(self.name, (*start, k), place, self.is_padding(row, column), state)

    def _state_index(self, place: Place) -> tuple[int, ...]:
        row = self.of.state_index(place.layer, place.direction or 0)
        return (row, place.sequence, place.unit) if self.of.has_batch else (row, place.unit)


def tensors(of: Configuration) -> dict[TensorName, Tensor]:
    """Return the tensors of a call by their names in code, those of packed sequences only where they are."""
    time, batch = Axis("time", of.steps), Axis("batch", of.batch)
    directions = of.num_directions
    inputs, outputs = (
        Axis("features", of.input_size),
        Axis("features", directions * of.output_size, directions),
    )
    both = (batch, time) if of.batch_first else (time, batch)
    outer = both if of.has_batch else (time,)
    layers = (Axis("layers", of.num_layers * directions), *((batch,) if of.has_batch else ()))
    axes: dict[TensorName, tuple[Axis, ...]] = {"input": (*outer, inputs), "output": (*outer, outputs)}
    if of.packed:
        rows = Axis("packed", sum(of.lengths))
        axes |= {"packed.data": (rows, inputs), "packed_output.data": (rows, outputs)}
    axes["h_n"] = (*layers, Axis("features", of.output_size))
    if "c" in of.kind.states:
        axes["c_n"] = (*layers, Axis("features", of.hidden_size))
    return {name: Tensor(name, of, axes[name]) for name in axes}
