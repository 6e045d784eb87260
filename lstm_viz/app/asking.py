"""Sends the engine the queries that follow from the selection."""

from PySide6.QtCore import QObject

from lstm_viz.app.link import EngineLink
from lstm_viz.app.opened import can_open
from lstm_viz.app.run_data import RunData
from lstm_viz.app.runs import Runs
from lstm_viz.app.state import Selection, State
from lstm_viz.messages import (
    ArithmeticQuery,
    Decomposition,
    DecompositionQuery,
    Failure,
    GateArithmetic,
    GateQuery,
    Hello,
    InputArithmetic,
    InputQuery,
    PathArithmetic,
    PathQuery,
    Reading,
    ReadQuery,
    Result,
    ScoreArithmetic,
    ScoreQuery,
    StateArithmetic,
    StateQuery,
)

_READING_FIELDS = ("model", "epoch", "text", "carry", "module", "layer", "direction", "edits", "cuts")


class Asking(QObject):
    """Queries the engine whenever the selection changes, and passes the results to the state.

    Queries are numbered; the result of any but the newest is dropped. While the newest weights of a run are
    selected, newer ones are read as soon as they are saved.
    """

    def __init__(self, state: State, link: EngineLink, runs: Runs) -> None:
        super().__init__()
        self._state = state
        self._link = link
        self._runs = runs
        self._edits = state.selection.edits
        self._newest: tuple[int, tuple[int, ...]] | None = None
        runs.grown.connect(self._grown)
        runs.current_changed.connect(self._current_changed)
        state.selection_changed.connect(self._selection_changed)
        link.answered.connect(self._take)
        if link.hello:
            self._take(link.hello)

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if needs_reading(new, old, characters=self._state.reads_characters):
            self._read()
        elif self._state.reading and (new.unit, new.step, new.character) != (
            old.unit,
            old.step,
            old.character,
        ):
            self._column_changed()
        elif new.opened != old.opened:
            self._ask_arithmetic()
        elif new.panel == "memory" != old.panel:
            self._decomposition_shown()

    def _current_changed(self) -> None:
        self._newest = weights(self._runs.current) if self._runs.current else None

    def _grown(self, data: RunData) -> None:
        if data is self._runs.current and weights(data) != self._newest:
            before, self._newest = self._newest, weights(data)
            is_void = before is not None and before[0] != data.generation
            if is_void or self._state.selection.epoch is None or self._state.error is not None:
                self._read()

    def _read(self) -> None:
        self._state.await_reading(next(self._link.numbers))
        self._edits = self._state.selection.edits
        self._link.ask(query(self._state.selection, self._state.asked))

    def _column_changed(self) -> None:
        """Query the arithmetic of the selected column; a pending reading is requested anew for it."""
        reading, unit = self._state.reading, self._state.selection.unit
        if reading and not self._state.is_up_to_date:
            self._read()
        elif reading and unit is not None:
            self._link.ask(GateQuery(reading.number, self._state.column, unit))
        self._ask_arithmetic()
        self._ask_decomposition()

    def _ask_arithmetic(self) -> None:
        """Query the arithmetic of the opened number; while a reading is pending this waits for it."""
        query = arithmetic_query(self._state) if self._state.is_up_to_date else None
        if query is not None:
            self._link.ask(query)

    def _decomposition_shown(self) -> None:
        """Query the decomposition; a pending reading was requested without it and is requested anew."""
        if self._state.reading and not self._state.is_up_to_date:
            self._read()
        else:
            self._ask_decomposition()

    def _ask_decomposition(self) -> None:
        """Query the decomposition of the cell state at the selected column, if its panel is shown."""
        reading, selection = self._state.reading, self._state.selection
        if reading and self._state.is_up_to_date and selection.panel == "memory":
            self._link.ask(DecompositionQuery(reading.number, self._state.column, selection.unit))

    def _take(self, result: Result) -> None:
        match result:
            case Hello():
                self._state.take_models(result.models)
                self._read()
            case Reading() if result.number == self._state.asked:
                self._state.take_reading(result, self._edits)
                self._ask_arithmetic()
            case GateArithmetic():
                self._state.take_gate_arithmetic(result)
            case Decomposition():
                self._state.take_decomposition(result)
            case StateArithmetic() | ScoreArithmetic() | PathArithmetic() | InputArithmetic():
                self._state.take_arithmetic(result)
            case Failure() if result.number == self._state.asked:
                self._state.take_error(result)


def needs_reading(new: Selection, old: Selection, characters: bool) -> bool:
    """Return whether the change of the selection needs another reading."""
    if any(getattr(new, name) != getattr(old, name) for name in _READING_FIELDS):
        return True
    return (new.carry and new.before != old.before) or (characters and new.step != old.step)


def arithmetic_query(state: State) -> ArithmeticQuery | None:
    """Return the query for the arithmetic of the opened number; None without one, or if a gate is opened."""
    reading, selection, opened = state.reading, state.selection, state.selection.opened
    if reading is None or reading.view is None or opened is None or not can_open(opened, reading):
        return None
    number, step = reading.number, min(selection.step, len(reading.words) - 1)
    if opened.is_of_tag:
        return (ScoreQuery if opened.name == "score" else PathQuery)(number, step, opened.tag)
    if opened.name == "x":
        return InputQuery(number, state.column)
    if not reading.view.module.kind.is_sum(opened.name) or selection.unit is None:
        return None
    return StateQuery(number, state.column, selection.unit, opened.name)


def weights(data: RunData) -> tuple[int, tuple[int, ...]]:
    """Return a key of the run's checkpoints; it differs if the history was replaced."""
    return data.generation, data.checkpoints


def query(selection: Selection, number: int) -> ReadQuery:
    """Return the query for a reading of ``selection``."""
    return ReadQuery(
        number=number,
        model=selection.model,
        text=selection.text,
        epoch=selection.epoch,
        before=selection.before if selection.carry else None,
        module=selection.module,
        layer=selection.layer,
        direction=selection.direction,
        step=selection.step,
        character=selection.character,
        unit=selection.unit,
        caret=selection.caret,
        edits=selection.edits,
        decomposition=selection.panel == "memory",
        cuts=selection.cuts,
    )
