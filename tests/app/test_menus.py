"""The menu's keys do what stands beside them, on the page that they are about."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWhatsThis

from lstm_viz.messages import SetValue

_CTRL, _ALT, _SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture
def edited(person):
    """Return a person who has set a forget gate by hand."""
    words = tuple(word.text for word in person.reading.words)
    assert person.page.editing.add(SetValue("f", 1.0, 3, 1, 1, words=words)) == ""
    person.settle()
    person.page.setFocus()
    return person


def _press(person, key, modifier):
    person.bot.keyClick(person.window, key, modifier)
    person.settle()


def test_a_key_for_each_panel(person):
    state = person.session.state
    for key, panel in (
        ("2", "decomposition"),
        ("3", "attribution"),
        ("4", "ablation"),
        ("5", "shapes"),
        ("1", "cell"),
    ):
        _press(person, key, _ALT)
        assert state.selection.panel == panel
        assert person.page.side.panel(panel).isVisible()


def test_a_panel_is_shown_from_the_training_page_too(trainee):
    _press(trainee, "2", _ALT)
    assert (
        not trainee.session.state.training.shown and trainee.session.state.selection.panel == "decomposition"
    )


@pytest.mark.parametrize("redo", [("Y", _CTRL), ("Z", _CTRL | _SHIFT)])
def test_undo_and_redo(edited, redo):
    state = edited.session.state
    edits = state.selection.edits
    _press(edited, "Z", _CTRL)
    assert state.selection.edits == () and state.reading.unedited is None
    _press(edited, *redo)
    assert state.selection.edits == edits and state.reading.unedited is not None
    _press(edited, "R", _CTRL | _SHIFT)
    assert state.selection.edits == ()


def test_undo_in_the_sentence_is_about_the_text(edited):
    state = edited.session.state
    edits, text = state.selection.edits, state.selection.text
    edited.page.editor.setFocus()
    edited.page.editor.moveCursor(edited.page.editor.textCursor().MoveOperation.End)
    edited.bot.keyClicks(edited.page.editor, " and")
    edited.settle()
    edited.bot.keyClick(edited.page.editor, "Z", _CTRL)
    edited.settle()
    assert state.selection.edits == edits and state.selection.text == text


def test_undo_is_about_the_net_where_no_text_is_to_be_taken_back(edited):
    state = edited.session.state
    edited.page.editor.setFocus()
    edited.bot.keyClick(edited.page.editor, "Z", _CTRL)
    edited.settle()
    assert state.selection.edits == () and state.selection.text == "The dog ate the apple"
    edited.bot.keyClick(edited.page.editor, "Z", _CTRL | _SHIFT)
    edited.settle()
    assert len(state.selection.edits) == 1


def test_undo_on_the_training_page_leaves_the_edits_alone(trainee):
    words = tuple(word.text for word in trainee.reading.words)
    assert trainee.page.editing.add(SetValue("f", 1.0, 3, 1, 1, words=words)) == ""
    trainee.settle()
    _press(trainee, "Z", _CTRL)
    assert trainee.session.state.selection.edits and trainee.session.state.training.shown


def test_compare_is_opened_and_closed_by_its_key(person):
    _press(person, "B", _CTRL)
    assert person.session.state.selection.compared_with is not None
    _press(person, "B", _CTRL)
    assert person.session.state.selection.compared_with is None


def test_the_unit_is_ablated(person):
    person.page.setFocus()
    _press(person, "U", _CTRL)
    assert [(edit.quantity, edit.unit, edit.value) for edit in person.session.state.selection.edits] == [
        ("h", 0, 0.0)
    ]
    assert not person.reading.view.quantities["h"][:, 0].any()


def _open_menu(person, place):
    menu = person.window.menuBar().actions()[place].menu()
    menu.aboutToShow.emit()
    return menu


def test_what_has_nothing_to_act_on_is_pale_in_its_menu_and_says_so_by_its_key(trainee):
    entries = trainee.session.menus.actions
    menu = _open_menu(trainee, 3)
    for name in ("stop", "resume", "restore_run", "report"):
        assert not entries[f"training.{name}"].isEnabled(), name
    assert entries["training.run"].isEnabled() and entries["training.open_run"].isEnabled()
    menu.aboutToHide.emit()
    _press(trainee, "S", _CTRL | _SHIFT)
    assert trainee.content.notice.text == "No run is selected: train or select one."


def test_edits_can_be_reset_where_there_are_any(edited):
    reset = edited.session.menus.actions["edit.reset"]
    _open_menu(edited, 1).aboutToHide.emit()
    assert reset.isEnabled()
    _press(edited, "R", _CTRL | _SHIFT)
    _open_menu(edited, 1)
    assert not reset.isEnabled()


def test_the_page_that_is_shown_is_ticked(trainee):
    entries = trainee.session.menus.actions
    for page in ("training", "sentence"):
        trainee.session.state.show_page(page)
        ticked = [name for name, entry in entries.items() if "view.page." in name and entry.isChecked()]
        assert ticked == [f"view.page.{page}"]


def test_what_is_this(person):
    _press(person, Qt.Key.Key_F1, _SHIFT)
    assert QWhatsThis.inWhatsThisMode()
    QWhatsThis.leaveWhatsThisMode()


def test_what_starts_something_does_not_repeat_while_its_keys_are_held(person):
    actions = {action.objectName(): action for action in person.window.findChildren(QAction)}
    assert not actions["training.new_run"].autoRepeat() and not actions["training.run"].autoRepeat()
    assert actions["edit.undo"].autoRepeat()
