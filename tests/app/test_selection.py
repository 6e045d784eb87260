"""The typed changes of the selection, and what a reading makes of it."""

from dataclasses import fields
from typing import get_type_hints

import pytest
from PySide6.QtTest import QSignalSpy

from lstm_viz.app.selection.selection import Selection, SelectionChanges, resolved
from lstm_viz.app.selection.training_view import TrainingChanges, TrainingView
from lstm_viz.app.state import State
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import ReadQuery


@pytest.mark.parametrize(
    ("values", "changes"), [(Selection, SelectionChanges), (TrainingView, TrainingChanges)]
)
def test_every_field_can_be_changed_and_has_its_type(values, changes):
    assert {field.name for field in fields(values)} == set(changes.__annotations__)
    hints = get_type_hints(values)
    assert get_type_hints(changes) == {field.name: hints[field.name] for field in fields(values)}


@pytest.fixture(scope="module")
def reading():
    return Reader().read(ReadQuery("preset:tutorial", "The dog ate", caret=7), 1)


def test_a_reading_limits_the_selection_to_what_there_is(reading):
    wanted = Selection(
        text="The dog ate", module="nowhere", layer=3, direction=1, unit=999, tag="NONE", step=9
    )
    module = reading.view.module
    found = resolved(wanted, reading)
    assert (found.module, found.layer, found.direction) == (module.path, 0, 0)
    assert (found.unit, found.tag, found.step) == (module.hidden_size - 1, "", 1)
    assert resolved(found, reading) == found


def test_what_a_reading_changes_has_its_signal(reading):
    state = State(Selection(text="The dog ate", unit=999))
    spy = QSignalSpy(state.selection_changed)
    state.take_reading(reading)
    assert spy.count() == 1
    new, old = spy.at(0)
    assert new is state.selection and (old.unit, new.unit) == (999, reading.view.module.hidden_size - 1)
    state.take_reading(reading)
    assert spy.count() == 1
