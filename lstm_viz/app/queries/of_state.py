"""The queries that follow from the selection: pure functions of the state."""

from msgspec.structs import replace

from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.selection.opened import can_open
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.messages import (
    AblationQuery,
    ArithmeticQuery,
    AttributionQuery,
    InputQuery,
    PathQuery,
    ReadQuery,
    ScoreQuery,
    StateQuery,
)

_READING_FIELDS = (
    "model",
    "epoch",
    "text",
    "first",
    "carry",
    "module",
    "layer",
    "direction",
    "edits",
    "tokenized_texts",
)


def needs_reading(new: Selection, old: Selection, characters: bool) -> bool:
    """Return whether the change of the selection needs another reading."""
    if any(getattr(new, name) != getattr(old, name) for name in _READING_FIELDS):
        return True
    return (new.carry and new.before != old.before) or (characters and new.step != old.step)


def read_query(selection: Selection) -> ReadQuery:
    """Return the query for a reading of ``selection``."""
    return ReadQuery(
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
        decomposition=selection.panel == "decomposition",
        tokenized_texts=selection.tokenized_texts,
        first=selection.first,
    )


def arithmetic_query(state: State) -> ArithmeticQuery | None:
    """Return the query for the arithmetic of the opened number; None without one, or if a gate is opened."""
    reading, selection, opened = state.reading, state.selection, state.selection.opened
    if reading is None or reading.view is None or opened is None or not can_open(opened, reading):
        return None
    number, step = reading.number, min(selection.step, len(reading.words) - 1)
    if opened.name == "score" and reading.model.lacks("linear_scores"):
        return None
    if opened.is_of_tag:
        return (ScoreQuery if opened.name == "score" else PathQuery)(number, step, opened.tag)
    if opened.name == "x":
        return InputQuery(number, state.column)
    if not reading.view.module.kind.is_sum(opened.name) or selection.unit is None:
        return None
    return StateQuery(number, state.column, selection.unit, opened.name)


def attribution_query(state: State) -> AttributionQuery | None:
    """Return the query for the attributions at the selected word, if their panel is shown."""
    selection = state.selection
    current = _current(state) if selection.panel == "attribution" else None
    return AttributionQuery(*current, selection.tag, selection.target) if current else None


def ablation_query(state: State) -> AblationQuery | None:
    """Return the query for the ablation at the selected word, if its panel is shown."""
    selection = state.selection
    current = _current(state) if selection.panel == "ablation" else None
    return AblationQuery(*current, selection.tag, selection.target) if current else None


def comparison_query(selection: Selection) -> ReadQuery | None:
    """Return the query for the reading to compare with: another sentence or model, the same layer."""
    compared_with = selection.compared_with
    if compared_with is None:
        return None
    return replace(
        read_query(selection),
        model=compared_with.model,
        epoch=compared_with.epoch,
        text=compared_with.text,
        caret=None,
        unit=None,
        edits=(),
        decomposition=False,
        step=0,
    )


def weights(data: RunData) -> tuple[int, tuple[int, ...]]:
    """Return a key of the run's checkpoints; it differs if the history was replaced."""
    return data.generation, data.checkpoints


def _current(state: State) -> tuple[int, ReadQuery] | None:
    """Return the number of the current reading, and its query at the selected word; None without a reading.

    There is none either if the engine failed to read the selection, or the model has no scores.
    """
    reading = state.reading
    if reading is None or not reading.words or state.error is not None or reading.model.lacks("scores"):
        return None
    query = read_query(state.selection)
    # the epoch that was read, not the newest
    return reading.number, replace(query, epoch=reading.epoch, caret=None, unit=None, decomposition=False)
