"""What is typed, pasted and deleted, and what every panel shows of it."""

import re

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lstm_viz.app.selection.selection import ComparedWith
from lstm_viz.app.widgets.line_text_edit import MAX_CHARACTERS
from lstm_viz.app.widgets.plain_text import as_tip
from lstm_viz.messages import SetValue
from tests.app.hovers import hover_text


def _shown(person):
    """Return everything that the panels show, by panel."""
    page, table = person.page, person.page.table.model
    chips = [page.matrix.chips.describe(k) for k in page.matrix.columns.visible()]
    return {
        "chips": chips,
        "heatmap": page.matrix.heatmaps.grab().toImage(),
        "hidden": person.band("h").values.tolist(),
        "scores": page.scores.rows(),
        "scores title": page.scores._title(),
        "table": [[table.text(r, c) for c in range(table.columnCount())] for r in range(table.rowCount())],
        "title": page.step_panel.title.text(),
        "equations": page.step_panel.equations.text(),
        "diagram": page.step_panel.diagram.accessibleDescription(),
    }


def _paste(person, text):
    data = QMimeData()
    data.setText(text)
    person.page.editor.insertFromMimeData(data)
    person.settle()


def test_every_panel_follows_every_key(person):
    page = person.page
    page.editor.setFocus()
    before = _shown(person)
    for key, words in zip(" read", ([], ["r"], ["re"], ["rea"], ["read"]), strict=True):
        person.bot.keyClicks(page.editor, key)
        person.settle()
        assert person.words == ["The", "dog", "ate", "the", "apple", *words]
        assert page.matrix.columns.count == person.band("f").values.shape[0] == len(person.words)
        assert page.table.model.rowCount() == len(person.words)
    now = _shown(person)
    assert [name for name in now if now[name] == before[name]] == []
    assert now["chips"][-1].startswith("read · ")
    assert now["title"] == "Step 6 · “read”"
    assert now["scores title"] == "Tag scores · “read”"
    assert now["table"][-1][0] == "read"


def test_what_is_shown_is_the_reading(person):
    reading, scores = person.reading, person.page.scores
    for name, values in reading.view.quantities.items():
        assert np.array_equal(person.band(name).values, values)
    step = person.session.state.selection.step
    assert [score for _, score in scores.rows()] == pytest.approx(reading.scores[step].tolist())
    best = reading.model.tags[int(np.argmax(reading.scores[step]))]
    assert reading.words[step].tag == best
    text = person.page.matrix.chips.describe(step)
    assert f"{best} {np.exp(reading.scores[step].max()):.4f}" in text


def test_the_badge_tells_proof_and_promptness(person):
    badge = person.page.badge
    assert badge.painted.text() == ""
    person.bot.keyClicks(person.page.editor, " read")
    person.settle()
    person.wait(badge.painted.text)
    assert float(re.fullmatch(r"typed → painted ([\d.]+) ms", badge.painted.text())[1]) > 0
    error = re.fullmatch(r"gates agree with torch: max \|Δh\| (\de[+-]\d\d)", badge.agreement.text())[1]
    assert float(error) == pytest.approx(person.reading.view.max_error, rel=0.6)
    assert as_tip(person.reading.model.about) in person.content.top_bar.model.toolTip()


def test_deleting_goes_back_the_same_way(person):
    person.presses(Qt.Key.Key_End)
    before = _shown(person)
    person.bot.keyClicks(person.page.editor, " that book")
    person.settle()
    assert person.words[-2:] == ["that", "book"]
    for _ in " that book":
        person.presses(Qt.Key.Key_Backspace, on=person.page.editor)
    after = _shown(person)
    assert [name for name in after if after[name] != before[name]] == []
    assert person.words == ["The", "dog", "ate", "the", "apple"]


def test_a_key_in_the_middle_changes_the_word_there(person):
    editor = person.page.editor
    cursor = editor.textCursor()
    cursor.setPosition(len("The dog"))
    editor.setTextCursor(cursor)
    person.bot.keyClicks(editor, "s")
    person.settle()
    assert person.words == ["The", "dogs", "ate", "the", "apple"]
    assert person.session.state.selection.step == 1
    assert person.page.step_panel.title.text() == "Step 2 · “dogs”"


def test_the_clipboard_is_pasted_on_one_line(person):
    QGuiApplication.clipboard().setText("Everybody\nread\tthat\r\nbook\u2028now")
    person.page.editor.selectAll()
    person.page.editor.paste()
    person.settle()
    assert person.words == ["Everybody", "read", "that", "book", "now"]
    assert person.page.editor.blockCount() == 1


def test_rich_text_is_pasted_as_plain_text(person):
    data = QMimeData()
    data.setHtml("<b>the</b> dog")
    data.setText("the dog")
    person.page.editor.selectAll()
    person.page.editor.insertFromMimeData(data)
    person.settle()
    assert person.page.editor.toPlainText() == "the dog"


def test_a_hundred_thousand_words_are_cut_with_a_word_about_it(person):
    person.page.editor.selectAll()
    _paste(person, "apple " * 100_000)
    assert len(person.page.editor.toPlainText()) == MAX_CHARACTERS
    said = "Of 600,000 characters pasted, 10,000 are kept. The first 1,000 of 1,667 words are read."
    assert person.page.status_line.text == said
    assert person.page.status_line.label.isVisible()
    assert len(person.words) == 1000 < person.reading.total_words
    assert len(person.page.matrix.columns.visible()) < 100
    person.presses(Qt.Key.Key_Left)
    assert person.session.state.column == 998
    person.bot.keyClick(person.page.editor, Qt.Key.Key_Backspace)
    person.settle()
    assert person.page.status_line.text == "The first 1,000 of 1,667 words are read."


def test_nothing_can_be_pasted_into_a_full_field(person):
    person.page.editor.selectAll()
    _paste(person, "a" * MAX_CHARACTERS)
    _paste(person, "b")
    assert person.page.editor.toPlainText() == "a" * MAX_CHARACTERS
    assert person.page.status_line.text == "Of 1 characters pasted, 0 are kept."


def test_an_input_method_writes_one_line_that_fits(person):
    event = QInputMethodEvent()
    event.setCommitString("개가\n" + "밥" * MAX_CHARACTERS)
    person.page.editor.selectAll()
    QApplication.sendEvent(person.page.editor, event)
    person.settle()
    text = person.page.editor.toPlainText()
    assert text.startswith("개가 밥") and len(text) == MAX_CHARACTERS


def test_without_text_there_is_a_way_back(person):
    page = person.page
    page.editor.selectAll()
    person.presses(Qt.Key.Key_Delete, on=page.editor)
    assert page.matrix_or_empty.currentWidget() is page.empty and page.empty.isVisible()
    assert page.badge.agreement.text() == "no words"
    assert page.table.model.rowCount() == 0 and page.scores.rows() == []
    assert page.step_panel.title.text() == "The cell at a step"
    assert not page.transport.play.isEnabled() and not page.step_panel.unit.isVisible()
    assert page.step_panel.note.isVisible() and not page.step_panel.diagram.isVisible()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Space, Qt.Key.Key_Down):
        person.presses(key)
    assert page.empty.button.text() == "Try “The dog ate the apple”"
    person.clicks(page.empty.button)
    assert page.editor.toPlainText() == "The dog ate the apple"
    assert page.matrix_or_empty.currentWidget() is page.matrix_area
    assert person.tags == ["DET", "NN", "V", "DET", "NN"]


@pytest.mark.parametrize("text", ["   ", "\u3000\u00a0"])
def test_blanks_are_no_words(person, text):
    person.sets(text)
    assert person.page.matrix_or_empty.currentWidget() is person.page.empty
    person.bot.keyClicks(person.page.editor, "dog")
    person.settle()
    assert person.words == ["dog"]


def test_hover_tells_word_unit_quantity_and_value(person):
    heatmaps, band = person.page.matrix.heatmaps, person.band("g")
    QTest.mouseMove(heatmaps, band.cell(2, 4).center().toPoint())
    person.wait(lambda: hover_text(heatmaps))
    value = float(band.values[2, 4])
    assert (
        hover_text(heatmaps).replace("−", "-")
        == f"“ate” · unit 5\ncandidate  g = {value:.6f}\ntrace.g[0, 0, 2, 0, 4]"
    )
    QTest.mouseMove(heatmaps, QPoint(heatmaps.width() - 1, heatmaps.height() - 1))
    person.wait(lambda: not hover_text(heatmaps))


def test_an_unknown_word_is_marked(person):
    person.writes("The cat ate")
    assert [word.known for word in person.reading.words] == [True, False, True]
    assert "not in the vocabulary" in person.page.matrix.chips.describe(1)
    assert "not in the" not in person.page.matrix.chips.describe(0)
    chips = person.page.matrix.chips
    assert chips.chip(1) != chips.chip(0)
    assert person.page.matrix.legend.names == ("unknown",)
    assert person.page.status_line.text == "“cat” is not in the vocabulary."


def test_the_legend_explains_the_marks_in_view_and_no_others(person):
    state, page = person.session.state, person.page
    assert page.matrix.legend.names == ()
    state.change(compared_with=ComparedWith("Everybody read the apple", "preset:tutorial"))
    person.wait(lambda: page.comparison_model.comparison is not None)
    assert page.matrix.legend.names == ("differs", "absent")
    assert page.matrix.legend.accessibleName() == "another tag, no such word"
    state.change(compared_with=None)
    page.editing.add(SetValue("h", 0.5, 1))
    person.settle()
    person.wait(lambda: "clamped" in page.matrix.legend.names)
    page.editing.undo_stack.undo()
    person.settle()
    person.wait(lambda: page.matrix.legend.names == ())


def test_enter_keeps_the_sentence_and_selects_it(person):
    editor = person.page.editor
    person.writes("Everybody read that book")
    person.bot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.toPlainText() == "Everybody read that book"
    assert editor.textCursor().selectedText() == "Everybody read that book"
    assert person.session.state.selection.kept == ("Everybody read that book",)
    assert person.page.status_line.text == "Kept as the previous sentence."


def test_the_table_copies_as_tsv(person):
    person.clicks(person.page.table.copy_button)
    lines = QGuiApplication.clipboard().text().splitlines()
    rows = [line.split("\t") for line in lines]
    assert rows[0] == ["word", "tag", "score", "DET", "NN", "V"]
    assert [row[0] for row in rows[1:]] == person.words
    assert [row[1] for row in rows[1:]] == person.tags
    numbers = np.array([[float(cell) for cell in row[2:]] for row in rows[1:]])
    assert np.abs(numbers[:, 1:] - person.reading.scores).max() <= 5e-5
    assert np.array_equal(numbers[:, 0], numbers[:, 1:].max(axis=1))
