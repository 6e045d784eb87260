"""Files are opened where they belong: models, runs, treebanks and texts; what is not known is asked once."""

import os

import msgspec
import pytest
import torch
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from torch import nn

from lstm_viz import capture
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.shell.files.content import read_content
from lstm_viz.app.shell.files.label_texts import parsed, written
from lstm_viz.app.shell.files.labels_edit import LabelsEdit
from lstm_viz.app.shell.files.recent import MOST, RecentFiles
from lstm_viz.app.shell.main import keep_settings
from lstm_viz.app.shell.settings import SettingsStore
from lstm_viz.opening.notes import ModelNotes
from lstm_viz.opening.notes_file import notes_path, read_notes, write_notes
from lstm_viz.runs.settings import TUTORIAL, suitable
from lstm_viz.uris import of_file, of_run
from tests.runs_support import write_run
from tests.taggers import SENTENCE, TAGS, WORDS, log_probabilities, tutorial_tagger

_NOTES = ModelNotes(
    recurrents=("lstm",), embedding="word_embeddings", readout="hidden2tag", vocabulary=WORDS, outputs=TAGS
)
_CORPUS = "1\ta\t_\tX\t_\t_\t_\t_\t_\t_\n\n"


@pytest.fixture
def tagger(tmp_path):
    """Return the file with the weights of the tutorial's tagger, as its author saves it."""
    path = tmp_path / "tagger.pt"
    torch.save(tutorial_tagger().state_dict(), path)
    return path


def _opens(person, *paths):
    """Open files, and wait for what comes of it."""
    person.session.opener.open(paths)
    person.settle()


def _answers(person, **texts):
    """Fill in the dialog that asks about a model, and accept it."""
    dialog = person.session.opener.dialog
    for name, text in texts.items():
        getattr(dialog, name).text.setPlainText(text)
    dialog.accept()
    person.settle()


def _expected(text, seed=1):
    scores = log_probabilities(tutorial_tagger(seed), text.split())
    return [TAGS[k] for k in scores.argmax(-1)]


def test_what_the_weights_do_not_tell_is_asked_once(person, tagger):
    opener = person.session.opener
    person.session.opener.open([tagger])
    dialog = opener.dialog
    assert "lstm: LSTM, 6 units" in dialog.summary.text() and "9 rows" in dialog.summary.text()
    assert "from 6 to 3" in dialog.summary.text() and not dialog.order.isVisible()
    _answers(person, vocabulary=" ".join(WORDS), outputs=" ".join(TAGS))
    assert person.reading.model.uri == of_file(tagger) and person.tags == _expected(SENTENCE)
    assert read_notes(tagger) == _NOTES
    person.writes("Everybody read that book")
    assert person.tags == _expected("Everybody read that book")
    person.picks_model("preset:tutorial")
    _opens(person, tagger)
    assert opener.dialog is None and person.reading.model.uri == of_file(tagger)


def test_answers_that_do_not_fit_keep_the_dialog_open(person, tagger):
    person.session.opener.open([tagger])
    dialog = person.session.opener.dialog
    _answers(person, vocabulary="too few")
    assert dialog.isVisible() and "2 words, the embedding 9 rows" in dialog.error_label.text()
    assert not notes_path(tagger).exists()
    dialog.reject()
    assert person.session.opener.dialog is None and person.reading.model.uri == "preset:tutorial"


def test_a_vocabulary_is_read_from_a_file(person, tagger, tmp_path):
    person.session.opener.open([tagger])
    dialog = person.session.opener.dialog
    (tmp_path / "words.txt").write_text("\n".join(WORDS))
    dialog.vocabulary.read(tmp_path / "words.txt")
    assert dialog.notes.vocabulary == WORDS and not dialog.error_label.text()
    (tmp_path / "empty").write_text("")
    dialog.vocabulary.read(tmp_path / "empty")
    assert "has no words" in dialog.error_label.text() and dialog.notes.vocabulary == WORDS
    dialog.reject()


def test_very_many_labels_are_kept_and_not_typed_out(qtbot):
    labels = tuple(map(str, range(300_000)))
    field = LabelsEdit("Vocabulary", "none", labels)
    qtbot.addWidget(field)
    assert not field.text.toPlainText() and "300,000 labels: 0 1 2" in field.text.placeholderText()
    field.text.setPlainText("a b")
    assert field.labels == ("a", "b")
    field.text.setPlainText("")
    assert field.labels == labels


def test_without_a_vocabulary_the_field_says_that_numbers_are_typed(person, tagger):
    person.session.opener.open([tagger])
    _answers(person)
    assert person.words == ["0", "1", "2", "3", "4"]
    assert "token numbers, 0 to 8" in person.page.editor.placeholderText()
    person.writes("8 9")
    assert person.words == ["8"]
    assert person.page.status_line.text == "Left out: “9” is no row of the embedding (0 to 8)."
    person.picks_model("preset:tutorial")
    assert person.page.editor.placeholderText() == "Type a sentence"


def test_every_field_of_the_dialog_is_an_answer(person, tmp_path):
    module = nn.ModuleDict({"a": nn.RNN(3, 4), "b": nn.GRU(4, 2), "out": nn.Linear(2, 2)})
    torch.save(module.state_dict(), tmp_path / "stack.pt")
    person.session.opener.open([tmp_path / "stack.pt"])
    dialog = person.session.opener.dialog
    assert dialog.order.text() == "a, b" and list(dialog.nonlinearities) == ["a"]
    dialog.nonlinearities["a"].show_data("relu")
    dialog.batch_first.setChecked(True)
    dialog.predicts.show_data("classes")
    dialog.pooling.show_data("max")
    dialog.outputs.text.setPlainText("yes\nnot quite")
    expected = ModelNotes(
        recurrents=("a", "b"),
        readout="out",
        nonlinearities={"a": "relu"},
        batch_first=True,
        outputs=("yes", "not quite"),
        output_kind="classes",
        pooling="max",
    )
    assert dialog.notes == expected
    dialog.order.setText("b, a")
    assert not dialog._show_problems() and "reads" in dialog.error_label.text()
    dialog.order.setText("a, b")
    dialog.accept()
    person.settle()
    assert read_notes(tmp_path / "stack.pt") == expected and person.reading.model.tags == ("yes", "not quite")


def test_answers_that_cannot_be_written_are_kept_for_the_window(person, tagger, monkeypatch):
    def refuse(path, notes):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("lstm_viz.app.shell.files.opener.write_beside", refuse)
    person.session.opener.open([tagger])
    _answers(person, vocabulary=" ".join(WORDS), outputs=" ".join(TAGS))
    assert "for this window only" in person.content.notice.text
    assert person.tags == _expected(SENTENCE) and not notes_path(tagger).exists()
    assert person.session.opener.recent.paths == (tagger,)
    link = person.session.state.selection.model.removeprefix("file:")
    person.window.close()
    assert not os.path.lexists(link) and tagger.exists()


def test_the_answers_can_be_changed_later(person, tagger):
    write_notes(tagger, _NOTES)
    _opens(person, tagger)
    person.session.menus.commands.run("file.notes")
    assert person.session.opener.dialog.vocabulary.labels == WORDS
    _answers(person, outputs="A B C")
    assert person.reading.model.tags == ("A", "B", "C") and set(person.tags) <= {"A", "B", "C"}
    person.picks_model("preset:tutorial")
    person.session.menus.commands.run("file.notes")
    assert "not from a file" in person.content.notice.text


def test_damaged_notes_are_asked_for_anew(person, tagger):
    notes_path(tagger).write_text("{")
    person.session.opener.open([tagger])
    assert "lstm-viz.json cannot be read" in person.session.opener.dialog.doubts.text()
    _answers(person, vocabulary=" ".join(WORDS))
    assert read_notes(tagger).vocabulary == WORDS


def test_an_opened_file_is_a_model_among_the_others(person, tagger, tmp_path):
    write_notes(tagger, _NOTES)
    _opens(person, tagger)
    chooser = person.content.top_bar.model
    assert chooser.currentText() == "tagger.pt" and "tagger.pt" in person.window.windowTitle()
    other = tmp_path / "old" / "tagger.pt"
    other.parent.mkdir()
    torch.save(tutorial_tagger(2).state_dict(), other)
    write_notes(other, _NOTES)
    _opens(person, other)
    listed = [chooser.itemText(k) for k in range(chooser.count())]
    assert listed[-2:] == [f"{tmp_path.name}/tagger.pt", "old/tagger.pt"]
    person.picks_model(of_file(tagger))
    assert person.tags == _expected(SENTENCE)


def test_the_text_stays_where_the_model_reads_it(person, tagger):
    write_notes(tagger, _NOTES)
    person.writes("The book")
    _opens(person, tagger)
    assert person.words == ["The", "book"]
    person.picks_model("preset:tutorial")
    person.writes("A cat")
    _opens(person, tagger)
    assert person.session.state.selection.text == SENTENCE


def test_a_file_that_changes_is_reported(person, tagger):
    write_notes(tagger, _NOTES)
    _opens(person, tagger)
    assert not person.content.notice.text
    torch.save(tutorial_tagger(2).state_dict(), tagger)
    person.writes("The dog ate")
    assert "was read anew" in person.content.notice.text and person.tags == _expected("The dog ate", seed=2)


def test_a_file_that_is_written_anew_is_followed(person, tagger):
    write_notes(tagger, _NOTES)
    _opens(person, tagger)
    person.session.opener._watch.setInterval(5)
    torch.save(tutorial_tagger(2).state_dict(), tagger)
    person.wait(lambda: "was read anew" in person.content.notice.text)
    person.settle()
    assert person.tags == _expected(SENTENCE, seed=2)


def test_runs_treebanks_and_texts_are_opened_where_they_belong(trainee, tmp_path):
    state = trainee.session.state
    state.show_page("sentence")
    (tmp_path / "text.txt").write_text("Everybody\nread that book")
    _opens(trainee, tmp_path / "text.txt")
    assert state.selection.text == "Everybody read that book" and trainee.words[0] == "Everybody"
    corpora = [tmp_path / "a.conllu", tmp_path / "b"]
    for corpus in corpora:
        corpus.write_text(_CORPUS)
    _opens(trainee, *corpora)
    assert state.training.shown and state.training.next == suitable(tuple(map(str, corpora)))
    run = write_run(tmp_path / "run", checkpoints=True)
    _opens(trainee, run)
    assert state.selection.model == of_run(run) and str(run) in state.training.external
    recent = [path.name for path in trainee.session.opener.recent.paths]
    assert recent == ["run", "b", "a.conllu", "text.txt"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x18\0\0\0\0\0\0\0aaaa\x09\0\0\0\0\0\0\0\0\x1a\x0dbrain.Event:2aaaa", "TensorBoard"),
        (b"\x80\x04.", "is a Python pickle"),
        (b"\0\1\2", "is no model"),
    ],
)
def test_what_cannot_be_opened_says_why(person, tmp_path, data, why):
    (tmp_path / "file").write_bytes(data)
    _opens(person, tmp_path / "file")
    assert why in person.content.notice.text and "file" in person.content.notice.text
    assert not person.session.opener.recent.paths


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_program_is_refused_by_its_kind(person, tmp_path):
    torch.jit.script(nn.LSTM(2, 3)).save(str(tmp_path / "program.pt"))
    _opens(person, tmp_path / "program.pt")
    assert "program.pt is a TorchScript program" in person.content.notice.text


def test_weights_without_a_recurrent_module_are_no_model(person, tmp_path):
    torch.save(nn.Linear(2, 3).state_dict(), tmp_path / "linear.pt")
    _opens(person, tmp_path / "linear.pt")
    assert "linear.pt has no weights of a recurrent module" in person.content.notice.text
    assert person.session.opener.dialog is None


def _drag(target, data):
    place, action = QPointF(50, 50), Qt.DropAction.CopyAction
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place.toPoint(), action, data, buttons, none)
    enter.ignore()
    QApplication.sendEvent(target, enter)
    return enter.isAccepted(), lambda: QApplication.sendEvent(
        target, QDropEvent(place, action, data, buttons, none)
    )


def _files(*paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_files_are_dropped_anywhere_on_the_window(person, tagger):
    write_notes(tagger, _NOTES)
    label, data = person.session.opener.drops.label, _files(tagger)
    assert not person.page.editor.canInsertFromMimeData(data), "it would be typed"
    is_accepted, drop = _drag(person.content, data)
    assert is_accepted and label.isVisible()
    drop()
    person.settle()
    assert not label.isVisible() and person.reading.model.uri == of_file(tagger)


def test_what_is_no_file_or_carried_away_is_not_taken(person, tagger):
    label, words = person.session.opener.drops.label, QMimeData()
    words.setText("words")
    assert not _drag(person.content, words)[0] and person.page.editor.canInsertFromMimeData(words)
    data = _files(tagger)
    assert _drag(person.content, data)[0] and label.isVisible()
    QApplication.sendEvent(person.content, QDragLeaveEvent())
    assert not label.isVisible() and person.session.opener.dialog is None


def test_recent_files_are_bounded_and_missing_ones_greyed(qtbot, tmp_path):
    recent, menu, opened = RecentFiles(), QMenu(), []
    qtbot.addWidget(menu)
    for number in range(MOST + 2):
        (tmp_path / f"{number}&").touch()
        recent.add(tmp_path / f"{number}&")
    recent.add(tmp_path / "5&")
    (tmp_path / "11&").unlink()
    recent.fill(menu, opened.append)
    *files, _, clear = menu.actions()
    names = [action.text().partition(" — ")[0] for action in files]
    assert names[:3] == ["5&&", "11&&", "10&&"] and len(files) == MOST
    assert [action.isEnabled() for action in files[:3]] == [True, False, True]
    files[0].trigger()
    assert opened == [tmp_path / "5&"]
    clear.trigger()
    recent.fill(menu, opened.append)
    assert not recent.paths and [action.isEnabled() for action in menu.actions()] == [False]


def test_recent_files_are_kept_in_the_settings(person, tagger, tmp_path, qtbot):
    write_notes(tagger, _NOTES)
    store = SettingsStore(tmp_path / "settings.json")
    keep_settings(person.session, person.themes, store)
    _opens(person, tagger)
    person.window.close()
    assert SettingsStore(store.path).values.files == (str(tagger),)
    members = msgspec.json.decode(store.path.read_bytes())
    store.path.write_bytes(msgspec.json.encode({**members, "files": [1]}))
    assert SettingsStore(store.path).values.files == ()


@pytest.mark.parametrize(("batch", "text"), [(1, "trace"), (3, "sequence 1 of 3")])
def test_a_saved_trace_begins_with_its_first_sequence(tmp_path, batch, text):
    module = nn.GRU(2, 3)
    with torch.no_grad(), capture(module) as captured:
        module(torch.ones(4, batch, 2))
    captured[""].save(tmp_path / "trace.safetensors", "rnn")
    content = read_content(tmp_path / "trace.safetensors")
    assert content.kind == "trace" and content.text_for("present") == text


def test_a_file_that_is_gone_is_replaced_by_the_tutorial(open_session, link, tmp_path):
    person = open_session(link, Selection(model=of_file(tmp_path / "gone.pt"), motion=False))
    person.settle()
    assert person.reading.model.uri == "preset:tutorial" and "gone.pt" in person.content.notice.text


def test_the_file_of_the_last_time_is_listed(open_session, link, tagger):
    write_notes(tagger, _NOTES)
    person = open_session(link, Selection(model=of_file(tagger), motion=False))
    person.settle()
    assert person.content.top_bar.model.currentText() == "tagger.pt" and person.tags == _expected(SENTENCE)


def test_a_file_without_an_end_on_the_training_page_is_a_corpus(trainee, tmp_path):
    (tmp_path / "bad.conllu").write_text("no treebank\n")
    _opens(trainee, tmp_path / "bad.conllu")
    assert trainee.session.state.training.next.corpus == (str(tmp_path / "bad.conllu"),)
    assert trainee.session.state.training.next != TUTORIAL


@pytest.mark.parametrize(
    ("text", "labels"), [("a b  c", ("a", "b", "c")), ("a b\n\nc\n", ("a b", "", "c")), ("", ())]
)
def test_labels_are_typed_in_one_line_or_a_line_each(text, labels):
    assert parsed(text) == labels and parsed(written(labels)) == labels
