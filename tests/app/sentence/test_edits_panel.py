"""The list of what is set by hand, on the real window: switch, change, delete, undo, redo, reset."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from lstm_viz.app.selection.selection import Selection
from lstm_viz.messages import SetValue, SwapState
from tests.app.sentence.edits_support import LEFT, WORDS, value

SET = SetValue("f", 0.25, 3, 2, 2, words=WORDS)
OFF = SetValue("h", 0.0, 1)


@pytest.fixture
def panel(person):
    person.page.editing.add(SET)
    person.page.editing.add(OFF)
    person.settle()
    QApplication.processEvents()
    return person.page.results.edits


def _types(person, box, text):
    box.setFocus()
    box.selectAll()
    person.bot.keyClicks(box, text)
    person.bot.keyClick(box, Qt.Key.Key_Return)
    person.settle()


def test_the_first_edit_brings_the_list_and_the_last_takes_it_away(person):
    results = person.page.results
    assert results.table.isVisible() and results.edits_tab.text() == "What if"
    person.clicks(results.edits_tab)
    assert "Right-click a number" in results.edits.hint.text() and results.edits.hint.isVisible()
    person.clicks(results.table_tab)
    person.page.edit_actions.unit_off(2)
    assert results.edits.isVisible() and results.edits_tab.text() == "What if (1)"
    assert not results.edits.hint.isVisible() and not results.table.copy_button.isVisible()
    person.clicks(results.edits.rows[0].remove)
    assert results.table.isVisible() and results.edits_tab.text() == "What if"
    assert results.table.copy_button.isVisible()


def test_a_row_names_its_edit(person, panel):
    first, second = panel.rows
    assert (first.name.text(), first.value.text()) == ("f of unit 4 at “ate”", "0.25")
    assert (second.name.text(), second.value.text()) == ("h of unit 2 everywhere", "0")
    assert first.accessibleName() == "f of unit 4 = 0.25 at “ate”"
    person.page.editing.add(SwapState(1, "The cat", 1, WORDS, after="cat"))
    assert panel.rows[2].name.text() == "state of “The cat” after “cat”, at “dog”"
    assert not panel.rows[2].value.isVisible()


def test_a_switch_lets_go_for_a_while(person, panel):
    person.clicks(panel.rows[1].switch)
    assert value(person, "h", 0, 1) != 0 and person.session.state.selection.edits[1].on is False
    assert person.page.editing.undo_stack.undoText() == "disable h of unit 2 everywhere"
    person.clicks(panel.undo_button)
    assert value(person, "h", 0, 1) == 0 and panel.rows[1].switch.isChecked()
    person.clicks(panel.redo_button)
    assert value(person, "h", 0, 1) != 0 and not panel.rows[1].switch.isChecked()


def test_another_value_is_typed(person, panel):
    _types(person, panel.rows[0].value, "0,75")
    assert value(person, "f", 2, 3) == pytest.approx(0.75)
    panel.rows[0].value.setFocus()
    person.presses(Qt.Key.Key_Up, on=panel.rows[0].value)
    assert value(person, "f", 2, 3) == pytest.approx(0.8)
    person.clicks(panel.undo_button)
    person.clicks(panel.undo_button)
    assert value(person, "f", 2, 3) == pytest.approx(0.25) and panel.rows[0].value.text() == "0.25"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2.0", "f is a sigmoid: it lies between 0 and 1."),
        ("-0.1", "f is a sigmoid: it lies between 0 and 1."),
        ("NaN", "“NaN” is not a number."),
        ("1e", "The number is not complete."),
        ("1,000", "“1,000” may be 1 or 1000: type one of these."),
        ("abc", "“abc” is not a number."),
        ("<b>1</b>", "“<b>1</b>” is not a number."),
    ],
)
def test_what_cannot_be_is_refused_in_words(person, panel, typed, said):
    edits = person.session.state.selection.edits
    _types(person, panel.rows[0].value, typed)
    row = panel.rows[0]
    assert row.error_label.text() == said and row.error_label.isVisible()
    assert person.session.state.selection.edits == edits and person.page.editing.undo_stack.count() == 2
    panel.rows[1].value.setFocus()
    assert row.value.text() == typed and row.error_label.text() == said, "it stays as it was typed"
    person.sets("The dog ate the apple now")
    assert row.value.text() == typed and row.error_label.text() == said, "also while a sentence is typed"
    assert row.value.property("wrong") is True and row.value.accessibleDescription() == said
    _types(person, row.value, "1")
    assert not row.error_label.isVisible() and value(person, "f", 2, 3) == 1.0


def test_delete_by_button_and_by_key(person, panel):
    panel.rows[0].switch.setFocus()
    person.presses(Qt.Key.Key_Delete, on=panel.rows[0].switch)
    assert person.session.state.selection.edits == (OFF,)
    assert panel.rows[0].switch.hasFocus() and len(panel.rows) == 1
    person.clicks(panel.undo_button)
    assert person.session.state.selection.edits == (SET, OFF)
    person.clicks(panel.rows[1].remove)
    assert person.session.state.selection.edits == (SET,)
    person.clicks(panel.redo_button)
    assert person.session.state.selection.edits == (SET,), "what was undone is gone after another deed"


def test_reset_can_be_undone(person, panel):
    person.clicks(panel.reset_button)
    assert person.session.state.selection.edits == () and person.reading.unedited is None
    assert person.page.results.table.isVisible()
    person.page.editing.undo_stack.undo()
    person.settle()
    assert person.session.state.selection.edits == (SET, OFF) and panel.isVisible()
    assert value(person, "f", 2, 3) == pytest.approx(0.25)


def test_undo_and_redo_say_what_they_do(person, panel):
    assert panel.undo_button.toolTip() == "Undo: set h of unit 2 everywhere to 0"
    assert panel.redo_button.toolTip() == "Nothing to redo" and not panel.redo_button.isEnabled()
    person.clicks(panel.undo_button)
    assert panel.redo_button.toolTip() == "Redo: set h of unit 2 everywhere to 0"


def test_typing_while_edits_hold_keeps_what_is_being_typed_in_a_row(person, panel):
    box = panel.rows[0].value
    box.setFocus()
    box.selectAll()
    person.bot.keyClicks(box, "0.9")
    person.session.state.type("The dog ate the apple now", 5)
    person.settle()
    assert box.text() == "0.9"
    person.bot.keyClick(box, Qt.Key.Key_Return)
    person.settle()
    assert value(person, "f", 2, 3) == pytest.approx(0.9)


def test_the_set_button_opens_the_dialog(person, panel):
    person.bot.mouseClick(panel.set_button, LEFT)
    assert person.page.edit_actions.dialog.isVisible()
    person.page.edit_actions.dialog.reject()
    assert person.session.state.selection.edits == (SET, OFF)


def test_a_unit_cannot_be_switched_off_where_none_is_picked(person, panel):
    person.session.state.change(unit=None)
    person.settle()
    person.page.edit_actions.unit_off()
    assert panel.error_label.text() == "Select a single unit to ablate it." and panel.error_label.isVisible()
    person.session.state.change(unit=4)
    person.settle()
    person.page.edit_actions.unit_off()
    assert not panel.error_label.isVisible() and person.session.state.selection.edits[-1] == SetValue(
        "h", 0.0, 4
    )


def test_many_edits_scroll_and_each_keeps_its_place(person):
    many = tuple(SetValue("f", 0.5, unit, 0, 0, words=WORDS) for unit in range(40))
    person.session.state.change(edits=many)
    person.settle()
    panel = person.page.results.edits
    QApplication.processEvents()
    assert len(panel.rows) == 40 and panel.area.verticalScrollBar().maximum() > 0
    assert panel.rows[39].error_label.text() == "This model has no unit 40."
    person.page.editing.remove(0)
    person.settle()
    assert len(panel.rows) == 39 and panel.rows[0].name.text() == "f of unit 2 at “The”"


def test_odd_words_are_shown_as_they_are(person):
    words = ("<b>", "%1", "&amp;", "שלום", "a" * 200)
    edits = tuple(SetValue("f", 0.5, 0, k, k, words=words) for k in range(5))
    person.session.state.change(edits=edits)
    person.settle()
    names = [row.name.text() for row in person.page.results.edits.rows]
    assert names[:4] == [f"f of unit 1 at “{word}”" for word in words[:4]]
    assert len(names[4]) < 60 and names[4].endswith("…”")


def test_a_row_is_named_anew_with_the_model(person, panel):
    named = [row.name.text() for row in panel.rows]
    person.picks_model("preset:english-both")
    assert [row.name.text() for row in panel.rows] == [f"{name}, forward" for name in named]
    assert panel.rows[1].remove.accessibleName().endswith("forward")
    person.picks_model("preset:tutorial")
    assert [row.name.text() for row in panel.rows] == named


def test_a_window_that_opens_with_edits_names_the_direction(open_session, link):
    person = open_session(link, Selection(motion=False, model="preset:english-both", edits=(OFF,)))
    person.settle()
    assert person.page.results.edits.rows[0].name.text() == "h of unit 2 everywhere, forward"


def test_an_edit_of_all_words_waits_for_the_first(person, panel):
    person.sets("")
    assert panel.rows[0].error_label.text() == "Its word “ate” is gone."
    assert panel.rows[1].error_label.text() == "The sentence has no words yet."
    person.sets("The")
    assert panel.rows[1].error_label.isHidden()


@pytest.mark.parametrize("width", [980, 1280, 1600])
def test_rows_take_one_line_and_the_tabs_are_whole(person, panel, width):
    person.resizes(width, {980: 732, 1280: 800, 1600: 1000}[width])
    person.page.editing.add(SwapState(1, "The cat", 1, WORDS, after="cat"))
    person.settle()
    QApplication.processEvents()
    assert all(row.height() <= 24 for row in panel.rows)
    assert panel.area.viewport().height() >= panel.rows[1].geometry().bottom()
    results = person.page.results
    for tab in (results.table_tab, results.edits_tab):
        person.clicks(tab)
        assert all(
            each.width() >= each.width_of(each.text()) for each in (results.table_tab, results.edits_tab)
        )
    assert results.table_tab.text() == ("All words" if width == 980 else "Whole sentence")


@pytest.mark.parametrize("size", [(1280, 800), (980, 500)])
def test_the_panels_below_stay_where_they_are(person, size):
    person.resizes(*size)
    QApplication.processEvents()
    sizes = person.page.right.sizes()
    for name in ("decomposition", "attribution", "ablation", "shapes", "cell"):
        person.session.state.change(panel=name)
        person.settle()
        QApplication.processEvents()
        assert person.page.right.sizes() == sizes, name


def test_the_keys_reach_the_tabs_before_what_is_under_them(person, panel):
    results, chain = person.page.results, [person.page.results.table_tab]
    while len(chain) < 300 and chain[-1] is not panel.reset_button:
        chain.append(chain[-1].nextInFocusChain())
    first, second = panel.rows
    wanted = [results.table_tab, results.edits_tab, results.table.copy_button, results.table.view]
    wanted += [first.switch, first.value, first.remove, second.switch, second.value, second.remove]
    wanted += [panel.set_button, panel.undo_button, panel.redo_button, panel.reset_button]
    assert [widget for widget in chain if widget in wanted] == wanted


def test_reset_has_one_name_wherever_it_is(person, panel):
    lines = [action.text().replace("&", "") for action in person.window.findChildren(QAction)]
    assert panel.reset_button.toolTip() in lines and panel.reset_button.toolTip() == "Reset all edits"
    person.clicks(panel.reset_button)
    assert panel.undo_button.toolTip() == "Undo: reset all edits"
