"""The two pages, the runs in the chooser, and a slider that grows while a net is trained."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from lstm_viz.app.panels.runs.colours import run_colour
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.main import _restore, _take
from lstm_viz.app.shell.settings import SettingsStore
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.runs.settings import SMALL, TUTORIAL
from lstm_viz.uris import of_run
from tests.runs_support import add_epoch, write_run

_OTHER_SEED = replace(TUTORIAL, seed=7)


@pytest.fixture
def run(tmp_path):
    """Return the folder of a run whose weights can be read."""
    return write_run(tmp_path / "runs" / "mine", steps=40, epochs=4, checkpoints=True)


def _key(person, key):
    person.bot.keyClick(person.window, key, Qt.KeyboardModifier.ControlModifier)


def test_the_training_page_is_built_when_it_is_first_shown(person):
    assert person.content.training is None
    assert person.content.top_bar.tabs["sentence"].isChecked()
    person.session.state.change(unit=1)
    assert person.content.pages.currentWidget() is person.page


def test_pages_change_by_tab_and_by_key(trainee):
    bar, pages, state = trainee.content.top_bar, trainee.content.pages, trainee.session.state
    assert pages.currentWidget() is trainee.content.training and bar.tabs["training"].isChecked()
    trainee.bot.mouseClick(bar.tabs["sentence"], Qt.MouseButton.LeftButton)
    assert pages.currentWidget() is trainee.page and not state.training.shown
    _key(trainee, Qt.Key.Key_2)
    assert pages.currentWidget() is trainee.content.training and bar.tabs["training"].isChecked()
    _key(trainee, Qt.Key.Key_1)
    assert pages.currentWidget() is trainee.page and bar.tabs["sentence"].isChecked()
    bar.tabs["training"].setFocus()
    trainee.bot.keyClick(bar.tabs["training"], Qt.Key.Key_Space)
    assert state.training.shown


def test_the_keys_of_the_sentence_page_do_nothing_behind_the_other(trainee):
    step = trainee.session.state.selection.step
    trainee.bot.keyClick(trainee.content.training, Qt.Key.Key_Left)
    trainee.bot.keyClick(trainee.content, Qt.Key.Key_Home)
    assert trainee.session.state.selection.step == step


def test_the_page_that_was_shown_comes_back(open_session, link):
    person = open_session(link, training=TrainingView(page="training", next=SMALL))
    person.wait(lambda: person.content.training is not None)
    assert person.content.pages.currentWidget() is person.content.training
    assert person.content.training.form.corpus.currentText() == "small · bundled"
    assert person.session.trainer._spare is not None


def test_a_run_is_a_model_like_any_other(open_session, link, run):
    person = open_session(link)
    person.settle()
    chooser = person.content.top_bar.model
    person.wait(lambda: chooser.findData(of_run(run)) > 0)
    person.picks_model(of_run(run))
    assert chooser.currentText() == "mine"
    assert person.reading.epoch == 4
    slider = person.content.top_bar.epoch
    assert (slider.maximum(), slider.value()) == (4, 4)
    slider.setValue(0)
    person.settle()
    assert person.reading.epoch == 0 and person.session.state.selection.epoch == 0
    slider.setValue(4)
    person.settle()
    assert person.reading.epoch == 4 and person.session.state.selection.epoch is None
    person.picks_model("preset:tutorial")
    assert slider.maximum() == 30 and person.session.runs.current is None


def test_the_slider_grows_while_a_net_is_trained_and_the_hand_stays_where_it_is(open_session, link, run):
    person = open_session(link, Selection(model=of_run(run), epoch=2, motion=False))
    person.settle()
    slider = person.content.top_bar.epoch
    person.wait(lambda: slider.maximum() == 4)
    add_epoch(run, 50, 5)
    person.wait(lambda: slider.maximum() == 5)
    assert slider.value() == 2 and person.session.state.selection.epoch == 2


def test_weights_that_were_replaced_are_read_though_the_epochs_are_the_same(
    open_session, link, run, tmp_path
):
    person = open_session(link, Selection(model=of_run(run), motion=False))
    person.wait(lambda: person.session.runs.current and person.session.state.reading)
    person.settle()
    before = person.reading.number
    other = write_run(tmp_path / "other", steps=40, epochs=4, checkpoints=True, settings=_OTHER_SEED)
    for file in (other / "checkpoints").iterdir():
        file.replace(run / "checkpoints" / file.name)
    (other / "history.jsonl").replace(run / "history.jsonl")
    person.wait(lambda: person.session.runs.current.generation == 1)
    person.wait(lambda: person.reading.number > before)


def test_a_run_that_is_gone_at_the_start_is_the_tutorial_with_a_sentence(open_session, link, tmp_path):
    gone = tmp_path / "gone"
    person = open_session(link, Selection(model=of_run(gone), epoch=7, motion=False))
    person.settle()
    assert person.reading.model.uri == "preset:tutorial"
    assert str(gone) in person.content.notice.text
    person.bot.mouseClick(person.content.notice.close_button, Qt.MouseButton.LeftButton)
    assert not person.content.notice.isVisible()


def test_a_renamed_run_is_renamed_in_the_chooser(open_session, link, run):
    person = open_session(link, Selection(model=of_run(run), motion=False))
    person.settle()
    person.session.runs.rename(run, "a <b>name</b>")
    assert person.content.top_bar.model.currentText() == "a <b>name</b>"


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_the_colours_of_runs_are_distinguishable_on_the_panel(theme):
    colours = [run_colour(theme, index) for index in range(7)]
    assert len(set(colours)) == 7 and run_colour(theme, 7) == colours[1]
    assert all(_contrast(colour, theme.panel) >= 3 for colour in colours)


def _contrast(a, b):
    """Return the contrast of two colours after WCAG 2.1."""
    light = sorted((_luminance(a), _luminance(b)))
    return (light[1] + 0.05) / (light[0] + 0.05)


def _luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _menu_key(person, text):
    training = next(a.menu() for a in person.window.menuBar().actions() if a.text() == "&Training")
    next(action for action in training.actions() if action.text() == text).trigger()


def test_the_menu_does_what_the_buttons_do_and_no_more(trainee, run, monkeypatch):
    state, page = trainee.session.state, trainee.content.training
    trainee.wait(lambda: page.queries.corpus_summary is not None)
    page.control.set_form_error("no corpus")
    state.show_page("sentence")
    for text in ("&Train, pause, continue or resume", "One &step", "One &epoch", "Sto&p", "&Resume"):
        _menu_key(trainee, text)
    _menu_key(trainee, "Train a &new run")
    assert state.training.shown and trainee.session.trainer.pending is None
    corpus = run.parent / "a.conllu"
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(corpus)], ""))
    _menu_key(trainee, "Open a &corpus…")
    assert state.training.next.corpus == (str(corpus),)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(run))
    _menu_key(trainee, "Open a run &folder…")
    assert state.selection.model == of_run(run)
    _menu_key(trainee, "Restore the &deleted run")
    assert "No run was deleted" in trainee.content.notice.text
    trainee.settle()


def test_the_report_is_of_the_selected_run(trainee, run):
    page = trainee.content.training
    _menu_key(trainee, "Rep&ort of the run…")
    assert "No run is selected" in trainee.content.notice.text
    trainee.session.state.pick_model(of_run(run))
    trainee.settle()
    _menu_key(trainee, "Rep&ort of the run…")
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()


def test_a_failed_query_is_reported_on_the_page_and_repeated(trainee, run):
    page = trainee.content.training
    checkpoint = run / "checkpoints" / "epoch-000002.safetensors"
    whole = checkpoint.read_bytes()
    checkpoint.write_bytes(whole[:-1])
    trainee.session.state.pick_model(of_run(run))
    trainee.wait(page.notice.isVisible)
    assert "epoch 2" in page.notice.text
    checkpoint.write_bytes(whole)
    trainee.bot.mouseClick(page.notice.button, Qt.MouseButton.LeftButton)
    trainee.wait(lambda: not page.notice.isVisible())
    trainee.settle()


def test_the_layout_of_the_training_page_comes_back(trainee, tmp_path):
    store = SettingsStore(tmp_path / "settings.json")
    splitters = trainee.content.training.splitters
    trainee.resizes(1600, 1000)
    splitters["columns"].setSizes([1000, 400])
    splitters["settings"].setSizes([200, 600])
    kept = {name: splitter.sizes() for name, splitter in splitters.items()}
    _take(trainee.session, trainee.themes, store)
    store.save()
    splitters["columns"].setSizes([1300, 100])
    splitters["settings"].setSizes([600, 200])
    assert {name: splitter.sizes() for name, splitter in splitters.items()} != kept
    _restore(trainee.session, SettingsStore(tmp_path / "settings.json"))
    assert {name: splitter.sizes() for name, splitter in splitters.items()} == kept
