"""The form of the next run: limits, what follows what, and what it would stand on."""

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog

from lstm_viz.app.panels.settings import corpus_chooser
from lstm_viz.app.panels.settings.adapting import with_corpus, with_setting
from lstm_viz.app.panels.settings.form import Form
from lstm_viz.app.panels.settings.setting_labels import (
    MARKED,
    choice_name,
    setting_about,
    setting_name,
    value_text,
)
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.errors import coded
from lstm_viz.messages import CorpusQuery, CorpusSummary, Failure
from lstm_viz.runs.folder import Corpus
from lstm_viz.runs.settings import FIELDS, SMALL, TUTORIAL, TrainingSettings, checked, suitable

FILE = ("/data/en_ewt-ud-train.conllu",)


@pytest.fixture
def desk(open_desk):
    return open_desk(None, training=TrainingView(page="training"))


@pytest.fixture
def form(desk):
    form = Form(desk.state, desk.queries)
    desk.show(form, 340, 700)
    desk.wait(lambda: desk.link.of(CorpusQuery))
    return form


def _failure(text):
    return Failure("setting_invalid", {"error": text}, "")


def _survey(desk, **changes):
    corpus = Corpus(12_544, 204_607, 2_001, 25_149)
    found = CorpusSummary(corpus, tuple("ABC"), 100, 1_234_567, 392, **changes)
    desk.link.reply(desk.link.last(CorpusQuery), found)


def _summarise(desk, **changes):
    """Answer the query about the chosen files, once it is sent."""
    wanted = desk.state.training.next.corpus
    desk.wait(lambda: desk.link.of(CorpusQuery) and desk.link.last(CorpusQuery).settings.corpus == wanted)
    _survey(desk, **changes)


# ---------------------------------------------------------------- pure


def test_a_bundled_corpus_brings_its_settings():
    changed = msgspec.structs.replace(TUTORIAL, hidden_size=9, learning_rate=0.5)
    assert with_corpus(changed, ("small",)) == SMALL
    assert with_corpus(msgspec.structs.replace(SMALL, seed=7), ("tutorial",)) == TUTORIAL


def test_with_files_changed_settings_stay_and_all_others_suit_files():
    by_hand = msgspec.structs.replace(TUTORIAL, hidden_size=9)
    assert with_corpus(by_hand, FILE) == msgspec.structs.replace(suitable(FILE), hidden_size=9)
    other = msgspec.structs.replace(suitable(FILE), epochs=3, dev="/data/dev.conllu")
    assert with_corpus(other, ("/b.conllu",)) == TrainingSettings(corpus=("/b.conllu",), epochs=3)


def test_an_optimiser_brings_its_rate_unless_one_was_set():
    assert with_setting(TUTORIAL, "optimiser", "adam").learning_rate == 0.003
    assert with_setting(SMALL, "optimiser", "sgd").learning_rate == 0.1
    own = msgspec.structs.replace(SMALL, learning_rate=0.02)
    assert with_setting(own, "optimiser", "sgd").learning_rate == 0.02


def test_every_setting_has_a_name_and_its_word_is_marked_for_translators():
    assert set(MARKED) == {field.about for field in FIELDS.values()}
    assert all(setting_name(name) and setting_about(name) for name in FIELDS)
    assert len({setting_name(name) for name in FIELDS}) == len(FIELDS)


def test_values_are_written_as_people_do():
    assert [value_text(v) for v in (None, True, False, 0.003, 12, "lstm", FILE, ("a/b.x", "c\\d.y"))] == [
        "–", "yes", "no", "0.003", "12", "LSTM", "en_ewt-ud-train.conllu", "b.x, d.y",
    ]  # fmt: skip
    assert [choice_name(c) for c in ("crf", "argmax")] == ["CRF", "argmax"]


# ---------------------------------------------------------------- the widgets


def test_there_is_a_control_for_every_setting_and_it_shows_it(form, desk):
    assert {*form.editors, "corpus", "dev"} == set(FIELDS)
    other = msgspec.structs.replace(
        SMALL, cell="gru", hidden_size=77, bidirectional=True, learning_rate=0.0125, clip=1e9, seed=2**31 - 1
    )
    desk.state.change_training(next=other)
    shown = {name: editor.setting() for name, editor in form.editors.items()}
    assert shown == {name: getattr(other, name) for name in shown}
    assert form.corpus.currentText() == "small · bundled"
    assert desk.state.training.next == other  # showing changes nothing


def test_each_control_has_a_help_text(form):
    for name, editor in form.editors.items():
        field = FIELDS[name]
        assert editor.toolTip() == field.about and editor.accessibleName() == setting_name(name)


def test_a_number_is_typed(form, desk):
    editor = form.editors["hidden_size"]
    editor.setFocus()
    editor.selectAll()
    desk.bot.keyClicks(editor, "128")
    assert desk.state.training.next == msgspec.structs.replace(TUTORIAL, hidden_size=128)
    rate = form.editors["learning_rate"]
    rate.setFocus()
    rate.selectAll()
    desk.bot.keyClicks(rate, "0.0000005")
    assert desk.state.training.next.learning_rate == 5e-7
    assert rate.text() == "0.0000005"
    assert checked(desk.state.training.next)


def test_choices_and_switches(form, desk):
    cell = form.editors["cell"]
    cell.setCurrentIndex(2)
    cell.activated.emit(2)
    desk.bot.mouseClick(form.editors["characters"], Qt.MouseButton.LeftButton, pos=QPoint(12, 10))
    assert (desk.state.training.next.cell, desk.state.training.next.characters) == ("rnn", True)
    assert form.editors["char_hidden_size"].isEnabled()


def test_the_wheel_turns_only_what_has_the_focus(form):
    editor = form.editors["epochs"]
    form.editors["seed"].setFocus()
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, 120), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(editor, event)
    assert editor.value == 300


def test_more_settings_unfold(form, desk):
    assert not form.editors["clip"].isVisible()
    desk.bot.mouseClick(form.fold, Qt.MouseButton.LeftButton)
    assert form.editors["clip"].isVisible()


def test_the_usual_settings_come_back(form, desk):
    assert not form.usual.isVisible()
    desk.state.change_training(next=msgspec.structs.replace(TUTORIAL, epochs=3, clip=5.0))
    desk.bot.mouseClick(form.usual, Qt.MouseButton.LeftButton)
    assert desk.state.training.next == TUTORIAL and not form.usual.isVisible()


def test_files_are_opened_and_remembered(form, desk, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (list(FILE), ""))
    last = form.corpus.count() - 1
    form.corpus.activated.emit(last)
    assert desk.state.training.next == suitable(FILE) and desk.state.training.recent == ()
    _summarise(desk)
    assert desk.state.training.recent == (FILE,)
    assert form.corpus.currentText() == "en_ewt-ud-train.conllu"
    assert FILE[0] in form.corpus.toolTip()
    form.corpus.activated.emit(0)
    assert desk.state.training.next == TUTORIAL
    assert "en_ewt-ud-train.conllu" in _texts(form.corpus)
    monkeypatch.setattr(corpus_chooser.QFileDialog, "getOpenFileNames", lambda *_: (["/data/dev.conllu"], ""))
    form.dev.activated.emit(form.dev.count() - 1)
    assert desk.state.training.next.dev == "/data/dev.conllu"
    form.dev.activated.emit(0)
    assert desk.state.training.next.dev is None


def test_a_dialog_that_is_cancelled_changes_nothing(form, desk, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    form.corpus.activated.emit(form.corpus.count() - 1)
    assert desk.state.training.next == TUTORIAL and form.corpus.currentText() == "tutorial · bundled"


def _texts(combo: QComboBox):
    return [combo.itemText(k) for k in range(combo.count())]


def test_the_evaluation_set_is_shown(form, desk):
    assert form.dev.currentText() == "the same sentences"
    form.take_corpus(("small",))
    assert form.dev.currentText() == "a separate part · bundled"
    form.take_corpus(FILE)
    assert form.dev.currentText() == "every tenth sentence"


def test_what_a_training_would_stand_on(form, desk):
    _survey(desk, remarks=(coded("corpus_tag_unlearnt", tag="X", words=3),))
    assert form.summary_line.figures.text() == (
        "12,544 sentences · 204,607 words · 3 tags · 1.23 M parameters · 392 steps an epoch"
    )
    assert form.summary_line.remark.text().startswith(
        "The tag X is only in the part to evaluate on (words: 3"
    )
    assert form.error == ""


def test_one_corpus_query_for_many_keys_and_its_error_is_the_forms(form, desk):
    errors = []
    form.error_changed.connect(errors.append)
    before = len(desk.link.of(CorpusQuery))
    for size in (7, 8, 9):
        form.editors["hidden_size"].setText(str(size))
    desk.wait(lambda: len(desk.link.of(CorpusQuery)) > before)
    assert [q.settings.hidden_size for q in desk.link.of(CorpusQuery)[before:]] == [9]
    _survey(desk, error=_failure("bad.conllu, line 3: no tab."))
    assert errors == ["bad.conllu, line 3: no tab."] == [form.error]
    assert form.corpus_error.text() == "bad.conllu, line 3: no tab." and form.corpus_error.isVisible()
    assert form.summary_line.figures.text() == ""
    sent = len(desk.link.of(CorpusQuery))
    form.editors["hidden_size"].setText("10")
    desk.wait(lambda: len(desk.link.of(CorpusQuery)) > sent)
    _survey(desk)
    assert errors[-1] == form.error == ""


def test_markup_in_a_corpus_is_shown_as_it_is(form, desk):
    _survey(desk, error=_failure("<b>bad</b>.conllu"))
    assert form.corpus_error.textFormat() == Qt.TextFormat.PlainText


def test_a_corpus_that_cannot_be_read_is_forgotten_with_its_error(form, desk):
    form.take_corpus(FILE)
    _summarise(desk, error=_failure("en_ewt-ud-train.conllu, line 3: no tab."))
    assert form.error and form.corpus.currentText() == "en_ewt-ud-train.conllu"
    form.take_corpus(("small",))
    assert form.error == "" and not form.corpus_error.isVisible()
    assert "en_ewt-ud-train.conllu" not in _texts(form.corpus) and desk.state.training.recent == ()


def test_an_error_stays_while_another_setting_is_changed(form, desk):
    form.take_corpus(FILE)
    _summarise(desk, error=_failure("no tab."))
    form.editors["hidden_size"].setText("9")
    assert form.error == "no tab."
