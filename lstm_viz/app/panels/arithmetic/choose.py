"""The content of the arithmetic panel, chosen from the state of the window."""

from PySide6.QtCore import QCoreApplication

from lstm_viz.app.panels.arithmetic.of_cell import of_gate, of_input, of_state
from lstm_viz.app.panels.arithmetic.of_path import of_delta, of_marginal
from lstm_viz.app.panels.arithmetic.of_score import of_score
from lstm_viz.app.panels.arithmetic.texts import Tags, cell_title
from lstm_viz.app.panels.arithmetic.view_model import ArithmeticViewModel
from lstm_viz.app.panels.cell.values import gate_sum, step_values
from lstm_viz.app.panels.edits.edit_target import clamped_quantities
from lstm_viz.app.panels.reading_panel import lack_text
from lstm_viz.app.selection.opened import OpenedNumber, can_open
from lstm_viz.app.state import State
from lstm_viz.app.texts import put
from lstm_viz.app.theme import Theme
from lstm_viz.messages import (
    Arithmetic,
    InputArithmetic,
    PathArithmetic,
    Reading,
    ScoreArithmetic,
    StateArithmetic,
    View,
)

translate = QCoreApplication.translate


def shown_of(state: State) -> ArithmeticViewModel | None:
    """Return the arithmetic of the open number; None if there is none, or no result yet."""
    opened, reading = state.selection.opened, state.reading if state.is_up_to_date else None
    if opened is None or reading is None or reading.view is None or not can_open(opened, reading):
        return None
    if opened.is_of_tag:
        return _of_tag(state, opened, reading)
    return _of_view(state, opened, reading, reading.view)


def _of_tag(state: State, opened: OpenedNumber, reading: Reading) -> ArithmeticViewModel | None:
    found, tags = state.arithmetic, Tags(reading, state.theme)
    step = min(state.selection.step, len(reading.words) - 1)
    lack = lack_text(reading, "linear_scores")
    if opened.name == "score" and lack:
        title = tags.title("score", opened.tag, step)
        return ArithmeticViewModel(opened, title, tags.ink, note=lack, tabs=tags.tabs(opened.tag))
    match found:
        case ScoreArithmetic() if opened.name == "score" and (found.step, found.tag) == (step, opened.tag):
            return of_score(found, tags)
        case PathArithmetic() if opened.name != "score" and (found.step, found.tag) == (step, opened.tag):
            return (of_delta if opened.name == "delta" else of_marginal)(found, tags)
    return None


def _of_view(state: State, opened: OpenedNumber, reading: Reading, view: View) -> ArithmeticViewModel | None:
    found, column = state.arithmetic, state.column
    if opened.name == "x":
        if not isinstance(found, InputArithmetic) or found.column != column:
            return None
        return of_input(found, view, state.theme, opened.index)
    unit, ink = state.selection.unit, state.theme.ink[opened.name]
    why_not = _why_not(opened.name, unit, reading, view)
    if unit is None or why_not:
        return ArithmeticViewModel(opened, cell_title(view, opened.name, unit, column), ink, note=why_not)
    if view.module.kind.is_sum(opened.name):
        return _of_state(found, opened, view, (column, unit), state.theme)
    clamped = clamped_quantities(state.edits_read, reading.resolved_edits, view, column, unit)
    values = step_values(view, column, unit, clamped)
    gate = gate_sum(values, state.gate_arithmetic, opened.name)
    return of_gate(values, gate, view, state.theme) if gate is not None else None


def _of_state(
    found: Arithmetic | None, opened: OpenedNumber, view: View, place: tuple[int, int], theme: Theme
) -> ArithmeticViewModel | None:
    if not isinstance(found, StateArithmetic) or found.quantity != opened.name:
        return None
    return of_state(found, view, theme) if (found.column, found.unit) == place else None


def _why_not(name: str, unit: int | None, reading: Reading, view: View) -> str:
    """Return why a number of the cell has no arithmetic, "" if it has one."""
    if unit is None:
        return _mean()
    width = view.quantities[name].shape[1]
    if unit >= width:
        return _projection(width)
    is_projected = width < view.module.hidden_size
    needs_weights = is_projected or not view.module.kind.is_sum(name)
    return lack_text(reading, "weights") if needs_weights else ""


def _mean() -> str:
    return translate("Arithmetic", "A mean has no arithmetic: select a single unit.")


def _projection(width: int) -> str:
    return put(translate("Arithmetic", "h is projected to %1 units: select one of these."), width)
