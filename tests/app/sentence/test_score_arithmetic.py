"""From the score to the embedding by clicks and keys, and back: every number, at its place."""

import math
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from lstm_viz.app.panels.arithmetic.choose import shown_of
from lstm_viz.app.panels.cell.number_texts import decimal
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.shell.stored_selection import load_selection, stored_selection
from lstm_viz.app.theme import LIGHT
from lstm_viz.commands import MODELS
from lstm_viz.messages import SetValue
from lstm_viz.ordinals import ordinal
from lstm_viz.uris import of_preset

LEFT = Qt.MouseButton.LeftButton
ACROSS = Qt.Orientation.Horizontal
WORDS = ("The", "dog", "ate", "the", "apple")
SIZES = [(980, 500), (1366, 768), (1600, 1000)]


def panel(person):
    return person.page.arithmetic


def answered(person):
    person.settle()
    person.wait(lambda: panel(person).is_answered)
    QApplication.processEvents()
    return panel(person)


def clicks_tag(person, tag):
    """Click the row of a tag in the scores."""
    row = dict(person.page.scores.tag_places())[tag]
    person.bot.mouseClick(person.page.scores, LEFT, pos=row.center().toPoint())
    return answered(person)


def rows_of(person, block=0):
    """Return the table's rows by name, each a list of its texts."""
    table = panel(person).sheet.blocks[block].table
    columns = range(table.terms.columnCount())
    rows = ([_text(table, row, c) for c in columns] for row in range(table.terms.rowCount()))
    return {name: texts for name, *texts in rows}


def _text(table, row, column):
    return table.model().index(row, column).data() or ""


def follows(person, name, column, block=0):
    """Click the number of a row, counted from the name as 0."""
    table = panel(person).sheet.blocks[block].table
    row = next(row for row in range(table.terms.rowCount()) if _text(table, row, 0) == name)
    table.scrollTo(table.terms.index(row, column))
    place = table.visualRect(table.terms.index(row, column)).center()
    person.bot.mouseClick(table.viewport(), LEFT, pos=place)
    return answered(person)


def number(text):
    return float(text.replace("−", "-"))


@pytest.fixture
def at_ate(person):
    person.session.state.change(step=2)
    person.settle()
    return person


# ---------------------------------------------------------------- the chain


def test_from_the_printed_score_to_the_row_of_the_embedding_and_back(at_ate):
    person, state = at_ate, at_ate.session.state
    seen = [clicks_tag(person, "V").title.text()]
    assert panel(person).sheet.result.text().splitlines()[0].endswith("= 2.9373 − 2.9767 = −0.0394")
    for name, column in (("h₄", 2), ("oₜ·tanh(cₜ)", 2), ("iₜ·gₜ", 1), ("x₃", 2)):
        seen.append(follows(person, name, column).title.text())
    assert seen == [
        "score of V at “ate”",
        "hidden state h of unit 4 at “ate”",
        "cell state c of unit 4 at “ate”",
        "input gate i of unit 4 at “ate”",
        "input x at “ate”",
    ]
    assert state.selection.unit == 3 and person.page.step_panel.unit.currentText() == "unit 4"
    assert panel(person).sheet.result.text() == "x₁ … x₆: “ate” in the embedding of words, weight[2]"
    values = [number(row[0]) for row in rows_of(person).values()]
    np.testing.assert_allclose(values, person.reading.view.x[2], atol=5.1e-5)
    for title in seen[-2::-1]:
        person.bot.mouseClick(panel(person).back, LEFT)
        assert answered(person).title.text() == title
    assert not panel(person).back.isEnabled() and state.selection.unit == 0


@pytest.mark.parametrize("model", [of_preset(name) for name in MODELS])
def test_the_shown_numbers_add_up_to_the_shown_score(person, model):
    person.picks_model(model)
    person.session.state.change(step=2)
    person.settle()
    scores, tags = person.reading.scores[2], person.reading.model.tags
    for k in (0, int(scores.argmax())):
        person.session.state.change(opened=OpenedNumber("score", tags[k]))
        sheet = answered(person).sheet
        *terms, (_, logit) = rows_of(person).items()
        total = sum(number(texts[2]) for _, texts in terms)
        assert number(logit[2]) == pytest.approx(total, abs=0.00006 * (len(terms) + 1))
        others = rows_of(person, 1)
        logits = [number(others[tag][0]) for tag in tags]
        log_sum = math.log(sum(map(math.exp, logits)))
        assert number(others["log Σ + max"][1]) == pytest.approx(log_sum, abs=2e-4)
        assert number(logit[2]) - log_sum == pytest.approx(scores[k], abs=3e-4)
        assert sheet.result.text().splitlines()[0].endswith(f"= {decimal(float(scores[k]), 4)}")
        assert abs(number(sheet.proof.text().rsplit(" ", 1)[1])) < 1e-5 and panel(person).shown.holds


@pytest.mark.parametrize(
    ("model", "name", "terms"),
    [
        ("preset:tutorial", "c", ("fₜ·cₜ₋₁", "iₜ·gₜ")),
        ("preset:tutorial", "h", ("oₜ·tanh(cₜ)",)),
        ("preset:tutorial-gru", "h", ("(1 − zₜ)·nₜ", "zₜ·hₜ₋₁")),
        ("preset:english-both", "c", ("fₜ·cₜ₋₁", "iₜ·gₜ")),
    ],
)
def test_a_state_is_the_sum_of_its_shown_products(person, model, name, terms):
    person.picks_model(model)
    person.session.state.change(step=3, unit=2, opened=OpenedNumber(name))
    answered(person)
    rows, value = rows_of(person), float(person.reading.view.quantities[name][3, 2])
    assert tuple(rows)[: len(terms)] == terms
    for texts in list(rows.values())[: len(terms)]:
        assert number(texts[0]) * number(texts[1]) == pytest.approx(number(texts[2]), abs=2e-3)
    assert sum(number(rows[term][2]) for term in terms) == pytest.approx(value, abs=1.1e-3)
    assert panel(person).sheet.result.text().endswith(f"= {decimal(value)}")
    assert panel(person).sheet.proof.text().startswith("recomputed − forward pass: ")


def test_an_rnns_h_is_what_its_activation_makes_of_a_sum(person):
    person.picks_model("preset:tutorial-rnn")
    person.session.state.change(opened=OpenedNumber("h"))
    assert answered(person).sheet.result.text().startswith("h = tanh(")


def test_the_backward_direction_and_the_characters_are_on_the_way(person):
    person.picks_model("preset:english-both")
    person.session.state.change(step=2)
    person.settle()
    clicks_tag(person, "VERB")
    name = next(name for name in rows_of(person) if name.endswith(" backward") and name.startswith("h"))
    title = follows(person, name, 2).title.text()
    assert title.endswith("at “ate” · backward") and person.reading.view.direction == 1
    assert f"unit {ordinal(person.session.state.selection.unit)} " in title
    person.session.state.change(opened=OpenedNumber("x"))
    answered(person)
    follows(person, "x₇₁", 1)
    assert person.reading.view.module.own_columns
    assert panel(person).title.text() == "hidden state h of unit 7 at “e”"
    person.session.state.change(opened=OpenedNumber("x"))
    assert (
        answered(person)
        .sheet.result.text()
        .startswith("x₁ … x₂₄: “e” in the embedding of characters, weight[")
    )
    for expected in ("hidden state h of unit 7", "input x at “ate”", "hidden state h", "score of VERB"):
        person.presses(Qt.Key.Key_Backspace)
        assert answered(person).title.text().startswith(expected)
    assert not person.reading.view.module.own_columns


def test_the_step_before_is_followed_too(at_ate):
    person = at_ate
    person.session.state.change(opened=OpenedNumber("c"))
    answered(person)
    assert "“dog”" in follows(person, "fₜ·cₜ₋₁", 2).title.text()
    assert person.session.state.selection.step == 1
    assert "“The”" in follows(person, "fₜ·cₜ₋₁", 2).title.text()
    table = panel(person).sheet.table
    assert table.place_at(0, 2) is None, "the initial state has no arithmetic"


def test_an_unknown_word_is_the_row_for_unknown_items(person):
    person.sets("Zyxq read")
    person.session.state.change(step=0, opened=OpenedNumber("x"))
    answered(person)
    assert (
        panel(person)
        .sheet.result.text()
        .endswith("in the embedding of words, weight[9];\n“Zyxq” is not in the vocabulary")
    )


def test_a_unit_beyond_a_projection_has_no_h(at_ate):
    state, view = at_ate.session.state, at_ate.reading.view
    narrow = msgspec.structs.replace(view, quantities={**view.quantities, "h": view.quantities["h"][:, :2]})
    state.reading = msgspec.structs.replace(at_ate.reading, view=narrow)
    state.selection = replace(state.selection, opened=OpenedNumber("h"), unit=2)
    assert shown_of(state).note == "h is projected to 2 units: select one of these."


# ---------------------------------------------------------------- where it is opened


def _place_of(diagram, name):
    labels = diagram.layout_now().labels
    return next(p.rect for p in labels if p.label.number == name).center().toPoint()


def test_c_h_and_x_open_from_the_diagram_by_mouse_and_letter(at_ate):
    person, diagram = at_ate, at_ate.page.step_panel.diagram
    x = diagram.layout_now().word.rect.center().toPoint()
    places = (_place_of(diagram, "c"), _place_of(diagram, "h"), x)
    for place, title in zip(places, ("cell state c", "hidden state h", "input x"), strict=True):
        person.bot.mouseClick(diagram, LEFT, pos=place)
        assert answered(person).title.text().startswith(title)
    diagram.setFocus()
    for letter, title in (("c", "cell state c"), ("x", "input x"), ("f", "forget gate f")):
        person.bot.keyClicks(diagram, letter)
        assert answered(person).title.text().startswith(title)


def test_c_and_h_open_from_the_equations(at_ate):
    person, equations = at_ate, at_ate.page.step_panel.equations
    for name in "ch":
        rect = [rect for gate, rect in equations.links() if gate == name][-1]
        person.bot.mouseClick(equations, LEFT, pos=rect.center().toPoint())
        assert answered(person).shown.opened == OpenedNumber(name)


def test_a_mean_has_no_arithmetic_but_x_and_the_scores_have(at_ate):
    person = at_ate
    person.session.state.change(opened=OpenedNumber("c"))
    answered(person)
    person.session.state.change(unit=None)
    assert answered(person).sheet.note.text() == "A mean has no arithmetic: select a single unit."
    assert panel(person).sheet.table.isHidden() or not panel(person).sheet.blocks[0].isVisible()
    diagram = person.page.step_panel.diagram
    person.bot.mouseClick(diagram, LEFT, pos=_place_of(diagram, "c"))
    assert person.session.state.selection.opened == OpenedNumber("c")
    person.bot.mouseClick(diagram, LEFT, pos=diagram.layout_now().word.rect.center().toPoint())
    assert answered(person).shown.opened == OpenedNumber("x")
    assert clicks_tag(person, "NN").shown.opened == OpenedNumber("score", "NN")


def test_a_click_on_a_second_number_moves_the_arithmetic_there(at_ate):
    person, state, heatmaps = at_ate, at_ate.session.state, at_ate.page.matrix.heatmaps
    person.clicks(heatmaps, person.band("c").cell(1, 2).center().toPoint())
    assert state.selection.opened is None, "where nothing is open, a click selects"
    state.change(opened=OpenedNumber("f"))
    person.clicks(heatmaps, person.band("o").cell(3, 4).center().toPoint())
    assert answered(person).title.text() == "output gate o of unit 5 at “the”"
    panel(person).go_back()
    assert answered(person).title.text() == "forget gate f of unit 3 at “dog”"
    view, model = person.page.table.view, person.page.table.model
    column = next(k for k in range(model.columnCount()) if model.headerData(k, ACROSS) == "NN")
    person.bot.mouseClick(view.viewport(), LEFT, pos=view.visualRect(model.index(4, column)).center())
    assert answered(person).title.text() == "score of NN at “apple”"


@pytest.mark.parametrize("step", range(5))
def test_the_arithmetic_lies_beside_the_column_of_its_number(person, step):
    person.resizes(1600, 1000)
    person.session.state.change(step=step, opened=OpenedNumber("c"))
    page, covered = person.page, answered(person).geometry()
    column = page.matrix.columns.strip(step, 100).translated(page.matrix.mapTo(page, QPoint()))
    assert not (covered.left() < column.right() and column.left() < covered.right())


@pytest.mark.parametrize("size", [(980, 500), (1366, 768), (1600, 1000)], ids=str)
def test_the_arithmetic_covers_neither_its_equation_nor_the_scores(at_ate, size):
    person, page = at_ate, at_ate.page
    person.resizes(*size)
    for opened in (OpenedNumber("f"), OpenedNumber("c"), OpenedNumber("x"), OpenedNumber("score", "V")):
        person.session.state.change(opened=opened)
        covered = answered(person).geometry()
        for free in (page.step_panel.equations, page.step_panel.diagram, page.scores, page.editor):
            assert not covered.intersects(QRect(free.mapTo(page, QPoint()), free.size()))


def test_a_double_click_on_the_table_opens_a_score(person):
    view = person.page.table.view
    place = view.visualRect(person.page.table.model.index(1, 4)).center()
    person.bot.mouseClick(view.viewport(), LEFT, pos=place)
    assert person.session.state.selection.opened is None and person.session.state.selection.step == 1
    person.bot.mouseDClick(view.viewport(), LEFT, pos=place)
    assert answered(person).title.text() == "score of NN at “dog”"


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("model", "name"),
    [("preset:tutorial", "f"), ("preset:tutorial", "score"), ("preset:english-both", "score")],
)
def test_it_covers_nothing_that_it_is_about(person, size, model, name):
    person.picks_model(model)
    person.resizes(*size)
    tag = person.reading.words[0].tag if name == "score" else ""
    person.session.state.change(opened=OpenedNumber(name, tag))
    page, shown = person.page, answered(person)
    covered = QRect(shown.mapTo(page, QPoint()), shown.size())
    assert page.rect().contains(covered)
    for widget in (page.side, page.results, page.editor, page.matrix.chips):
        assert not covered.intersects(QRect(widget.mapTo(page, QPoint()), widget.size())), widget
    tables = [block.table for block in shown.sheet.blocks if block.isVisible()]
    assert {table.horizontalScrollBar().maximum() for table in tables} == {0}


def test_it_moves_with_the_window_and_the_splitter(person):
    person.session.state.change(opened=OpenedNumber("f"))
    answered(person)
    for size in (SIZES[2], SIZES[0]):
        person.resizes(*size)
        right = person.page.side.mapTo(person.page, QPoint()).x()
        assert right - 20 < panel(person).geometry().right() < right


# ---------------------------------------------------------------- keys


def test_enter_opens_arrows_go_from_tag_to_tag_and_escape_closes(at_ate):
    person, scores = at_ate, at_ate.page.scores
    scores.setFocus()
    person.presses(Qt.Key.Key_Return, on=scores)
    assert answered(person).title.text() == "score of DET at “ate”"
    down, up = Qt.Key.Key_Down, Qt.Key.Key_Up
    for key, tag in ((down, "NN"), (down, "V"), (down, "V"), (up, "NN")):
        person.presses(key, on=scores)
        assert answered(person).title.text() == f"score of {tag} at “ate”"
        assert scores.accessibleName() == f"Tag scores: {tag}"
    assert scores.hasFocus() and not panel(person).back.isEnabled(), "from tag to tag is no way back"
    person.presses(Qt.Key.Key_Left, on=scores)
    assert answered(person).title.text() == "score of NN at “dog”"
    person.presses(Qt.Key.Key_Escape, on=scores)
    assert not panel(person).isVisible() and person.session.state.selection.opened is None
    assert scores.hasFocus()
    person.presses(Qt.Key.Key_Down, on=scores)
    assert not panel(person).isVisible() and scores.current == "V"


def test_the_tables_numbers_are_reached_and_followed_by_keys(at_ate):
    person, scores = at_ate, at_ate.page.scores
    scores.setFocus()
    person.presses(Qt.Key.Key_Return, on=scores)
    table = answered(person).sheet.table
    table.setFocus()
    table.setCurrentIndex(table.terms.index(0, 0))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right):
        person.presses(key, on=table)
    assert (table.currentIndex().row(), table.currentIndex().column()) == (1, 2)
    person.presses(Qt.Key.Key_Return, on=table)
    assert answered(person).title.text() == "hidden state h of unit 2 at “ate”"
    person.presses(Qt.Key.Key_Backspace, on=table)
    assert answered(person).title.text() == "score of DET at “ate”"
    person.presses(Qt.Key.Key_Escape, on=table)
    assert not panel(person).isVisible() and scores.hasFocus(), "the focus goes back to where it was"


def test_tab_goes_from_what_opened_it_into_it(at_ate):
    person, scores = at_ate, at_ate.page.scores
    scores.setFocus()
    person.presses(Qt.Key.Key_Return, on=scores)
    answered(person)
    seen = []
    for _ in range(4):
        QApplication.focusWidget().window().focusNextChild()
        seen.append(QApplication.focusWidget())
    sheet = panel(person).sheet
    assert seen == [*(block.table for block in sheet.blocks), sheet.copy, panel(person).close_button]


def test_escape_in_the_editor_closes_it_and_backspace_there_only_types(at_ate):
    person, editor = at_ate, at_ate.page.editor
    clicks_tag(person, "V")
    follows(person, "h₄", 2)
    editor.setFocus()
    person.bot.keyClick(editor, Qt.Key.Key_Backspace)
    assert answered(person).shown.opened == OpenedNumber("h") and editor.toPlainText() != " ".join(WORDS)
    person.bot.keyClick(editor, Qt.Key.Key_Escape)
    assert not panel(person).isVisible()


def test_its_button_closes_it(at_ate):
    clicks_tag(at_ate, "V")
    at_ate.bot.mouseClick(panel(at_ate).close_button, LEFT)
    assert not panel(at_ate).isVisible() and at_ate.session.state.selection.opened is None


# ---------------------------------------------------------------- it follows what is selected


def test_a_click_on_another_number_moves_it_there(at_ate):
    person = at_ate
    clicks_tag(person, "V")
    clicks_tag(person, "NN")
    assert panel(person).title.text() == "score of NN at “ate”"
    diagram = person.page.step_panel.diagram
    person.bot.mouseClick(diagram, LEFT, pos=diagram.layout_now().nodes["f"].rect.center().toPoint())
    assert answered(person).title.text() == "forget gate f of unit 1 at “ate”"
    person.bot.mouseClick(panel(person).back, LEFT)
    assert answered(person).title.text() == "score of NN at “ate”"


def test_it_follows_the_step_the_unit_and_the_text(at_ate):
    person = at_ate
    person.session.state.change(opened=OpenedNumber("c"))
    answered(person)
    person.presses(Qt.Key.Key_Right)
    assert answered(person).title.text() == "cell state c of unit 1 at “the”"
    person.presses(Qt.Key.Key_Down)
    assert answered(person).title.text() == "cell state c of unit 2 at “the”"
    person.writes("Everybody read")
    answered(person)
    value = float(person.reading.view.quantities["c"][1, 1])
    assert panel(person).title.text() == "cell state c of unit 2 at “read”"
    assert panel(person).sheet.result.text().endswith(f"= {decimal(value)}")


def test_another_model_without_such_a_number_closes_it(person):
    person.session.state.change(opened=OpenedNumber("f"))
    answered(person)
    person.picks_model("preset:tutorial-gru")
    assert not panel(person).isVisible() and person.session.state.selection.opened is None
    person.session.state.change(opened=OpenedNumber("score", "NN"))
    answered(person)
    person.picks_model("preset:english")
    assert person.session.state.selection.opened is None


def test_no_words_hide_it_until_there_are_some(person):
    person.session.state.change(opened=OpenedNumber("score", "NN"))
    answered(person)
    person.sets("")
    person.wait(lambda: not panel(person).isVisible())
    person.sets("dog")
    assert answered(person).title.text() == "score of NN at “dog”"


def test_what_is_not_answered_is_not_shown_for_long(at_ate):
    person, state = at_ate, at_ate.session.state
    clicks_tag(person, "V")
    state.await_reading(state.asked + 1_000_000)
    state.reading_changed.emit(state.reading)
    assert panel(person).isVisible() and not panel(person).is_answered
    person.wait(lambda: not panel(person).isVisible())


def test_it_is_not_open_at_the_next_start():
    assert load_selection(stored_selection(Selection(opened=OpenedNumber("f"), step=2), {})) == Selection(
        step=2
    )


# ---------------------------------------------------------------- set by hand


def test_what_is_set_by_hand_is_said(at_ate):
    person, state = at_ate, at_ate.session.state
    person.page.editing.add(SetValue("c", 1.25, 0, 2, 2, words=WORDS))
    person.page.editing.add(SetValue("f", 0.5, 0, 2, 2, words=WORDS))
    person.page.editing.add(SetValue("h", 0.75, 3, 2, 2, words=WORDS))
    person.settle()
    state.change(unit=0, opened=OpenedNumber("c"))
    sheet = answered(person).sheet
    q = person.reading.view.quantities
    computed = 0.5 * float(q["c"][1, 0]) + float(q["i"][2, 0] * q["g"][2, 0])
    assert sheet.replaced.text() == "Replaced: c is clamped to 1.250."
    assert sheet.note.text() == "Clamped: fₜ."
    assert sheet.result.text().endswith(f"= {decimal(computed)}") and sheet.proof.isHidden()
    state.change(opened=OpenedNumber("h"))
    assert answered(person).sheet.note.text() == "Clamped: cₜ."
    assert "tanh(1.250)" in panel(person).sheet.result.text() and panel(person).shown.holds
    clicks_tag(person, "V")
    assert panel(person).sheet.note.text() == "Clamped: h₄." and rows_of(person)["h₄"][1] == "0.7500"
    score = decimal(float(person.reading.scores[2, 2]), 4)
    assert panel(person).sheet.result.text().splitlines()[0].endswith(f"= {score}")
    person.page.editing.reset()
    assert answered(person).sheet.note.isHidden()


def test_the_tables_are_set_again_only_where_their_numbers_or_colours_change(at_ate):
    person, state = at_ate, at_ate.session.state
    state.change(opened=OpenedNumber("x"))
    resets = []
    answered(person).sheet.table.terms.modelReset.connect(lambda: resets.append(1))
    for signal in (state.gate_arithmetic_changed, state.arithmetic_changed):
        signal.emit(None)
    person.presses(Qt.Key.Key_Down)  # another unit: x is the same
    assert state.selection.unit == 1 and resets == []
    person.presses(Qt.Key.Key_Right)
    answered(person)
    assert len(resets) == 1
    state.set_theme(LIGHT)
    assert len(resets) == 2


def test_a_drag_of_c_changes_what_is_open(at_ate):
    person, diagram = at_ate, at_ate.page.step_panel.diagram
    clicks_tag(person, "V")
    before, place = panel(person).sheet.result.text(), _place_of(diagram, "c")
    QTest.mousePress(diagram, LEFT, pos=place)
    for up in (12, 30, 60):
        QTest.mouseMove(diagram, place - QPoint(0, up))
    QTest.mouseRelease(diagram, LEFT, pos=place - QPoint(0, 60))
    if person.session.state.selection.edits:
        person.wait(lambda: panel(person).is_answered and panel(person).sheet.result.text() != before)
    assert person.session.state.selection.opened == OpenedNumber("score", "V"), "a drag is no click"


# ---------------------------------------------------------------- what else


def test_a_copy_is_in_full_and_a_screen_reader_hears_it(at_ate):
    person = at_ate
    clicks_tag(person, "V")
    person.bot.mouseClick(panel(person).sheet.copy, LEFT)
    first, second = QGuiApplication.clipboard().text().split("\n\n")
    lines = [line.split("\t") for line in first.splitlines()]
    assert lines[0] == ["hₜ", "weight", "value", "product"]
    assert [line[0] for line in lines[-2:]] == ["bias", "logit"]
    assert sum(float(line[3]) for line in lines[1:-1]) == pytest.approx(float(lines[-1][3]), abs=1e-9)
    assert second.splitlines()[0].split("\t") == ["tag", "logit", "exp(logit − max)"]
    said = QAccessible.queryAccessibleInterface(panel(person))
    assert said.text(QAccessible.Text.Name) == "Arithmetic: score of V at “ate”"
    assert "= −0.0394" in said.text(QAccessible.Text.Description)
    names = [block.table.accessibleName() for block in panel(person).sheet.blocks]
    assert names == ["logit of V: h · its row of the linear layer", "log Σ exp over all tags"]


def test_tags_and_words_like_markup_are_text(at_ate):
    person, state = at_ate, at_ate.session.state
    person.sets("The <b>dog</b> \ud800")
    state.change(step=person.words.index("dog"))
    state.change(opened=OpenedNumber("score", "NN"))
    answered(person)
    assert {label.textFormat() for label in panel(person).findChildren(QLabel)} == {Qt.TextFormat.PlainText}
    renamed = msgspec.structs.replace(person.reading.model, tags=("<i>", "\ud800", "V"))
    state.reading = msgspec.structs.replace(person.reading, model=renamed)
    state.arithmetic = msgspec.structs.replace(state.arithmetic, tag="\ud800")
    state.selection = replace(state.selection, opened=OpenedNumber("score", "\ud800"))
    assert shown_of(state).title == "score of \ufffd at “dog”"
    assert [term.name for term in shown_of(state).tables[1].terms][:2] == ["<i>", "\ufffd"]


def test_both_bars_of_a_pair_open_the_score_of_the_reading_in_front(at_ate):
    person = at_ate
    person.page.editing.add(SetValue("h", 0.0, 3, 2, 2, words=WORDS))
    person.settle()
    person.wait(person.page.scores.compared_tags)
    assert [tag for tag, _ in person.page.scores.tag_places()] == ["DET", "NN", "V"]
    score = decimal(float(person.reading.scores[2, 1]), 4)
    assert clicks_tag(person, "NN").sheet.result.text().splitlines()[0].endswith(f"= {score}")


# ---------------------------------------------------------------- chains


@pytest.fixture
def decoded(open_session, chained):
    """Return a person before a sentence whose tags are chosen together, at "ate"."""
    person = open_session(chained, Selection(model="small", motion=False, step=2))
    person.settle()
    QApplication.processEvents()
    return person


def tabs(person):
    return [tab for tab in panel(person).tabs.findChildren(QPushButton) if tab.isVisible()]


def test_a_chain_has_the_best_path_and_the_probability_of_a_tag_too(decoded):
    person, trellis = decoded, decoded.reading.trellis
    clicks_tag(person, "V")
    assert [tab.text() for tab in tabs(person)] == ["Word alone", "Best path", "All paths"]
    person.bot.mouseClick(tabs(person)[1], LEFT)
    assert answered(person).title.text() == "best path to V at “ate”" and tabs(person)[1].isChecked()
    shown = panel(person).sheet.result.text().splitlines()[0]
    assert shown.startswith("δ = max + emission = ") and shown.endswith(decimal(float(trellis.best[2, 2]), 4))
    person.bot.mouseClick(tabs(person)[2], LEFT)
    assert answered(person).title.text() == "probability of V at “ate”"
    assert panel(person).sheet.result.text().endswith(f"= {decimal(float(trellis.marginals[2, 2]), 4)}")
    person.presses(Qt.Key.Key_Backspace)
    assert answered(person).title.text() == "best path to V at “ate”"


def test_the_shown_terms_of_a_path_give_it(decoded):
    person, trellis = decoded, decoded.reading.trellis
    for step, tag in ((1, "NN"), (2, "V"), (4, "DET")):
        k = person.reading.model.tags.index(tag)
        person.session.state.change(step=step, opened=OpenedNumber("delta", tag))
        answered(person)
        rows = rows_of(person)
        sums = [number(rows[name][0]) + number(rows[name][1]) for name in person.reading.model.tags]
        assert [number(rows[name][2]) for name in person.reading.model.tags] == pytest.approx(sums, abs=2e-4)
        assert number(rows["max"][2]) == pytest.approx(max(sums), abs=2e-4)
        delta = number(rows["max"][2]) + number(rows["emission"][2])
        assert delta == pytest.approx(float(trellis.best[step, k]), abs=3e-4)
        transitions = [number(rows[name][1]) for name in person.reading.model.tags]
        assert transitions == pytest.approx(trellis.transitions[:, k].tolist(), abs=1e-4)
    assert panel(person).sheet.result.text().splitlines()[1].startswith("path = δ + end = ")


@pytest.mark.parametrize("step", [0, 2, 4])
def test_the_shown_terms_of_all_paths_give_the_probability(decoded, step):
    person = decoded
    person.session.state.change(step=step, opened=OpenedNumber("marginal", "NN"))
    answered(person)
    alpha, beta = (list(rows_of(person, block).items()) for block in (0, 1))
    if step:
        came = np.logaddexp.reduce([number(texts[2]) for _, texts in alpha[:3]])
        assert number(dict(alpha)["log Σ exp"][2]) == pytest.approx(came, abs=2e-4)
    else:
        assert [name for name, _ in alpha] == ["start", "emission", "α"]
    a, b = number(alpha[-1][1][-1]), number(beta[-1][1][-1])
    if step < 4:
        goes = np.logaddexp.reduce([sum(map(number, texts[:3])) for _, texts in beta[:3]])
        assert b == pytest.approx(goes, abs=5e-4)
    else:
        assert b == pytest.approx(float(person.reading.trellis.end[1]), abs=1e-4)
    log_z = number(panel(person).sheet.result.text().split(" − ")[-1].split(")")[0].strip("("))
    p = float(person.reading.trellis.marginals[step, 1])
    assert math.exp(a + b - log_z) == pytest.approx(p, abs=1e-3)
    assert panel(person).shown.holds


def test_a_click_on_a_tag_of_the_playheads_word_opens_its_best_path(decoded):
    person, trellis = decoded, decoded.page.matrix.trellis
    person.bot.mouseClick(trellis, LEFT, pos=trellis.nodes.node(1, 1).center().toPoint())
    person.settle()
    assert person.session.state.selection.step == 1 and person.session.state.selection.opened is None
    person.bot.mouseClick(trellis, LEFT, pos=trellis.nodes.node(1, 2).center().toPoint())
    assert answered(person).title.text() == "best path to V at “dog”"
    assert follows(person, "DET", 1).title.text() == "best path to DET at “The”"
    assert panel(person).sheet.result.text().startswith("δ = start + emission = ")
    assert follows(person, "emission", 1).title.text() == "score of DET at “The”"
    person.presses(Qt.Key.Key_Backspace)
    person.presses(Qt.Key.Key_Backspace)
    assert answered(person).title.text() == "best path to V at “dog”"


def test_it_says_where_the_best_path_of_all_goes(decoded):
    person = decoded
    chosen = person.reading.words[2].tag
    for tag in ("DET", "NN", "V"):
        person.session.state.change(opened=OpenedNumber("delta", tag))
        through = "here" if tag == chosen else f"{chosen} here"
        assert answered(person).sheet.note.text().endswith(f"goes through {through}.")


def test_a_chain_that_decodes_nothing_has_scores_only(decoded):
    person = decoded
    person.session.state.change(opened=OpenedNumber("delta", "V"))
    answered(person)
    person.picks_model("broken")
    assert person.session.state.selection.opened is None and person.reading.trellis is None
    clicks_tag(person, "V")
    assert tabs(person) == []


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", ["score", "delta", "marginal"])
def test_many_tags_fit(decoded, size, name):
    person = decoded
    person.picks_model("large")
    person.resizes(*size)
    person.session.state.change(opened=OpenedNumber(name, "VERB"))
    shown = answered(person)
    assert shown.sheet.result.isVisible() and shown.rect().contains(shown.sheet.geometry())
    assert person.page.rect().contains(shown.geometry())
    if size == SIZES[2]:
        tables = [block.table for block in shown.sheet.blocks if block.isVisible()]
        assert {table.verticalScrollBar().maximum() for table in tables} == {0}
