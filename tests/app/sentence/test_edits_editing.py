"""Every change is a command; what is the same place; how edits are called. No window is needed."""

import math

import pytest

from lstm_viz.app.panels.edits.editing import Editing, added
from lstm_viz.app.panels.edits.naming import edit_name, edit_text, reason_text, refusal
from lstm_viz.app.state import State
from lstm_viz.cells import QUANTITIES
from lstm_viz.messages import Module, SetValue, SwapState
from tests.app.sentence.readings import reading

WORDS = ("The", "dog", "ate")
LSTM = Module("lstm", "LSTM", "words", 1, 1, 6, 6)
BOTH = Module("lstm", "LSTM", "words", 2, 2, 6, 6)
RELU = Module("rnn", "RNN_RELU", "words", 1, 1, 6, 6)


@pytest.fixture
def editing(qapp):
    state = State()
    editing = Editing(state)
    yield editing
    editing.deleteLater()
    state.deleteLater()


def _f(value, first=1, words=WORDS, unit=0):
    return SetValue("f", value, unit, first, first, words=words)


def test_each_change_is_undone_and_done_again(editing):
    swap, seen = SwapState(0, "The cat", 1, WORDS), [()]
    plot_actions = (
        lambda: editing.add(_f(0.5)),
        lambda: editing.add(swap),
        lambda: editing.replace(0, _f(0.75)),
        lambda: editing.switch(0, False),
        lambda: editing.remove(1),
        editing.reset,
    )
    for deed in plot_actions:
        deed()
        seen.append(editing.edits)
    assert len(set(seen)) == len(plot_actions)  # the last is as the first
    for edits in seen[-2::-1]:
        editing.undo_stack.undo()
        assert editing.edits == edits
    assert not editing.undo_stack.canUndo()
    for edits in seen[1:]:
        editing.undo_stack.redo()
        assert editing.edits == edits


def test_what_changes_nothing_is_no_command(editing):
    editing.reset()
    editing.add(_f(0.5))
    editing.add(_f(0.5))
    editing.replace(0, _f(0.5))
    editing.switch(0, True)
    editing.remove_edits(())
    assert editing.undo_stack.count() == 1


def test_the_edited_place_is_selected(editing):
    """So that cell and scores show what the edit does."""
    state = editing._state
    state.change(unit=None, text="The dog ate")
    state.take_reading(reading("The dog ate"))

    def place():
        return state.selection.step, state.selection.unit

    editing.add(_f(0.5, first=2, unit=3))
    assert place() == (2, 3)
    editing.preview(_f(0.5, first=0, unit=1))
    assert place() == (2, 3)
    editing.keep()
    assert place() == (0, 1)
    editing.add(SetValue("f", 1.0, None, 0, 1, words=WORDS))
    editing.add(SetValue("f", 0.0, 2))  # holds at all words
    assert place() == (0, 2)
    editing.replace(0, _f(0.25, first=1, unit=3, words=("dog", "ate")))  # a word after that is now the third
    assert place() == (2, 3)
    editing.add(SwapState(1, "The cat", 1, WORDS))
    assert place() == (1, 3)
    editing.add(_f(0.5, first=1, unit=0, words=("gone", "away")))
    editing.undo_stack.undo()
    assert place() == (1, 0)


def test_what_is_previewed_is_one_command_or_none(editing):
    editing.add(_f(0.5))
    for value in (0.1, 0.2, 0.3):
        assert editing.preview(_f(value, first=2)) == ""
    assert editing.edits == (_f(0.5), _f(0.3, first=2)) and editing.undo_stack.count() == 1
    editing.cancel()
    assert editing.edits == (_f(0.5),)
    editing.keep()
    assert editing.undo_stack.count() == 1
    editing.preview(_f(0.9))
    editing.keep()
    assert editing.edits == (_f(0.9),) and editing.undo_stack.count() == 2
    editing.undo_stack.undo()
    assert editing.edits == (_f(0.5),)


def test_a_preview_ends_where_something_else_is_done(editing):
    editing.preview(_f(0.9))
    editing.add(_f(0.1, first=2))
    editing.keep()
    assert editing.edits == (_f(0.1, first=2),) and editing.undo_stack.count() == 1


def test_what_somebody_else_changes_can_be_undone_too(editing):
    editing.add(_f(0.5))
    editing._state.change(edits=(_f(0.5), SetValue("h", 0.0, 2)))
    assert editing.undo_stack.count() == 2
    editing.undo_stack.undo()
    assert editing.edits == (_f(0.5),)
    editing.preview(_f(0.7))
    editing._state.change(edits=())
    editing.undo_stack.undo()
    assert editing.edits == (_f(0.5),), "a preview was nobody's yet"


def test_refused_is_refused_everywhere(editing):
    editing.add(_f(0.5))
    for value in (math.nan, math.inf, -math.inf, 1.0001, -1e-9):
        for deed in (editing.add, editing.preview, lambda edit: editing.replace(0, edit)):
            assert deed(_f(value))
            assert editing.edits == (_f(0.5),)
    assert editing.add(SwapState(0, "  ", 0, WORDS)) == "The other sentence is empty."
    assert editing.undo_stack.count() == 1


def test_the_same_place_is_found_again_among_other_words():
    longer = ("Now", *WORDS)
    old = (_f(0.5, 1), SetValue("f", 1.0), SwapState(1, "x", 0, WORDS))
    assert added(old, _f(0.9, 2, longer), longer) == (*old[1:], _f(0.9, 2, longer))
    assert added(old, _f(0.9, 1, longer), longer) == (*old, _f(0.9, 1, longer))
    assert added(old, SetValue("f", 0.0), longer) == (old[0], old[2], SetValue("f", 0.0))
    assert added(old, SwapState(2, "y", 0, longer), longer) == (*old[:2], SwapState(2, "y", 0, longer))
    assert added(old, _f(0.9, 1, unit=None), WORDS) == (*old, _f(0.9, 1, unit=None))
    gone = (_f(0.5, 1),)
    assert len(added(gone, _f(0.5, 0, ("Quite",)), ("Quite",))) == 2


@pytest.mark.parametrize(
    ("edit", "module", "text"),
    [
        (SetValue("f", 0.5, 3, 1, 1, words=WORDS), LSTM, "f of unit 4 = 0.5 at “dog”"),
        (SetValue("f", 0.5, None, 1, None, words=WORDS), LSTM, "f of all units = 0.5 from “dog” on"),
        (SetValue("c", -2.0, 0, None, 1, words=WORDS), LSTM, "c of unit 1 = −2 up to “dog”"),
        (SetValue("c", -2.0, 0, 0, 2, words=WORDS), LSTM, "c of unit 1 = −2 from “The” to “ate”"),
        (SetValue("h", 0.0, 1), BOTH, "h of unit 2 = 0 everywhere, layer 1, forward"),
        (
            SetValue("h", 0.0, 1, direction=1, layer=1),
            BOTH,
            "h of unit 2 = 0 everywhere, layer 2, backward",
        ),
        (SetValue("h", 0.0, 1, layer=1), LSTM, "h of unit 2 = 0 everywhere, layer 2"),
        (SetValue("h", 0.0, 1, 7, 7, words=WORDS), LSTM, "h of unit 2 = 0 at “?”"),
        (SwapState(1, "Don't go", 1, WORDS, after="n't"), LSTM, "state of “Don't go” after “n't”, at “dog”"),
    ],
)
def test_what_an_edit_is_called(qapp, edit, module, text):
    assert edit_text(edit, module) == text
    assert "=" not in edit_name(edit, module)


@pytest.mark.parametrize(
    ("quantity", "value", "module", "said"),
    [
        ("o", 1.5, LSTM, "o is a sigmoid: it lies between 0 and 1."),
        ("g", -1.5, LSTM, "g is a tanh: it lies between −1 and 1."),
        ("h", 1.5, LSTM, "h lies between −1 and 1."),
        ("h", -0.5, RELU, "h is a relu: it is never below 0, and 1,000,000 is enough."),
        ("c", 2e6, LSTM, "c has no bounds, but 1,000,000 is enough."),
        ("h", 1.5, RELU, ""),
        ("c", -50.0, None, ""),
    ],
)
def test_what_a_quantity_can_be(qapp, quantity, value, module, said):
    assert refusal(quantity, value, module) == said


@pytest.mark.parametrize(
    ("edit", "reason", "said"),
    [
        (_f(0.5), "", ""),
        (_f(0.5), "off", ""),
        (_f(0.5), "word", "Its word “dog” is gone."),
        (SetValue("f", 0.5, 0, 0, 2, words=WORDS), "word", "Its words “The” to “ate” are gone."),
        (SwapState(2, "x", 4, WORDS), "word", "Its word “ate” is gone."),
        (SwapState(2, "x", 4, WORDS), "sentence", "“x” has no such word."),
        (SetValue("r", 0.5), "quantity", "An LSTM has no r."),
        (SetValue("f", 0.5, 9), "unit", "This model has no unit 10."),
        (SetValue("f", 0.5, layer=3), "layer", "This model has no layer 4."),
        (SetValue("f", 0.5, direction=1), "layer", "This module has no backward direction."),
        (SetValue("f", 7.0), "value", "f is a sigmoid: it lies between 0 and 1."),
    ],
)
def test_why_an_edit_holds_nowhere(qapp, edit, reason, said):
    assert reason_text(edit, reason, LSTM) == said


def test_off_lets_the_past_through_and_nothing_else():
    assert {name: QUANTITIES[name].off for name in "ifgorznch"} == {
        "i": 0, "f": 1, "g": 0, "o": 0, "r": 1, "z": 0, "n": 0, "c": 0, "h": 0,
    }  # fmt: skip
