"""What if: values set by menu, dialog, drag and key on the real window, and taken back."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lstm_viz.app.panels.edits.edit_dialog import dialog_position
from lstm_viz.app.selection.selection import Selection
from lstm_viz.messages import SetValue, SwapState
from tests.app.sentence.edits_support import (
    LEFT,
    WORDS,
    choose,
    drag,
    escape,
    menu_of,
    move,
    place_of,
    press,
    right_click,
    texts,
    value,
)


@pytest.fixture
def at_ate(person):
    """Return a person who looks at unit 3 of "ate"."""
    person.session.state.change(step=2, unit=3)
    person.settle()
    return person


def _numbers(person):
    return {name: rows.copy() for name, rows in person.reading.view.quantities.items()}


def _same(person, before):
    return all(np.array_equal(rows, before[name]) for name, rows in _numbers(person).items())


def test_right_click_set_and_the_numbers_follow(at_ate):
    person, before = at_ate, _numbers(at_ate)
    menu = menu_of(person, "f", 2, 3)
    choose(person, menu, "Set f of unit 4 at “ate”…")
    dialog = person.page.edit_actions.dialog
    dialog.value.selectAll()
    person.bot.keyClicks(dialog.value, "0.5")
    person.bot.keyClick(dialog.value, Qt.Key.Key_Return)
    person.settle()
    assert person.page.edit_actions.dialog is None
    assert value(person, "f", 2, 3) == pytest.approx(0.5)
    assert person.session.state.selection.edits == (SetValue("f", 0.5, 3, 2, 2, words=WORDS),)
    c = 0.5 * before["c"][1, 3] + before["i"][2, 3] * before["g"][2, 3]
    assert value(person, "c", 2, 3) == pytest.approx(float(c), abs=1e-6)
    assert value(person, "h", 2, 3) == pytest.approx(float(before["o"][2, 3] * np.tanh(c)), abs=1e-6)
    after = _numbers(person)
    assert all(np.array_equal(after[name][:2], before[name][:2]) for name in before)
    assert not np.array_equal(after["f"][3], before["f"][3])
    person.page.editing.undo_stack.undo()
    person.settle()
    assert _same(person, before)
    person.page.editing.undo_stack.redo()
    person.settle()
    assert value(person, "f", 2, 3) == pytest.approx(0.5)


def test_the_dialog_sets_nothing_until_something_is_changed_and_types_live(at_ate):
    person, before = at_ate, _numbers(at_ate)
    person.page.edit_actions.set_value()
    dialog = person.page.edit_actions.dialog
    person.wait(dialog.isVisible)
    person.settle()
    assert dialog.focusWidget() is dialog.value and dialog.value.selectedText() == dialog.value.text()
    dialog.quantity.setCurrentIndex(dialog.quantity.findData("f"))
    assert not person.session.state.selection.edits and _same(person, before)
    dialog.value.selectAll()
    for text, said, clamped in (
        ("0.25", "", 0.25),
        ("2.0", "f is a sigmoid: it lies between 0 and 1.", None),
        ("nan", "“nan” is not a number.", None),
        ("0,", "", None),
        ("-", "", None),
        (".75", "", 0.75),
    ):
        dialog.value.selectAll()
        person.bot.keyClicks(dialog.value, text)
        person.settle()
        assert (dialog.value.text(), dialog.error_label.text()) == (text, said)
        wanted = float(before["f"][2, 3]) if clamped is None else clamped
        assert value(person, "f", 2, 3) == pytest.approx(wanted), text
    dialog.reject()
    person.settle()
    assert _same(person, before) and not person.page.editing.undo_stack.canUndo()


def test_what_the_dialog_opens_with_is_held_by_its_button(at_ate):
    person = at_ate
    stood = value(person, "i", 2, 3)
    person.page.edit_actions.set_value()
    person.page.edit_actions.dialog.accept()
    person.settle()
    assert [edit.value for edit in person.session.state.selection.edits] == [pytest.approx(stood, abs=5e-4)]
    assert person.page.editing.undo_stack.count() == 1


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 800), (980, 732)])
def test_the_dialog_opens_beside_what_it_changes(person, size):
    person.resizes(*size)
    person.session.state.change(step=4, unit=3)
    person.settle()
    shown = person.page.edit_actions._shown()
    assert len(shown) == 2 and all(rect.isValid() for rect in shown)
    person.page.edit_actions.set_value()
    dialog = person.page.edit_actions.dialog
    page = QRect(person.page.mapToGlobal(QPoint()), person.page.size())
    screen = page.adjusted(-20, -60, 20, 20)
    place = QRect(dialog_position(dialog.size(), page, shown, screen), dialog.size())
    assert screen.contains(place) and not any(place.intersects(rect) for rect in shown)
    assert dialog.screen().availableGeometry().contains(dialog.geometry())
    dialog.reject()


def test_a_dialog_goes_where_it_covers_least_and_stays_on_the_screen():
    page, size = QRect(100, 100, 600, 400), QSize(200, 100)
    screen = QRect(0, 0, 800, 600)
    assert dialog_position(size, page, (), screen) == QPoint(500, 400)
    assert dialog_position(size, page, (QRect(600, 300, 50, 200),), screen) == QPoint(100, 400)
    assert dialog_position(size, page.translated(400, 300), (), screen) == QPoint(600, 500)
    assert dialog_position(QSize(900, 700), page, (), screen) == QPoint(0, 0)


def test_cancel_takes_the_preview_back_and_leaves_no_command(at_ate):
    person, before = at_ate, _numbers(at_ate)
    choose(person, menu_of(person, "i", 1, 0), "Set i of unit 1 everywhere…")
    dialog = person.page.edit_actions.dialog
    dialog.slider.setValue(100)
    person.settle()
    assert np.allclose(person.reading.view.quantities["i"][:, 0], 0.1)
    person.bot.keyClick(dialog, Qt.Key.Key_Escape)
    person.settle()
    assert _same(person, before) and not person.session.state.selection.edits
    assert not person.page.editing.undo_stack.canUndo()
    person.wait(lambda: person.page.edit_actions.dialog is None)


def test_the_dialog_refuses_in_words_and_stays(at_ate):
    person = at_ate
    person.page.edit_actions.set_value()
    dialog = person.page.edit_actions.dialog
    person.settle()
    for typed, said in (
        ("2", "i is a sigmoid: it lies between 0 and 1."),
        ("nan", "“nan” is not a number."),
        ("0,", "The number is not complete."),
        ("abc", "“abc” is not a number."),
        (" ", "Type a number."),
    ):
        dialog.value.selectAll()
        person.bot.keyClicks(dialog.value, typed)
        person.bot.keyClick(dialog.value, Qt.Key.Key_Return)
        assert dialog.error_label.text() == said
    assert dialog.isVisible()
    dialog.value.selectAll()
    person.bot.keyClicks(dialog.value, "7")
    person.bot.mouseClick(dialog.buttons.buttons()[0], LEFT)
    assert dialog.isVisible(), "what was typed and cannot be is said, not dropped"
    slid = dialog.slider.value()
    dialog.value.selectAll()
    person.bot.keyClicks(dialog.value, "1e-")
    assert dialog.slider.value() == slid, "not where 1 is"
    dialog.reach.setCurrentIndex(1)
    assert dialog.value.text() == "1e-" and not person.session.state.selection.edits
    dialog.reach.setCurrentIndex(0)
    dialog.value.selectAll()
    person.bot.keyClicks(dialog.value, "0,7")
    person.bot.mouseClick(dialog.buttons.buttons()[0], LEFT)
    person.settle()
    assert value(person, "i", 2, 3) == pytest.approx(0.7)


def test_the_dialog_goes_from_quantity_to_quantity(at_ate):
    person = at_ate
    person.page.edit_actions.set_value()
    dialog = person.page.edit_actions.dialog
    person.settle()
    dialog.quantity.setCurrentIndex(dialog.quantity.findData("c"))
    dialog.unit.setCurrentIndex(0)
    dialog.reach.setCurrentIndex(1)
    person.bot.mouseClick(dialog.off, LEFT)
    dialog.accept()
    person.settle()
    assert person.session.state.selection.edits == (SetValue("c", 0.0, None, 2, None, words=WORDS),)
    assert not person.reading.view.quantities["c"][2:].any()
    assert person.page.editing.undo_stack.count() == 1


@pytest.mark.parametrize(
    ("lines", "edit"),
    [
        (("Ablate f of unit 4: no forgetting (f = 1)", "at “ate”"), SetValue("f", 1.0, 3, 2, 2, words=WORDS)),
        (
            ("Ablate f of unit 4: no forgetting (f = 1)", "from “ate” on"),
            SetValue("f", 1.0, 3, 2, None, words=WORDS),
        ),
        (("Ablate f of all units: no forgetting (f = 1)", "everywhere"), SetValue("f", 1.0)),
        (("Ablate unit 4 (h = 0)", "everywhere"), SetValue("h", 0.0, 3)),
    ],
)
def test_switched_off_by_the_menu(at_ate, lines, edit):
    person, before = at_ate, _numbers(at_ate)
    choose(person, menu_of(person, "f", 2, 3), *lines)
    assert person.session.state.selection.edits == (edit,)
    columns = slice(edit.first or 0, None if edit.last is None else edit.last + 1)
    units = slice(None) if edit.unit is None else edit.unit
    assert (person.reading.view.quantities[edit.quantity][columns, units] == edit.value).all()
    person.page.editing.undo_stack.undo()
    person.settle()
    assert _same(person, before)


def test_the_menu_is_short_and_says_where(at_ate):
    person = at_ate
    lines = texts(menu_of(person, "f", 2, 3))
    assert lines[0] == "Set f of unit 4 at “ate”…" and len(lines) <= 8
    escape(person)
    person.session.state.change(edits=(SetValue("f", 1.0, 3),))
    person.settle()
    menu = menu_of(person, "f", 2, 3)
    assert texts(menu)[-1] == "Remove the edits here" and len(texts(menu)) <= 8
    choose(person, menu, "Remove the edits here")
    assert person.session.state.selection.edits == ()


def test_a_heatmaps_name_is_the_whole_gate(at_ate):
    person = at_ate
    menu = right_click(
        person, person.page.matrix.heatmaps, person.band("o").rect.topLeft().toPoint() + QPoint(30, 12)
    )
    assert texts(menu)[0] == "Set o of all units at “ate”…"
    choose(person, menu, "Ablate o of all units: no output (o = 0)", "everywhere")
    assert not person.reading.view.quantities["h"].any()


def test_a_word_has_a_menu_and_the_state_of_another_sentence_is_swapped_in(at_ate):
    person = at_ate
    person.sets("Everybody read that book")
    wanted = {name: person.reading.view.quantities[name][1].copy() for name in ("c", "h")}
    person.sets(" ".join(WORDS))
    chips = person.page.matrix.chips
    menu = right_click(person, chips, chips.rect_of(3).center())
    choose(person, menu, "Patch the state at “the”…")
    dialog = person.page.edit_actions.dialog
    dialog.sentence.clear()
    assert (
        dialog.error_label.text() == "The other sentence is empty."
        and not person.session.state.selection.edits
    )
    dialog.accept()
    assert dialog.isVisible()
    person.bot.keyClicks(dialog.sentence, "Everybody read that book")
    person.settle()
    assert [dialog.word.itemText(k) for k in range(4)] == ["1  Everybody", "2  read", "3  that", "4  book"]
    dialog.word.setCurrentIndex(1)
    person.settle()
    person.bot.mouseClick(dialog.buttons.buttons()[0], LEFT)
    person.settle()
    assert person.session.state.selection.edits == (
        SwapState(3, "Everybody read that book", 1, WORDS, after="read"),
    )
    for name, row in wanted.items():
        assert np.allclose(person.reading.view.quantities[name][3], row, atol=1e-6)
    assert person.page.results.edits.rows[0].name.text() == (
        "state of “Everybody read that book” after “read”, at “the”"
    )
    assert person.page.editing.undo_stack.count() == 1


def test_a_drag_is_live_and_one_command(at_ate):
    person, before = at_ate, _numbers(at_ate)
    groove = person.page.step_panel.diagram.layout_now().nodes["f"].groove.width()
    seen = []
    person.session.state.reading_changed.connect(lambda r: seen.append(float(r.view.quantities["f"][2, 3])))
    drag(person, "f", QPoint(10, 0), QPoint(25, 0), QPoint(16, -4))
    wanted = round(float(before["f"][2, 3]) + 20 / groove, 3)
    assert value(person, "f", 2, 3) == pytest.approx(wanted, abs=1e-6)
    assert len(set(seen)) == 3, "each move is read by the engine"
    assert person.page.editing.undo_stack.count() == 1
    assert person.page.editing.undo_stack.undoText() == f"set f of unit 4 at “ate” to {wanted:.4g}"
    person.page.editing.undo_stack.undo()
    person.settle()
    assert _same(person, before)


@pytest.mark.parametrize(("name", "per_pixel"), [("c", 0.02), ("h", 0.01)])
def test_c_and_h_are_dragged_up_and_down_too(at_ate, name, per_pixel):
    person, before = at_ate, _numbers(at_ate)
    drag(person, name, QPoint(0, -30))
    assert value(person, name, 2, 3) == pytest.approx(float(before[name][2, 3]) + 30 * per_pixel, abs=1e-3)
    drag(person, name, QPoint(-2000, 0))
    low = -1.0 if name == "h" else float(before["c"][2, 3]) + 0.6 - 40
    assert value(person, name, 2, 3) == pytest.approx(low, abs=1e-2)
    assert len(person.session.state.selection.edits) == 1 and person.page.editing.undo_stack.count() == 2


def test_a_press_that_does_not_move_opens_the_arithmetic(at_ate):
    person, diagram = at_ate, at_ate.page.step_panel.diagram
    person.bot.mouseClick(diagram, LEFT, pos=place_of(diagram, "f"))
    assert person.page.arithmetic.isVisible() and not person.session.state.selection.edits


def test_a_mean_is_not_dragged_and_the_tip_says_why(at_ate):
    person, diagram = at_ate, at_ate.page.step_panel.diagram
    person.session.state.change(unit=None)
    person.settle()
    drag(person, "f", QPoint(20, 0))
    assert not person.session.state.selection.edits
    assert "select a single unit" in diagram.tip_at(place_of(diagram, "f").toPointF())


@pytest.mark.parametrize("name", ["f", "g", "o"])
def test_a_gate_is_dragged_down_as_well_as_to_the_left(at_ate, name):
    person, diagram = at_ate, at_ate.page.step_panel.diagram
    start = place_of(diagram, name)
    press(diagram, start)
    before, enough = value(person, name, 2, 3), QApplication.startDragDistance()
    for up in (enough, enough - 3):
        move(diagram, start - QPoint(0, up))
    QTest.mouseRelease(diagram, LEFT, pos=start - QPoint(0, enough - 3))
    person.settle()
    node = diagram.layout_now().nodes[name]
    low, high = person.reading.view.module.kind[name].range
    wanted = max(low, before - 3 * (high - low) / node.groove.width())
    assert value(person, name, 2, 3) == pytest.approx(wanted, abs=1e-3)


def test_a_drag_that_has_only_begun_sets_nothing(at_ate):
    person, diagram = at_ate, at_ate.page.step_panel.diagram
    start, enough = place_of(diagram, "f"), QApplication.startDragDistance()
    press(diagram, start)
    move(diagram, start + QPoint(enough, 0))
    QTest.mouseRelease(diagram, LEFT, pos=start + QPoint(enough, 0))
    assert not person.session.state.selection.edits


def test_a_drag_in_vain_says_why_and_the_reason_goes(at_ate):
    person, diagram, panel = at_ate, at_ate.page.step_panel.diagram, at_ate.page.results.edits
    person.session.state.change(unit=None)
    person.settle()
    drag(person, "f", QPoint(20, 0))
    assert panel.isVisible() and panel.error_label.text() == "Select a single unit to clamp it."
    person.session.state.change(unit=1)
    person.settle()
    assert panel.error_label.isHidden()
    person.picks_model("preset:english")
    modules = person.reading.model.modules
    person.session.state.change(module=modules[1].path)
    person.settle()
    drag(person, "f", QPoint(20, 0))
    assert (
        panel.error_label.text().startswith("Edits apply to the word-level module")
        and panel.error_label.isVisible()
    )
    assert "Edits apply to the word-level module" in diagram.tip_at(place_of(diagram, "f").toPointF())
    person.session.state.change(module=modules[0].path)
    person.settle()
    assert panel.error_label.isHidden()


def test_a_dialog_or_an_undo_in_the_middle_of_a_drag(at_ate):
    person, diagram = at_ate, at_ate.page.step_panel.diagram
    person.page.edit_actions.unit_off(1)
    start = place_of(diagram, "f")
    press(diagram, start)
    move(diagram, start + QPoint(12, 0))
    move(diagram, start + QPoint(30, 0))
    person.page.editing.undo_stack.undo()
    assert person.session.state.selection.edits == ()
    move(diagram, start + QPoint(40, 0))
    diagram.drop()
    person.settle()
    assert [edit.quantity for edit in person.session.state.selection.edits] == ["f"]
    person.page.editing.undo_stack.undo()
    assert person.session.state.selection.edits == ()


def test_the_diagrams_menu_is_about_its_unit_and_step(at_ate):
    person, diagram = at_ate, at_ate.page.step_panel.diagram
    menu = right_click(person, diagram, place_of(diagram, "o"))
    assert texts(menu)[0] == "Set o of unit 4 at “ate”…"
    escape(person)
    menu = right_click(person, diagram, QPoint(4, 4))
    assert texts(menu)[:2] == ["Set a value at “ate”…", "Patch the state at “ate”…"]
    escape(person)


def test_what_is_set_by_hand_is_shown_as_such(at_ate):
    person, panel = at_ate, at_ate.page.step_panel
    person.page.editing.add(SetValue("f", 0.5, 3, 2, 2, words=WORDS))
    person.page.editing.add(SetValue("c", 1.25, None, 2, 2, words=WORDS))
    person.settle()
    assert panel.diagram._values.clamped == {"f", "c"}
    text = panel.equations.text()
    assert "= 0.500 clamped" in text and "= 1.250 clamped" in text and "tanh(1.250)" in text
    assert "clamped" in panel.diagram.tip_at(place_of(panel.diagram, "f").toPointF())
    computed = next(gate for gate in person.session.state.gate_arithmetic.gates if gate.name == "f")
    person.bot.mouseClick(panel.diagram, LEFT, pos=place_of(panel.diagram, "f"))
    sheet = person.page.arithmetic.sheet
    assert sheet.replaced.text() == "Replaced: f is clamped to 0.500."
    assert sheet.result.text().endswith(f"= {computed.value:.3f}") and computed.value != 0.5
    person.session.state.change(unit=1)
    person.settle()
    assert panel.diagram._values.clamped == {"c"}
    person.session.state.change(step=1, unit=None)
    person.settle()
    assert panel.diagram._values.clamped == frozenset()
    person.session.state.change(step=2)
    person.settle()
    assert panel.diagram._values.clamped == {"f", "c"}
    assert "some units clamped" in panel.equations.text()


def test_the_marks_belong_to_the_reading_in_front(at_ate):
    person = at_ate
    person.session.state.change(edits=(SetValue("f", 0.5, 3),))
    assert person.page.step_panel.diagram._values.clamped == frozenset(), "it is not answered yet"
    person.settle()
    assert person.page.step_panel.diagram._values.clamped == {"f"}


def test_edits_survive_typing_and_report_a_missing_word(at_ate):
    person, panel = at_ate, at_ate.page.results.edits
    person.page.editing.add(SetValue("f", 0.5, 3, 2, 2, words=WORDS))
    person.writes("Yesterday the dog ate the apple")
    assert value(person, "f", 3, 3) == pytest.approx(0.5)
    assert panel.rows[0].error_label.text() == ""
    person.writes("The dog")
    assert panel.rows[0].error_label.text() == "Its word “ate” is gone."
    assert person.reading.unedited is None
    person.writes("The dog ate")
    assert panel.rows[0].error_label.isHidden() and value(person, "f", 2, 3) == pytest.approx(0.5)


def test_another_model_keeps_the_edits_and_reports_what_it_lacks(at_ate):
    person, panel = at_ate, at_ate.page.results.edits
    edits = (
        SetValue("f", 0.5),
        SetValue("h", 0.0, 3),
        SetValue("h", 0.0, 40),
        SetValue("h", 0.0, 1, layer=4),
    )
    person.session.state.change(edits=edits)
    person.picks_model("preset:tutorial-gru")
    assert person.session.state.selection.edits == edits
    said = [row.error_label.text() for row in panel.rows]
    assert said == ["A GRU has no f.", "", "This model has no unit 41.", "This model has no layer 5."]
    assert not person.reading.view.quantities["h"][:, 3].any()


def test_on_the_characters_the_menu_says_that_edits_act_on_words(person):
    person.picks_model("preset:english")
    person.session.state.change(module=person.reading.model.modules[1].path)
    person.settle()
    menu = menu_of(person, "f", 0, 2)
    assert [(a.text(), a.isEnabled()) for a in menu.actions()[:-2]] == [
        ("Edits apply to the word-level module, not to the characters.", False)
    ]
    escape(person)
    drag(person, "f", QPoint(20, 0))
    person.page.edit_actions.set_value()
    assert person.page.edit_actions.dialog is None and not person.session.state.selection.edits
    assert person.page.results.edits.error_label.text().startswith("Edits apply to the word-level module")


def test_without_a_word_there_is_nothing_to_set(person):
    person.sets("")
    for deed in (
        person.page.edit_actions.set_value,
        person.page.edit_actions.swap_state,
        person.page.edit_actions.unit_off,
    ):
        deed()
    assert person.page.edit_actions.dialog is None and not person.session.state.selection.edits


def test_a_backward_net_holds_on_as_it_reads(person):
    person.picks_model("preset:english-both")
    person.session.state.change(direction=1)
    person.settle()
    at = person.band("h").cell(2, 5).center().toPoint()
    unit = person.band("h").row_at(at.y())
    menu = right_click(person, person.page.matrix.heatmaps, at)
    choose(person, menu, f"Ablate unit {unit + 1} (h = 0)", f"at “{person.words[2]}” and before")
    edit = person.session.state.selection.edits[0]
    assert (edit.first, edit.last, edit.direction) == (None, 2, 1)
    clamped = person.reading.view.quantities["h"][:, unit]
    assert not clamped[:3].any() and clamped[3:].all()
    assert person.page.results.edits.rows[0].name.text().endswith("backward")


def test_a_relu_is_never_negative(person):
    person.picks_model("preset:tutorial-rnn")
    menu = menu_of(person, "h", 1, 2)
    assert texts(menu)[:1] == ["Set h of unit 3 at “dog”…"]
    choose(person, menu, "Set h of unit 3 at “dog”…")
    dialog = person.page.edit_actions.dialog
    dialog.take(0.75)
    dialog.accept()
    person.settle()
    assert value(person, "h", 1, 2) == pytest.approx(0.75)
    assert "h" in person.page.step_panel.diagram._values.clamped or person.session.state.column != 1


def test_a_window_that_opens_with_edits_shows_them(open_session, link):
    person = open_session(link, Selection(motion=False, edits=(SetValue("f", 1.0),)))
    person.settle()
    QApplication.processEvents()
    assert person.page.results.edits.isVisible() and len(person.page.results.edits.rows) == 1
    assert person.page.results.edits_tab.text() == "What if (1)"
