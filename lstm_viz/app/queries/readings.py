"""Requests the reading of the selection, and the arithmetic of its numbers."""

from functools import partial
from itertools import count

from PySide6.QtCore import QObject

from lstm_viz.app.client.client import ENGINE_FAILURES, EngineClient
from lstm_viz.app.client.request import Priority
from lstm_viz.app.queries.of_state import arithmetic_query, needs_reading, read_query, weights
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import Selection, resolved
from lstm_viz.app.state import State
from lstm_viz.messages import (
    Arithmetic,
    DecompositionQuery,
    Edit,
    ExtremesQuery,
    Failure,
    GateQuery,
    Hello,
    Query,
    Reading,
)

#: The keys of the requests about the current reading, which a new one makes obsolete.
_ABOUT_READING = ("gate", "arithmetic", "decomposition")
#: The groups of units whose extremes are requested: a row of pixels each.
GROUPS = 12


class ReadingQueries(QObject):
    """Requests readings whenever the selection changes, and passes the results to the state.

    While the newest weights of a run are selected, newer ones are read as soon as they are saved.
    """

    def __init__(self, state: State, client: EngineClient, runs: Runs) -> None:
        super().__init__()
        self._state, self._client, self._runs = state, client, runs
        self._versions = count()
        self._weights: tuple[int, tuple[int, ...]] | None = None
        self._before_reading: Selection | None = None
        self._extremes_of: object = None
        runs.grown.connect(self._grown)
        runs.current_changed.connect(self._current_changed)
        state.selection_changed.connect(self._selection_changed)
        state.model_changed.connect(self._read)
        client.ready.connect(self._engine_ready)
        hello = client.link(Priority.TYPING).hello
        if hello is not None:
            self._engine_ready(Priority.TYPING, hello)

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        reading = self._state.reading
        if old is self._before_reading and reading is not None and new == resolved(old, reading):
            return  # the reading has changed it
        if needs_reading(new, old, characters=self._state.reads_characters):
            self._read()
        elif self._state.reading and (new.unit, new.step, new.character) != (
            old.unit,
            old.step,
            old.character,
        ):
            self._column_changed()
        elif new.opened != old.opened:
            self._request_arithmetic()
        elif new.panel == "decomposition" != old.panel:
            self._decomposition_shown()

    def _current_changed(self) -> None:
        self._weights = weights(self._runs.current) if self._runs.current else None

    def _grown(self, data: RunData) -> None:
        if data is self._runs.current and weights(data) != self._weights:
            before, self._weights = self._weights, weights(data)
            is_void = before is not None and before[0] != data.generation
            if is_void or self._state.selection.epoch is None or self._state.error is not None:
                self._read()

    def _engine_ready(self, priority: Priority, hello: Hello) -> None:
        """Read the selection anew: a new engine has no current reading."""
        if priority is Priority.TYPING:
            self._state.take_models(hello.models)
            self._read()

    def _read(self) -> None:
        selection = self._state.selection
        request = self._client.request(
            read_query(selection),
            key="reading",
            priority=Priority.TYPING,
            version=next(self._versions),
            result=partial(self._take_reading, selection.edits),
            failed=self._take_error,
        )
        self._state.await_reading(request.number)

    def _column_changed(self) -> None:
        """Request the arithmetic of the selected column; a pending reading is requested anew for it."""
        reading, unit = self._state.reading, self._state.selection.unit
        if reading and not self._state.is_up_to_date:
            self._read()
        elif reading and unit is not None and "weights" in reading.model.capabilities:
            self._client.request(
                GateQuery(reading.number, self._state.column, unit),
                key="gate",
                priority=Priority.TYPING,
                version=next(self._versions),
                result=self._state.take_gate_arithmetic,
                failed=_ignore,
            )
        self._request_arithmetic()
        self._request_decomposition()

    def _request_arithmetic(self) -> None:
        """Request the arithmetic of the opened number; while a reading is pending this waits for it."""
        query: Query[Arithmetic] | None = arithmetic_query(self._state) if self._state.is_up_to_date else None
        if query is not None:
            self._client.request(
                query,
                key="arithmetic",
                priority=Priority.TYPING,
                version=next(self._versions),
                result=self._state.take_arithmetic,
                failed=_ignore,
            )

    def _decomposition_shown(self) -> None:
        """Request the decomposition; a pending reading was requested without it and is requested anew."""
        if self._state.reading and not self._state.is_up_to_date:
            self._read()
        else:
            self._request_decomposition()

    def _request_decomposition(self) -> None:
        """Request the decomposition of the cell state at the selected column, if its panel is shown."""
        reading, selection = self._state.reading, self._state.selection
        if reading and self._state.is_up_to_date and selection.panel == "decomposition":
            self._client.request(
                DecompositionQuery(reading.number, self._state.column, selection.unit),
                key="decomposition",
                priority=Priority.TYPING,
                version=next(self._versions),
                result=self._state.take_decomposition,
                failed=_ignore,
            )

    def _take_reading(self, edits: tuple[Edit, ...], reading: Reading) -> None:
        for key in _ABOUT_READING:
            self._client.withdraw(key)
        self._before_reading = self._state.selection
        self._state.take_reading(reading, edits)
        self._before_reading = None
        self._request_arithmetic()
        if reading.is_section or self._extremes_of:
            self._request_extremes(reading)

    def _request_extremes(self, reading: Reading) -> None:
        """Request the extremes of all steps, once for each view of an input that is read in sections."""
        view = reading.view if reading.is_section else None
        text = self._state.selection.text
        of = (reading.model.uri, text, view.module.path, view.layer, view.direction) if view else None
        if of == self._extremes_of:
            return
        self._extremes_of = of
        self._client.withdraw("extremes")
        self._state.take_extremes(None)
        if view is not None:
            self._client.request(
                ExtremesQuery(read_query(self._state.selection), GROUPS),
                key="extremes",
                priority=Priority.TYPING,
                version=next(self._versions),
                result=self._state.take_extremes,
                failed=_ignore,
            )

    def _take_error(self, failure: Failure) -> None:
        """Set the error; that of the engine itself is in its own notice."""
        if failure.code not in ENGINE_FAILURES:
            self._state.take_error(failure)


def _ignore(failure: Failure) -> None:
    """Leave an arithmetic without its result; the reading itself is shown."""
