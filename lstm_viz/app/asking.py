"""From what is looked at to the question that answers it."""

from PySide6.QtCore import QObject

from lstm_viz.app.link import EngineLink
from lstm_viz.app.opened import can_open
from lstm_viz.app.run_data import RunData
from lstm_viz.app.runs import Runs
from lstm_viz.app.state import Look, State
from lstm_viz.messages import (
    Answer,
    ArithmeticQuery,
    Explain,
    Explanation,
    Hello,
    InputArithmetic,
    InputQuery,
    Memory,
    PathArithmetic,
    PathQuery,
    Problem,
    Read,
    Reading,
    Remember,
    ScoreArithmetic,
    ScoreQuery,
    StateArithmetic,
    StateQuery,
)

_READ_AGAIN = ("model", "epoch", "text", "carry", "module", "layer", "direction", "edits", "cuts")


class Asking(QObject):
    """Asks the engine whenever something else is looked at, and gives the state what it answers.

    Questions are numbered; an answer to any but the newest is dropped. While the newest weights of a run are
    looked at, newer ones are read as soon as they are there.
    """

    def __init__(self, state: State, link: EngineLink, runs: Runs) -> None:
        super().__init__()
        self._state = state
        self._link = link
        self._runs = runs
        self._edits = state.look.edits
        self._newest: tuple[int, tuple[int, ...]] | None = None
        runs.grown.connect(self._grown)
        runs.current_changed.connect(self._current_changed)
        state.look_changed.connect(self._look_changed)
        link.answered.connect(self._take)
        if link.hello:
            self._take(link.hello)

    def _look_changed(self, new: Look, old: Look) -> None:
        if needs_reading(new, old, characters=self._state.reads_characters):
            self._read()
        elif self._state.reading and (new.unit, new.step, new.character) != (
            old.unit,
            old.step,
            old.character,
        ):
            self._explain()
        elif new.opened != old.opened:
            self._ask_arithmetic()
        elif new.panel == "memory" != old.panel:
            self._look_at_memory()

    def _current_changed(self) -> None:
        self._newest = weights(self._runs.current) if self._runs.current else None

    def _grown(self, data: RunData) -> None:
        if data is self._runs.current and weights(data) != self._newest:
            before, self._newest = self._newest, weights(data)
            is_void = before is not None and before[0] != data.generation
            if is_void or self._state.look.epoch is None or self._state.trouble is not None:
                self._read()

    def _read(self) -> None:
        self._state.await_reading(next(self._link.numbers))
        self._edits = self._state.look.edits
        self._link.ask(question(self._state.look, self._state.asked))

    def _explain(self) -> None:
        """Ask about the place that is looked at; a reading still on its way is asked for that place anew."""
        reading, unit = self._state.reading, self._state.look.unit
        if reading and not self._state.is_up_to_date:
            self._read()
        elif reading and unit is not None:
            self._link.ask(Explain(reading.number, self._state.column, unit))
        self._ask_arithmetic()
        self._remember()

    def _ask_arithmetic(self) -> None:
        """Ask for the number that is open; while a reading is on its way, that will be asked instead."""
        query = arithmetic_query(self._state) if self._state.is_up_to_date else None
        if query is not None:
            self._link.ask(query)

    def _look_at_memory(self) -> None:
        """Ask where it comes from; a reading still on its way was asked for without that."""
        if self._state.reading and not self._state.is_up_to_date:
            self._read()
        else:
            self._remember()

    def _remember(self) -> None:
        """Ask where the memory of the place that is looked at comes from, if that is shown."""
        reading, look = self._state.reading, self._state.look
        if reading and self._state.is_up_to_date and look.panel == "memory":
            self._link.ask(Remember(reading.number, self._state.column, look.unit))

    def _take(self, answer: Answer) -> None:
        match answer:
            case Hello():
                self._state.take_models(answer.models)
                self._read()
            case Reading() if answer.number == self._state.asked:
                self._state.take_reading(answer, self._edits)
                self._ask_arithmetic()
            case Explanation():
                self._state.take_explanation(answer)
            case Memory():
                self._state.take_memory(answer)
            case StateArithmetic() | ScoreArithmetic() | PathArithmetic() | InputArithmetic():
                self._state.take_arithmetic(answer)
            case Problem() if answer.number == self._state.asked:
                self._state.take_trouble(answer)


def needs_reading(new: Look, old: Look, characters: bool) -> bool:
    """Tell whether the change can only be answered by reading the sentence again."""
    if any(getattr(new, name) != getattr(old, name) for name in _READ_AGAIN):
        return True
    return (new.carry and new.before != old.before) or (characters and new.step != old.step)


def arithmetic_query(state: State) -> ArithmeticQuery | None:
    """Return what explains the number that is open; None where nothing is, or `Explain` has it all."""
    reading, look, opened = state.reading, state.look, state.look.opened
    if reading is None or reading.view is None or opened is None or not can_open(opened, reading):
        return None
    number, step = reading.number, min(look.step, len(reading.words) - 1)
    if opened.is_of_tag:
        return (ScoreQuery if opened.name == "score" else PathQuery)(number, step, opened.tag)
    if opened.name == "x":
        return InputQuery(number, state.column)
    is_state = opened.name in ("c", "h") and reading.view.module.cell != "RNN"
    if not is_state or look.unit is None:
        return None
    return StateQuery(number, state.column, look.unit, "c" if opened.name == "c" else "h")


def weights(data: RunData) -> tuple[int, tuple[int, ...]]:
    """Return what tells one set of checkpoints from another: a history that was replaced has others."""
    return data.generation, data.checkpoints


def question(look: Look, number: int) -> Read:
    """Return the question about ``look``."""
    return Read(
        number=number,
        model=look.model,
        text=look.text,
        epoch=look.epoch,
        before=look.before if look.carry else None,
        module=look.module,
        layer=look.layer,
        direction=look.direction,
        step=look.step,
        character=look.character,
        unit=look.unit,
        caret=look.caret,
        edits=look.edits,
        memory=look.panel == "memory",
        cuts=look.cuts,
    )
