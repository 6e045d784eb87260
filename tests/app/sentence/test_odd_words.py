"""Words of any script, and words that look like something else: read, painted, and never rendered."""

import re

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from lstm_viz.app.widgets.elided import ElidedLabel
from tests.app.hovers import hover_label

ODD_TEXTS = {
    "emoji": "a 🦜🏳️‍🌈 ate",
    "right to left": "הכלב אכל את התפוח",
    "Chinese": "狗 吃了 苹果",
    "Korean": "개가 사과를 먹었다",
    "markup": "the <img src=x> <b>ate</b>",
    "entity": "&amp; dog",
    "long": "pneumonoultramicroscopicsilicovolcanoconiosis dog",
    "combining": "e\u0301te\u0301 n\u0303",
    "astral": "\U0001d54f \U0001f600 \U00020000",
}


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_any_script_is_read_and_painted(person, text):
    person.sets(text)
    assert "".join(person.words) == "".join(text.split())
    assert [text[word.start : word.end] for word in person.reading.words] == person.words
    person.window.grab()
    for column, word in enumerate(person.words):
        person.session.state.step_to(column)
        person.settle()
        assert word in person.page.step_panel.title.text()
    assert not person.content.error.isVisible()


@pytest.mark.parametrize("kept", [4, 5], ids=["high", "low"])
def test_half_a_character_breaks_nothing(person, kept):
    editor = person.page.editor
    person.sets("the 🦜 dog")
    cursor = editor.textCursor()
    cursor.setPosition(9 - kept)
    cursor.setPosition(10 - kept, cursor.MoveMode.KeepAnchor)
    cursor.removeSelectedText()  # one of its two UTF-16 units
    person.settle()
    assert editor.document().characterCount() == len("the x dog") + 1
    editor.moveCursor(cursor.MoveOperation.End)
    person.bot.keyClicks(editor, "s")
    person.settle()
    assert person.words[0] == "the" and person.words[-1] == "dogs"
    person.window.grab()


def test_a_lone_surrogate_that_is_set_breaks_nothing(person):
    person.sets("the " + chr(0xD800) + " dog")
    assert person.words[0] == "the" and person.words[-1] == "dog"


def test_the_caret_counts_characters_where_qt_counts_units(person):
    editor = person.page.editor
    person.sets("🦜🦜🦜🦜 dog")
    cursor = editor.textCursor()
    cursor.setPosition(8)  # behind four characters of two units each
    editor.setTextCursor(cursor)
    assert editor.caret() == 4
    person.bot.keyClicks(editor, "a")
    person.settle()
    assert person.session.state.selection.caret == 5
    assert person.session.state.selection.step < len(person.words) - 1


def test_markup_is_never_rendered(person):
    person.sets("the <b>dog</b> &lt;")
    page = person.page
    person.session.state.step_to(person.words.index("dog"))
    person.settle()
    _hover_over(person, page.matrix.chips, 0)
    _hover_over(person, page.matrix.heatmaps, 1)
    page.step_panel.open("f")
    labels = [label for label in person.window.findChildren(QLabel) if label.isVisible()]
    labels = [label for label in labels if not isinstance(label, ElidedLabel)]  # paints its text as it is
    rich = [label.text() for label in labels if _is_rich(label)]
    assert rich == []


def _is_rich(label):
    automatic = label.textFormat() == Qt.TextFormat.AutoText
    return label.textFormat() == Qt.TextFormat.RichText or (automatic and re.search("[<&]", label.text()))


def _hover_over(person, widget, column):
    place = QPoint(int(person.page.matrix.columns.left(column)) + 9, 20)
    QTest.mouseMove(widget, place)
    person.wait(lambda: hover_label(widget))
    label = hover_label(widget)
    assert person.words[column] in label.text()
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_what_does_not_fit_is_in_the_tool_tip_as_it_is(qtbot):
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(60, 20)
    for text, tip in (
        ("<img src=x> & a long word", "<qt>&lt;img src=x&gt; &amp; a long word</qt>"),
        ("a long word & another", "<qt>a long word &amp; another</qt>"),
        ("short", ""),
    ):
        label.show_text(text)
        label.grab()
        assert label.toolTip() == tip
