"""What the memory panel shows: an answer of the engine, and the words for what it is about."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lstm_viz.app.painting import shown_text
from lstm_viz.app.sentence.cell.figures import subscript
from lstm_viz.app.state import State
from lstm_viz.messages import Floats, Memory, View

#: In the state itself, or in a tag's score.
Where = Literal["state", "score"]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A `Memory`, and what it is drawn with.

    Attributes
    ----------
    view : View
        What was read when the memory was asked for.
    carried : bool
        Whether the initial state was left by a sentence before.
    tags : tuple of str
        The columns of ``memory.scores``.
    tag : int or None
        Whose score is shown; None where there is no such tag.
    where : "state" or "score"
    fresh : bool
        Whether this is what is looked at. If not, it is drawn pale and without its numbers.
    """

    memory: Memory
    view: View
    carried: bool
    tags: tuple[str, ...]
    tag: int | None
    where: Where
    fresh: bool = True

    @property
    def state(self) -> Literal["c", "h"]:
        """The quantity that is remembered: c of an LSTM, h of a GRU."""
        return "c" if self.view.module.cell == "LSTM" else "h"

    @property
    def gate(self) -> Literal["f", "z"]:
        """The gate that keeps it."""
        return "f" if self.view.module.cell == "LSTM" else "z"

    @property
    def symbol(self) -> str:
        """The state at the step, for example c₃."""
        return self.state + subscript(self.memory.column + 1)

    @property
    def initial(self) -> str:
        return self.state + subscript(0)

    @property
    def backward(self) -> bool:
        return self.view.direction == 1

    @property
    def has_scores(self) -> bool:
        return self.memory.scores is not None

    @property
    def values(self) -> Floats:
        """What is alive of each source, (N + 1,): in the unit, in the mean of all, or in the tag's score."""
        memory = self.memory
        if self.where == "score":
            return scores_of(memory, self.tag)
        return memory.by_unit.mean(axis=1) if memory.unit is None else memory.by_unit[:, memory.unit]

    @property
    def order(self) -> tuple[int, ...]:
        """The sources that were read up to the step, from top to bottom: in the order of the sentence.

        The initial state stands where the reading begins.
        """
        count, column = len(self.view.columns), self.memory.column
        if self.backward:
            return (*range(column + 1, count + 1), 0)
        return tuple(range(column + 2))

    @property
    def to_come(self) -> tuple[int, ...]:
        """The sources that are read after the step, in the order of the sentence."""
        column = self.memory.column
        return tuple(range(1, column + 1) if self.backward else range(column + 2, len(self.view.columns) + 1))

    def written(self, source: int) -> float:
        """Return what a source first was, in the unit or in the mean."""
        unit = self.memory.unit
        if source == 0:
            start = self.view.c0 if self.state == "c" else self.view.h0
            assert start is not None
            return float(start.mean() if unit is None else start[unit])
        return float(self.memory.triangle[source - 1, source])

    def survival(self, source: int) -> float | None:
        """Return which share of it the gates let survive, ∏ f; None where none can be told."""
        if self.memory.unit is None:
            return None
        column = self.memory.column
        written, alive = self.written(source), float(self.memory.triangle[column, source])
        return alive / written if written != 0 else None

    def word(self, source: int) -> str:
        """Return the word that wrote, the initial state's symbol for source 0."""
        return shown_text(self.view.columns[source - 1]) if source else self.initial


def scores_of(memory: Memory, tag: int | None) -> Floats:
    """Return what each source gives to a tag's logit, (N + 1,); NaN where there is none."""
    if memory.scores is None or tag is None:
        return np.full(len(memory.by_unit), np.nan, memory.by_unit.dtype)
    return memory.scores[:, tag]


def what_is_shown(state: State, where: Where, last: Shown | None) -> Shown | None:
    """Return what can be drawn of what is looked at: the answer to it, or else the ``last`` one, as stale."""
    reading, memory = state.reading, state.memory
    if reading is None or reading.view is None or reading.view.module.cell == "RNN":
        return None
    if memory is None or (memory.number, memory.column, memory.unit) != (
        reading.number,
        state.column,
        state.look.unit,
    ):
        return None if last is None else _stale(last)
    return Shown(
        memory=memory,
        view=reading.view,
        carried=state.look.carry and reading.before is not None,
        tags=reading.model.tags,
        tag=_tag(state),
        where=where,
    )


def _tag(state: State) -> int | None:
    tag, reading = state.tag, state.reading
    return reading.model.tags.index(tag) if reading and tag in reading.model.tags else None


def _stale(shown: Shown) -> Shown:
    return Shown(shown.memory, shown.view, shown.carried, shown.tags, shown.tag, shown.where, fresh=False)
