"""The view model of the decomposition panel: a result of the engine with its labels."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lstm_viz.app.panels.cell.number_texts import subscript
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.tables import Cell, Table
from lstm_viz.cells import GatedState, symbol_of
from lstm_viz.messages import Decomposition, Floats, Reading, View
from lstm_viz.ordinals import ordinal

#: What is decomposed: the state itself, or a tag's score.
Where = Literal["state", "score"]


@dataclass(frozen=True, slots=True, eq=False)
class DecompositionViewModel:
    """A `Decomposition` as drawn.

    Attributes
    ----------
    view : View
        The view of the reading that was decomposed.
    is_carried_over : bool
        Whether the initial state is carried over from a previous sentence.
    tags : tuple of str
        The columns of ``decomposition.scores``.
    tag : int or None
        The tag whose score is decomposed; None if there is no such tag.
    where : "state" or "score"
    fresh : bool
        Whether this is about the selection. If not, it is drawn pale and without numbers.
    before : int
        The number of the step whose state is the initial one: 0, except in a section of a longer input.
    """

    decomposition: Decomposition
    view: View
    is_carried_over: bool
    tags: tuple[str, ...]
    tag: int | None
    where: Where
    fresh: bool = True
    before: int = 0

    @property
    def kept(self) -> GatedState:
        """The state that is decomposed and the gate that keeps it: c and f of an LSTM, h and z of a GRU."""
        assert self.view.module.kind.gated_state is not None
        return self.view.module.kind.gated_state

    @property
    def state(self) -> str:
        """The quantity that is decomposed."""
        return self.kept.state

    @property
    def gate(self) -> str:
        """The gate that keeps it."""
        return self.kept.gate

    @property
    def gates(self) -> tuple[str, ...]:
        """The gates that are taken as constants."""
        products = self.view.module.kind[self.state].products
        factors = (symbol_of(factor) for product in products for factor in product)
        return tuple(dict.fromkeys(symbol for symbol in factors if symbol != self.state))

    @property
    def symbol(self) -> str:
        """The state at the step, for example c₃."""
        return self.state + subscript(ordinal(self.view.first + self.decomposition.column))

    @property
    def initial(self) -> str:
        """The state before the columns: that of another step where they are a section of the input."""
        return self.state + subscript(self.before)

    @property
    def backward(self) -> bool:
        return self.view.direction == 1

    @property
    def has_scores(self) -> bool:
        return self.decomposition.scores is not None

    @property
    def values(self) -> Floats:
        """The contributions of the sources, (N + 1,): to the unit, the mean of all, or the tag's score."""
        decomposition = self.decomposition
        if self.where == "score":
            return scores_of(decomposition, self.tag)
        return (
            decomposition.by_unit.mean(axis=1)
            if decomposition.unit is None
            else decomposition.by_unit[:, decomposition.unit]
        )

    @property
    def order(self) -> tuple[int, ...]:
        """The sources read up to the step, from top to bottom: in the order of the sentence.

        The initial state is at the end where the direction starts.
        """
        count, column = len(self.view.columns), self.decomposition.column
        if self.backward:
            return (*range(column + 1, count + 1), 0)
        return tuple(range(column + 2))

    @property
    def to_come(self) -> tuple[int, ...]:
        """The sources read after the step, in the order of the sentence."""
        column = self.decomposition.column
        return tuple(range(1, column + 1) if self.backward else range(column + 2, len(self.view.columns) + 1))

    def written(self, source: int) -> float:
        """Return what a source wrote at its own step, in the unit or in the mean."""
        unit = self.decomposition.unit
        if source == 0:
            start = self.view.start[self.state]
            return float(start.mean() if unit is None else start[unit])
        return float(self.decomposition.triangle[source - 1, source])

    def survival(self, source: int) -> float | None:
        """Return the share of it that the gates retain, ∏ f; None where that is undefined."""
        if self.decomposition.unit is None:
            return None
        column = self.decomposition.column
        written, alive = self.written(source), float(self.decomposition.triangle[column, source])
        return alive / written if written != 0 else None

    def word(self, source: int) -> str:
        """Return the word of a source, the initial state's symbol for source 0."""
        return shown_text(self.view.columns[source - 1]) if source else self.initial


def scores_of(decomposition: Decomposition, tag: int | None) -> Floats:
    """Return the contribution of each source to a tag's logit, (N + 1,); NaN without a tag."""
    if decomposition.scores is None or tag is None:
        return np.full(len(decomposition.by_unit), np.nan, decomposition.by_unit.dtype)
    return decomposition.scores[:, tag]


def decomposition_table(shown: DecompositionViewModel) -> Table:
    """Return a table with a row per source: its contribution to what is drawn, and to every unit or tag."""
    decomposition = shown.decomposition
    scores = decomposition.scores if shown.where == "score" else None
    each = decomposition.by_unit if scores is None else scores
    names = (
        (f"{shown.state}_{ordinal(unit)}" for unit in range(each.shape[1])) if scores is None else shown.tags
    )
    rows: list[tuple[Cell, ...]] = [
        (source, shown.word(source), float(value), *map(float, each[source]))
        for source, value in enumerate(shown.values)
    ]
    return Table(("source", "word", "contribution", *names), rows)


def decomposition_view_model(
    state: State, where: Where, last: DecompositionViewModel | None
) -> DecompositionViewModel | None:
    """Return the result for the selection, else the ``last`` one, as stale; None if neither can be drawn."""
    reading, decomposition = state.reading, state.decomposition
    if reading is None or reading.view is None or reading.view.module.kind.gated_state is None:
        return None
    if decomposition is None or (decomposition.reading, decomposition.column, decomposition.unit) != (
        reading.number,
        state.column,
        state.selection.unit,
    ):
        return None if last is None else _stale(last)
    return DecompositionViewModel(
        decomposition=decomposition,
        view=reading.view,
        is_carried_over=state.selection.carry and reading.before is not None,
        tags=reading.model.tags,
        tag=_tag(state),
        where=where,
        before=_before(reading, reading.view),
    )


def _before(reading: Reading, view: View) -> int:
    """Return the number of the step before the columns, in the order of computation; 0 for none."""
    if not view.direction:
        return view.first
    stop = view.first + len(view.columns)
    return ordinal(stop) if reading.is_section and stop < reading.total_words else 0


def _tag(state: State) -> int | None:
    tag, reading = state.tag, state.reading
    return reading.model.tags.index(tag) if reading and tag in reading.model.tags else None


def _stale(shown: DecompositionViewModel) -> DecompositionViewModel:
    return DecompositionViewModel(
        shown.decomposition,
        shown.view,
        shown.is_carried_over,
        shown.tags,
        shown.tag,
        shown.where,
        fresh=False,
        before=shown.before,
    )
