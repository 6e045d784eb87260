"""What is half typed in a row of the edits belongs to that row alone, and goes with it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from lstm_viz.messages import SetValue
from tests.app.sentence.edits_support import WORDS


@pytest.fixture
def rows(person):
    for unit in (1, 2):
        person.page.editing.add(SetValue("h", 0.25, unit, words=WORDS))
    person.settle()
    QApplication.processEvents()
    return person.page.results.edits.rows


def _begins_to_type(person, box):
    box.setFocus()
    box.selectAll()
    person.bot.keyClicks(box, "0.5")


@pytest.mark.parametrize("how", ["remove", "undo", "model"])
def test_the_last_row_goes_with_what_is_typed_in_it(person, rows, how):
    _begins_to_type(person, rows[1].value)
    if how == "remove":
        person.clicks(rows[1].remove)
    elif how == "undo":
        person.page.editing.undo_stack.undo()
    else:
        person.session.state.change(edits=person.session.state.selection.edits[:1])
    person.settle()
    assert [(edit.unit, edit.value) for edit in person.session.state.selection.edits] == [(1, 0.25)]


def test_what_is_typed_in_a_row_is_not_given_to_the_one_that_comes_into_its_place(person, rows):
    _begins_to_type(person, rows[0].value)
    person.clicks(rows[0].remove)
    person.bot.keyClick(person.page.results.edits.rows[0].switch, Qt.Key.Key_Tab)
    person.page.editor.setFocus()
    person.settle()
    assert [(edit.unit, edit.value) for edit in person.session.state.selection.edits] == [(2, 0.25)]
    assert rows[0].value.text() == "0.25"
