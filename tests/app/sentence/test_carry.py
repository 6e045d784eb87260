"""The sentence before: kept by Enter, carried on by the switch, forgotten by Enter on nothing."""

import numpy as np
from PySide6.QtCore import QPoint, Qt


def test_enter_keeps_the_sentence_and_the_switch_carries_its_state_on(person):
    person.sets("Everybody read")
    last = person.band("h").values[-1]
    person.presses(Qt.Key.Key_Return, on=person.page.editor)
    assert person.page.status_line.text == "Kept as the previous sentence."
    assert person.page.editor.textCursor().selectedText() == "Everybody read"
    person.clicks(person.page.status_line.button)
    person.settle()
    person.sets("that book")
    assert person.page.choosers.carry.text() == "Carried over: “Everybody read”"
    np.testing.assert_allclose(person.reading.view.start["h"], last, atol=1e-6)


def test_enter_changes_no_number_of_the_sentence_it_keeps(person):
    person.session.state.change(carry=True)
    person.sets("The dog ate")
    shown = person.band("c").values.copy()
    person.presses(Qt.Key.Key_Return, on=person.page.editor)
    assert np.array_equal(person.band("c").values, shown)
    assert person.page.status_line.text == "The next sentence starts from this one's final state."


def test_each_sentence_starts_where_the_one_before_it_was_seen_to_end(person):
    """Carried over from a sentence that was itself carried on: from its own last numbers on the screen."""
    person.session.state.change(carry=True)
    for text in ("The dog ate", "that apple", "Everybody read"):
        person.sets(text)
        last = person.band("h").values[-1]
        person.presses(Qt.Key.Key_Return, on=person.page.editor)
    person.sets("the book")
    np.testing.assert_allclose(person.reading.view.start["h"], last, atol=1e-6)


def test_enter_on_nothing_forgets_it(person):
    person.sets("The dog")
    person.presses(Qt.Key.Key_Return, on=person.page.editor)
    person.session.state.change(carry=True)
    person.sets("ate")
    assert person.reading.before == "The dog"
    person.sets("")
    person.presses(Qt.Key.Key_Return, on=person.page.editor)
    person.settle()
    assert person.reading.before == "Everybody read that book"
    assert person.page.choosers.carry.text() == "Carried over from training: “Everybody read that book”"


def test_the_switch_tells_beforehand_where_the_state_would_come_from(person):
    carry = person.page.choosers.carry
    assert not carry.isChecked()
    assert carry.text() == "Carry over from training: “Everybody read that book”"
    assert "the last training sentence" in carry.toolTip()
    person.sets("The dog & it")
    person.presses(Qt.Key.Key_Return, on=person.page.editor)
    person.sets("ate")
    assert not carry.isChecked() and carry.text() == "Carry over: “The dog && it”"
    assert "the sentence that you kept" in carry.toolTip()
    person.clicks(carry, QPoint(12, 15))
    assert carry.text() == "Carried over: “The dog && it”" and person.reading.before == "The dog & it"


def test_a_model_without_a_last_sentence_names_none(person):
    person.picks_model("preset:english")
    assert person.page.choosers.carry.text() == "Carry the state over"
    person.picks_model("preset:tutorial")
    person.session.state.change(epoch=0)
    person.settle()
    assert person.page.choosers.carry.text() == "Carry the state over"  # before training it is zero
