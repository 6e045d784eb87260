"""How the sentence is cut: words of a corpus stay, and a person joins, splits and writes others."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from lstm_viz.app.panels.heatmaps.chip import Chip, chip_image, is_wrong
from lstm_viz.app.panels.heatmaps.surfaces import SURFACE_HEIGHT, Surface, surfaces
from lstm_viz.app.panels.tokens.dialog import joined, parsed, surface_of, written
from lstm_viz.app.selection.selection import ComparedWith, Selection
from lstm_viz.app.selection.tokenized_texts import as_typed
from lstm_viz.app.shell.stored_selection import load_selection, stored_selection
from lstm_viz.app.theme import DARK
from lstm_viz.app.widgets.tables import tsv_text
from lstm_viz.messages import Word
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.text.token import Token
from lstm_viz.text.tokenized_text import TokenizedText, retokenized, spaced
from lstm_viz.text.tokens import tokenize
from lstm_viz.training.segmenting import learn_for
from lstm_viz.uris import of_run
from tests.app.sentence.edits_support import choose, right_click, texts
from tests.engine.trained import TRAIN, train, write_corpus

FRENCH = TokenizedText(
    "Il va du\u00a0parc au bois",
    (
        *(Token("Il", 0, 2), Token("va", 3, 5), Token("de", 6, 8), Token("le", 6, 8), Token("parc", 9, 13)),
        *(Token("à", 14, 16), Token("le", 14, 16), Token("bois", 17, 21)),
    ),
    ("PRON", "VERB", "ADP", "DET", "NOUN", "ADP", "DET", "NOUN"),
)
WORDS = ["Il", "va", "de", "le", "parc", "à", "le", "bois"]


@pytest.fixture
def french(person):
    """Return a person who has opened a sentence of a French treebank."""
    person.session.state.open_sentence(FRENCH, step=3)
    person.settle()
    return person


def _undo(person):
    person.page.editing.undo_stack.undo()
    person.settle()


# ---------------------------------------------------------------- sentences of a corpus


def test_a_sentence_opens_with_the_words_of_its_corpus_and_their_true_tags(french):
    assert french.words == WORDS and french.page.editor.text() == FRENCH.text.replace("\u00a0", " ")
    assert [word.surface for word in french.reading.words] == ["", "", "du", "du", "", "au", "au", ""]
    assert tuple(word.gold for word in french.reading.words) == FRENCH.tags
    assert french.session.state.selection.step == 3
    assert "of “du”" in french.page.matrix.chips.describe(2)
    assert "true tag ADP" in french.page.matrix.chips.describe(2)


def test_the_surface_is_written_once_over_its_words(french):
    chips = french.page.matrix.chips
    assert chips._surfaces == ((Surface("du", 2, 3), Surface("au", 5, 6)),)
    assert chips.rect_of(2).top() == SURFACE_HEIGHT
    above = chips.rect_of(2).united(chips.rect_of(3)).translated(0, -SURFACE_HEIGHT)
    painted = _painted(chips, above.left(), above.right(), SURFACE_HEIGHT)
    assert painted and not _painted(chips, chips.rect_of(0).left(), chips.rect_of(0).right(), SURFACE_HEIGHT)
    french.writes("The dog ate")
    assert chips._surfaces == ((),) and chips.rect_of(0).top() == 0


def _painted(chips, left, right, height):
    image = chips.grab().toImage()
    ground = image.pixel(0, 0)
    return any(image.pixel(x, y) != ground for x in range(left, right) for y in range(height - 1))


def test_both_parts_of_a_surface_are_painted_anew_with_the_playhead(french):
    assert french.page.matrix.chips._parts(2) == range(2, 4)
    assert french.page.matrix.chips._parts(4) == range(4, 5)


def test_what_is_typed_on_leaves_the_other_words(french):
    french.page.editor.moveCursor(french.page.editor.textCursor().MoveOperation.End)
    french.bot.keyClicks(french.page.editor, " vert.")
    french.settle()
    assert french.words == [*WORDS, "vert", "."]
    assert not any(word.gold for word in french.reading.words)
    french.writes("du parc")
    assert french.words == ["du", "parc"] and french.session.state.selection.tokenized_texts == ()


def test_what_is_typed_back_or_undone_has_its_words_again(french):
    editor, text = french.page.editor, french.page.editor.text()
    editor.selectAll()
    french.bot.keyClicks(editor, "x")
    french.settle()
    assert french.words == ["x"]
    editor.undo()
    french.settle()
    assert french.words == WORDS and french.reading.words[0].gold == "PRON"
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    french.presses(Qt.Key.Key_Backspace, editor)
    french.bot.keyClicks(editor, text[-1])
    french.settle()
    assert french.words == WORDS
    french.page.edit_actions.tokens.reset()
    french.settle()
    french.bot.keyClicks(editor, "!")
    french.presses(Qt.Key.Key_Backspace, editor)
    assert french.words == [token.text for token in tokenize(text)]


def test_a_sentence_that_becomes_the_other_one_takes_no_words_from_it(french):
    state, text = french.session.state, french.page.editor.text()
    state.change(compared_with=ComparedWith(text, "preset:tutorial"))
    editor = french.page.editor
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    state.type(text[:-1], len(text) - 1)
    state.change(
        tokenized_texts=tuple(tokens for tokens in state.selection.tokenized_texts if tokens.text == text)
    )
    state.type(text, len(text))
    french.settle()
    french.wait(lambda: state.other is not None)
    assert [word.text for word in state.other.words] == french.words == WORDS


def test_kept_and_compared_sentences_and_the_settings_keep_their_tokens(french):
    state = french.session.state
    state.change(compared_with=ComparedWith(state.selection.text, "preset:tutorial-gru"))
    french.wait(lambda: state.other is not None)
    assert [word.text for word in state.other.words] == WORDS
    state.keep_sentence()
    french.writes("The dog")
    assert state.selection.before == (as_typed(FRENCH).text,)
    state.change(carry=True)
    french.settle()
    with_words = french.reading.view.start["h"].copy()
    state.change(tokenized_texts=())
    french.settle()
    assert not (with_words == french.reading.view.start["h"]).all()
    selection = Selection(text=FRENCH.text, tokenized_texts=(FRENCH,))
    assert load_selection(stored_selection(selection, {})).tokenized_texts == (FRENCH,)


def test_a_second_sentence_follows_its_own_edits(french):
    state = french.session.state
    state.change(compared_with=ComparedWith(state.selection.text, "preset:tutorial"))
    state.edit_compared_text(state.selection.text + " vert")
    french.wait(lambda: state.other is not None and len(state.other.words) == 9)
    assert [word.text for word in state.other.words] == [*WORDS, "vert"]
    assert french.words == WORDS


def test_the_true_tag_is_shown_where_it_is_known(french):
    page, words = french.page, french.reading.words
    assert page.scores._true_tag() == f"true tag {FRENCH.tags[3]} · "
    lines = [line.split("\t") for line in tsv_text(page.table.table()).splitlines()]
    assert [line[-1] for line in lines] == ["true tag", *FRENCH.tags]
    assert is_wrong(words[0])  # the tutorial has no PRON
    french.writes("The dog")
    assert not page.scores._true_tag() and "true tag" not in tsv_text(page.table.table())


def test_a_wrong_tag_is_underlined_and_the_true_one_beside_it(application):
    right, wrong = (_chip(Word("dog", 0, 3, True, "NOUN", 0.9, gold=gold)) for gold in ("NOUN", "VERB"))
    assert not is_wrong(right.word) and is_wrong(wrong.word)
    danger = QColor(DARK.danger).rgb()
    painted = [
        {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
        for image in map(chip_image, (right, wrong))
    ]
    assert danger not in painted[0] and danger in painted[1]


def _chip(word):
    return Chip(
        label=word.text, word=word, alone="", was="", differs=False, here=False, turned=False,
        width=160, height=56, is_tag=True, theme=DARK, scale=1.0,
    )  # fmt: skip


@pytest.mark.parametrize("epoch", [None, 0])
def test_what_a_run_learns_meanwhile_is_used_at_once(open_session, link, tmp_path, epoch):
    corpus = str(write_corpus(tmp_path / "train.conllu", TRAIN * 5))
    settings = TrainingSettings(corpus=(corpus,), dev=corpus, hidden_size=3, embedding_size=3, epochs=1)
    run = train(tmp_path / "runs" / "run", settings)
    selection = Selection(model=of_run(run), epoch=epoch, text="That dog can't read", motion=False)
    person = open_session(link, selection)
    person.settle()
    assert person.words == ["That", "dog", "can't", "read"]
    assert person.page.status_line.text.startswith("No segmenter yet")
    learn_for(RunFolder(run))
    person.wait(lambda: person.words == ["That", "dog", "ca", "n't", "read"])
    person.settle()
    assert person.page.status_line.text == ""


# ---------------------------------------------------------------- corrected


def test_words_are_joined_with_a_key_and_taken_back(person):
    person.writes("I can not go")
    person.session.state.change(step=1)
    person.page.edit_actions.tokens.join()
    person.settle()
    assert person.words == ["I", "can not", "go"]
    _undo(person)
    assert person.words == ["I", "can", "not", "go"]


def _press(person, key, modifiers=Qt.KeyboardModifier.ControlModifier):
    """Press keys as the window gets them: the editor may take them, or leave them to the menu."""
    person.window.activateWindow()
    QTest.keyClick(person.page.editor, key, modifiers)
    person.settle()


def test_undo_and_redo_take_text_and_commands_in_their_order(person):
    """Ctrl+Z takes back what was done last, wherever the caret is."""
    person.page.editor.setFocus()
    person.writes("I can not")
    person.session.state.change(step=1)
    person.page.edit_actions.tokens.join()
    person.settle()
    person.page.editor.moveCursor(person.page.editor.textCursor().MoveOperation.End)
    person.bot.keyClicks(person.page.editor, " go")
    person.settle()
    states = [(person.page.editor.text(), tuple(person.words))]
    for _ in range(2):
        _press(person, Qt.Key.Key_Z)
        states.append((person.page.editor.text(), tuple(person.words)))
    assert states == [
        ("I can not go", ("I", "can not", "go")),
        ("I can not", ("I", "can not")),
        ("I can not", ("I", "can", "not")),
    ]
    _press(person, Qt.Key.Key_Z)
    assert person.page.editor.text() != "I can not", "and now the text from before"
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    again = []
    for _ in range(3):
        _press(person, Qt.Key.Key_Z, both)
        again.append((person.page.editor.text(), tuple(person.words)))
    assert again == states[::-1]


def test_undo_to_a_text_gives_it_the_tokens_that_it_had_there(person):
    person.sets("The dog ate")
    editor = person.page.editor
    editor.setFocus()
    editor.insertPlainText(" it")
    person.settle()
    person.page.edit_actions.tokens.join(1)
    person.settle()
    person.presses(Qt.Key.Key_Backspace, editor)
    person.presses(Qt.Key.Key_Backspace, editor)
    person.presses(Qt.Key.Key_Backspace, editor)
    assert person.words == ["The", "dog ate"]  # the correction stays with what is typed on
    for _ in range(6):
        QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        person.settle()
    assert (editor.text(), person.words) == ("The dog ate", ["The", "dog", "ate"])
    for _ in range(6):
        QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier(0x06000000))
        person.settle()
    assert (editor.text(), person.words) == ("The dog ate", ["The", "dog ate"])


def test_undo_begins_with_what_is_typed_into_a_sentence_that_was_opened(person):
    """The commands before it are older than all of its text, however much was typed before them."""
    person.page.editor.setFocus()
    for text in ("It", "They went", "I can not"):
        person.writes(text)
    person.page.edit_actions.tokens.join(1)
    person.settle()
    person.session.state.open_sentence(FRENCH)
    person.settle()
    person.page.editor.moveCursor(person.page.editor.textCursor().MoveOperation.End)
    person.bot.keyClicks(person.page.editor, " vert")
    person.settle()
    _press(person, Qt.Key.Key_Z)
    assert person.words == WORDS


def test_the_menu_of_a_word_joins_it_and_cuts_by_rules_again(french):
    chips = french.page.matrix.chips
    menu = right_click(french, chips, chips.rect_of(2).center())
    assert texts(menu)[-3:] == [
        "Join “du” with “parc”",
        "Edit the tokens of “du”…",
        "Reset tokenization",
    ]
    choose(french, menu, "Join “du” with “parc”")
    french.settle()
    assert french.words == ["Il", "va", "du parc", "à", "le", "bois"]
    _undo(french)
    assert french.words == WORDS
    choose(french, right_click(french, chips, chips.rect_of(0).center()), "Reset tokenization")
    french.settle()
    assert french.words == [token.text for token in tokenize(french.page.editor.text())]
    _undo(french)
    assert french.words == WORDS and french.reading.words[0].gold == "PRON"


def test_other_words_are_written_in_the_dialog_and_shown_at_once(person):
    person.writes("Er geht zum Haus")
    person.session.state.change(step=2)
    person.page.edit_actions.tokens.edit()
    dialog = person.page.edit_actions.dialog
    dialog.line.selectAll()
    person.bot.keyClicks(dialog.line, "zu|dem")
    person.settle()
    assert person.words == ["Er", "geht", "zu", "dem", "Haus"]
    dialog.line.clear()
    dialog._preview()
    assert dialog.error_label.text() == "Enter at least one token."
    dialog.accept()
    assert dialog.isVisible()
    dialog.reject()
    person.settle()
    assert person.words == ["Er", "geht", "zum", "Haus"]
    person.page.edit_actions.tokens.edit(2)
    dialog = person.page.edit_actions.dialog
    dialog.line.setText("zu | dem")
    person.bot.keyClick(dialog.line, Qt.Key.Key_Return)
    person.settle()
    assert [word.surface for word in person.reading.words] == ["", "", "zum", "zum", ""]
    _undo(person)
    assert person.words == ["Er", "geht", "zum", "Haus"]


def test_without_words_the_keys_say_so(person):
    person.writes("")
    for action in (person.page.edit_actions.tokens.join, person.page.edit_actions.tokens.edit):
        person.page.status_line.show_message("")
        action()
        assert person.page.status_line.text == "There is no word."
    person.writes("dog")
    person.page.edit_actions.tokens.join()
    assert person.page.status_line.text == "No word follows."


def test_a_correction_is_no_correction_of_another_text(person):
    person.writes("I can not")
    person.session.state.change(step=1)
    person.page.edit_actions.tokens.join()
    person.settle()
    person.writes("You can not")
    _undo(person)
    assert person.words == ["You", "can", "not"] and person.session.state.selection.tokenized_texts == ()


# ---------------------------------------------------------------- pure


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("de | le", ("de", "le")),
        (" a  b ", ("a b",)),
        ("|", ()),
        (r"\|", ("|",)),
        (r"a\|b | c\\", ("a|b", "c\\")),
        ("", ()),
        ("a||b", ("a", "b")),
    ],
)
def test_a_line_of_words(line, words):
    assert parsed(line) == words


@given(st.lists(st.text("abc 'é|\\", min_size=1).map(lambda w: " ".join(w.split())).filter(bool), min_size=1))
def test_written_words_are_read_again(words):
    assert parsed(written(words)) == tuple(words)


def test_one_other_word_has_its_surface_over_it(person):
    person.writes("Ar geht")
    person.page.edit_actions.tokens.edit(0)
    person.page.edit_actions.dialog.line.setText("Arzt")
    person.page.edit_actions.dialog.accept()
    person.settle()
    assert [(word.text, word.surface) for word in person.reading.words] == [("Arzt", "Ar"), ("geht", "")]
    assert person.page.matrix.chips._surfaces == ((Surface("Ar", 0, 0),),)


def test_an_untouched_dialog_changes_nothing(person):
    person.sets("a || don’t l’e\u0301te\u0301")
    before = person.words
    for place in range(len(before)):
        person.page.edit_actions.tokens.edit(place)
        person.page.edit_actions.dialog.accept()
        person.settle()
    assert person.words == before and not person.page.editing.undo_stack.canUndo()


def test_an_untouched_dialog_keeps_the_true_tags(french):
    before = french.session.state.selection
    french.page.edit_actions.tokens.edit(0)
    dialog = french.page.edit_actions.dialog
    dialog.line.setText("Elle")
    dialog._preview()
    french.settle()
    assert french.words[0] == "Elle" and not french.reading.words[1].gold
    dialog.line.setText("Il")
    dialog.accept()
    french.settle()
    assert (
        french.session.state.selection.tokenized_texts == before.tokenized_texts
        and french.reading.words[1].gold == "VERB"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [("don’t", ["do", "n't"]), ("l’e\u0301te\u0301", ["l'", "été"]), ("„ja“", ['"', "ja", '"'])],
)
def test_letters_spell_a_word_also_as_a_typographer_sets_them(text, words):
    tokens = retokenized(TokenizedText(text), 0, len(text), words).tokens
    assert [token.text for token in tokens] == words
    assert [token.start for token in tokens[1:]] == [token.end for token in tokens[:-1]]


def test_the_surface_of_a_word():
    assert surface_of(FRENCH.tokens, 3) == surface_of(FRENCH.tokens, 2) == range(2, 4)
    assert joined(FRENCH, FRENCH.tokens, 7) is None
    assert [token.text for token in joined(FRENCH, FRENCH.tokens, 3).tokens][2] == "du parc"


def test_surfaces_of_words_that_are_apart():
    de, le, other = (Word(t, 0, 2, True, "X", 1.0, s) for t, s in (("de", "du"), ("le", "du"), ("o", "")))
    assert surfaces([de, le, other]) == (Surface("du", 0, 1),)
    assert surfaces([de, None, le]) == (Surface("du", 0, 0), Surface("du", 2, 2))
    assert surfaces([]) == surfaces([other, None]) == ()


def test_an_empty_word_of_a_damaged_status_is_shown():
    assert spaced(["a", ""]).text == "a \ufffd"


@pytest.mark.parametrize("tag", ["NOUN", "PROPN", "PUNCT", "CCONJ"])
@pytest.mark.parametrize("width", [60, 70, 90, 100, 105, 108, 130])
def test_the_probability_is_on_every_upright_chip(application, tag, width):
    """Two chips that differ in it alone, the bar under it aside, are two pictures."""
    one, other = (
        chip_image(replace(_chip(Word("dog", 0, 3, True, tag, probability)), width=width))
        for probability in (0.52, 0.53)
    )
    rows = range(one.height() - 9)
    assert any(one.pixel(x, y) != other.pixel(x, y) for x in range(one.width()) for y in rows)
