"""Every text of our own goes through Qt's translation: a translator marks it, and no unmarked one is left."""

import re
from typing import get_args

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QPlainTextEdit, QWidget

from lstm_viz.app.client.request import Priority
from lstm_viz.app.client.silence import Silence
from lstm_viz.app.panels.settings.setting_labels import choice_name
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.widgets.labels import quantity_name
from lstm_viz.cells import QUANTITIES
from lstm_viz.runs.settings import FIELDS
from lstm_viz.uris import of_run
from tests.runs_support import write_run


class Marker(QTranslator):
    """Translates "word" to "⟦word⟧"."""

    def isEmpty(self):
        return False

    def translate(self, context, source, disambiguation=None, n=-1):
        return f"⟦{source}⟧" if source else source


@pytest.fixture
def marked(application):
    """Let everything that is translated be marked."""
    marker = Marker()
    application.installTranslator(marker)
    yield
    application.removeTranslator(marker)
    QApplication.processEvents()


@pytest.fixture
def foreign(marked, open_session, link):
    """Return a person before a window of which every text is marked."""
    person = open_session(link, Selection(motion=False, carry=True, inputs_shown=True))
    person.settle()
    return person


@pytest.fixture
def foreign_trainee(marked, link, request):
    """Return a person before the Training page of a window of which every text is marked."""
    return request.getfixturevalue("trainee")


def _unmarked(person):
    """Return the texts that hold a letter, stand outside the marks, and are no data."""
    data = _data(person)
    seen = {text for widget in _visible(person.window) for text in _texts_of(widget)}
    return sorted(
        text for text in seen if "⟦" not in text and re.search(r"[^\W\d_]", text) and text not in data
    )


def _data(person):
    """Return what comes from the model or the person, and the name of the program."""
    chooser = person.content.top_bar.model
    titles = {chooser.itemText(k) for k in range(chooser.count())}
    texts = {person.reading.model.about, person.page.step_panel.equations.text(), *_written(person)}
    return {"LSTM Viz", "✕", *_names(person), *texts, *titles, chooser.toolTip()}


def _names(person):
    """Return the names of nets, decoders and optimisers, the same in every language, and of runs."""
    choices = {choice_name(choice) for field in FIELDS.values() for choice in field.choices}
    return choices | {entry.name for entry in person.session.runs.entries} | {"F1"}


def _written(person):
    """Return what the trainer wrote into the run."""
    run = person.session.runs.current
    return {run.status.message} if run and run.status else set()


def _visible(window):
    return [window, *(w for w in window.findChildren(QWidget) if w.isVisibleTo(window))]


def _texts_of(widget):
    yield from (widget.toolTip(), widget.accessibleName())
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(k) for k in range(widget.count()))
    if isinstance(widget, QPlainTextEdit):
        yield widget.placeholderText()


@pytest.mark.parametrize("model", ["preset:tutorial", "preset:english", "preset:english-both"])
def test_nothing_in_the_window_is_left_in_english(foreign, model):
    foreign.picks_model(model)
    foreign.sets("Zyx")
    foreign.page.status_line.shortened(20_000, 9_000)
    assert _unmarked(foreign) == []
    assert "⟦" in foreign.page.editor.placeholderText()


def test_nothing_on_the_training_page_is_left_in_english(foreign_trainee, tmp_path):
    person, folder = foreign_trainee, tmp_path / "runs"
    page = person.content.training
    assert _unmarked(person) == []
    for name, run in (("1", {"nan": True}), ("2", {"phase": "training"}), ("3", {"phase": "stopped"})):
        path = write_run(folder / name, checkpoints=True, planned_epochs=9, message="", **run)
        person.session.runs.relist()
        person.session.state.pick_model(of_run(path))
        person.settle()
        person.wait(lambda: page.queries.history is not None)
        assert _unmarked(person) == []
    page.runs_panel.show_differences()
    page.runs_panel.delete(path, "3")
    page.form.fold.click()
    assert _unmarked(person) == []


def test_the_check_finds_what_is_not_translated(foreign):
    foreign.page.badge.painted.show_text("left in English")
    assert _unmarked(foreign) == ["left in English"]


def test_characters_are_translated_too(foreign):
    foreign.picks_model("preset:english")
    foreign.session.state.change(module=foreign.reading.model.modules[1].path)
    foreign.settle()
    assert _unmarked(foreign) == []


@pytest.mark.parametrize("model", ["preset:tutorial", "preset:tutorial-gru", "preset:english-both"])
def test_the_arithmetic(foreign, model):
    foreign.picks_model(model)
    foreign.sets("Zyx read")
    panel = foreign.page.arithmetic
    own = foreign.reading.words[1].tag
    for opened in (
        OpenedNumber("h"),
        OpenedNumber("x"),
        OpenedNumber("score", own),
        OpenedNumber("n" if "gru" in model else "f"),
    ):
        foreign.session.state.change(opened=opened)
        foreign.wait(lambda: panel.is_answered)
        formulas = set(panel.sheet.result.text().splitlines()) | {panel.sheet.result.text()}
        assert [text for text in _unmarked(foreign) if text not in formulas] == []
        heads = {_head(table, c) for table in _tables(panel) for c in _columns(table)}
        assert {head for head in heads if head and "⟦" not in head} <= {"hₜ", "xₜ"}


def _tables(panel):
    return [block.table for block in panel.sheet.blocks if block.isVisible()]


def _head(table, column):
    return table.terms.headerData(column, table.horizontalHeader().orientation())


def _columns(table):
    return range(table.terms.columnCount())


def test_the_empty_page_and_the_notices(foreign):
    foreign.sets("")
    assert _unmarked(foreign) == []
    link = foreign.link(Priority.TYPING)
    link.lost.emit("signal 9")
    for during in get_args(Silence.__annotations__["during"]):
        link.silence_changed.emit(Silence(60, during))
        assert foreign.content.silence_notice.button.isVisible() and _unmarked(foreign) == []
    foreign.content.error.report("Traceback\nValueError: 1")
    assert _unmarked(foreign) == []
    link.failed.emit("")
    assert _unmarked(foreign) == []


def test_every_menu_and_every_action(foreign):
    menus = [action.menu() for action in foreign.window.menuBar().actions()]
    actions = [action for menu in menus for action in menu.actions() if not action.isSeparator()]
    assert len(menus) >= 4 and len(actions) > 15
    assert [action.text() for action in actions if "⟦" not in action.text()] == []
    assert [menu.title() for menu in menus if "⟦" not in menu.title()] == []


def test_what_is_painted(foreign):
    page = foreign.page
    for name in QUANTITIES:
        assert quantity_name(name) == f"⟦{QUANTITIES[name].name}⟧"
    assert page.scores._title().startswith("⟦") and page.scores._subtitle(page.scores.rows()).startswith("⟦")
    assert page.table.model.headerData(0, page.table.view.horizontalHeader().orientation()) == "⟦word⟧"
    assert "⟦unit⟧" in page.matrix.heatmaps.describe(foreign.band("f"), 0, 0)
    foreign.sets("Zyx")
    assert "⟦not in the vocabulary" in page.matrix.chips.describe(0)
