"""Numbers typed into the form of the next run: what is trained with, and when Train is off."""

from itertools import product

import msgspec
import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

from lstm_viz.app.panels.control.control_panel import ControlPanel
from lstm_viz.app.panels.settings.editors import NumberEditor
from lstm_viz.app.panels.settings.form import Form
from lstm_viz.app.panels.settings.setting_labels import setting_name
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.messages import CorpusQuery, CorpusSummary
from lstm_viz.runs.folder import Corpus
from lstm_viz.runs.settings import FIELDS, SMALL, TUTORIAL, checked, suitable
from lstm_viz.text.numbers import number_text
from tests.app.keys import press, type_over
from tests.runs_support import write_run

NUMBERS = [name for name, field in FIELDS.items() if field.kind in (int, float)]
REALS = [name for name in NUMBERS if FIELDS[name].kind is float]
WHOLES = [name for name in NUMBERS if FIELDS[name].kind is int]


@pytest.fixture(params=["en_US", "de_DE", "fr_FR", "ar_EG"])
def locale(request):
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


@pytest.fixture
def desk(open_desk):
    training = TrainingView(page="training", next=msgspec.structs.replace(TUTORIAL, characters=True))
    return open_desk(None, training=training)


@pytest.fixture
def form(desk):
    form = Form(desk.state, desk.queries)
    desk.show(form, 340, 700)
    form.activateWindow()
    form.fold.click()
    desk.wait(lambda: desk.link.of(CorpusQuery))
    return form


def _next(form):
    return form._state.training.next


def _leave(form):
    form.fold.setFocus()
    assert form.fold.hasFocus()


def _row_error(form, name):
    """Return what is shown under the row of a setting."""
    grid = form.main if name in form.main.editors else form.more
    label = grid.errors[list(grid.editors).index(name) // 3]
    return label.text() if label.isVisible() else ""


# ---------------------------------------------------------------- every field, every locale


def test_every_number_is_typed_in_the_same_field(form):
    assert {name for name, editor in form.editors.items() if isinstance(editor, NumberEditor)} == set(NUMBERS)


def test_a_real_number_is_trained_with_as_it_was_typed(form, locale):
    numbers = (("1e-3", 1e-3), ("3e−4", 3e-4), ("0.05", 0.05), ("0,25", 0.25), ("٠٫٥", 0.5))
    for name, (typed, value) in product(REALS, numbers):
        editor = form.editors[name]
        type_over(editor, typed)
        assert getattr(_next(form), name) == value
        _leave(form)
        assert editor.text() == number_text(value) and form.error == ""
    assert checked(_next(form))


def test_a_whole_number_is_trained_with_as_it_was_typed(form, locale):
    numbers = (("3", 3), ("٤", 4), ("०५", 5), ("1e0", 1), ("７", 7))
    for name, (typed, value) in product(WHOLES, numbers):
        editor = form.editors[name]
        type_over(editor, typed)
        assert getattr(_next(form), name) == value
        _leave(form)
        assert editor.text() == str(value) and form.error == ""
    assert checked(_next(form))


def test_the_limits_can_be_typed(form):
    for name in NUMBERS:
        field = FIELDS[name]
        for typed in (1e-12 if field.above else field.least, field.most):
            type_over(form.editors[name], number_text(typed))
            assert getattr(_next(form), name) == typed and checked(_next(form))


def test_nothing_beyond_the_limits_is_taken(form):
    before = _next(form)
    for name in NUMBERS:
        field, editor = FIELDS[name], form.editors[name]
        lower = field.least if field.above else field.least - 1
        for typed, message in ((field.most + 1, f"Type {number_text(field.most)} or less."), (lower, "Type")):
            type_over(editor, number_text(typed))
            _leave(form)
            assert editor.text() == number_text(typed) and editor.value is None
            assert editor.error.startswith(message) and _row_error(form, name) == editor.named(editor.error)
            assert _next(form) == before and form.error == f"{setting_name(name)}: {editor.error}"
        editor.reset()
        form.reset_numbers()


@pytest.mark.parametrize("typed", ["abc", "", "-", "1e-", "1,000", "1.000,5", "0x1", "nan", "inf", "1 2 3"])
def test_what_is_no_number_changes_nothing_and_stays(form, typed):
    before = _next(form)
    for name in NUMBERS:
        type_over(form.editors[name], typed)
        assert form.error.startswith(f"{setting_name(name)}: ")
        _leave(form)
        assert form.editors[name].text() == typed and _next(form) == before
        assert form.editors[name].error and _row_error(form, name) and form.error
        type_over(form.editors[name], number_text(getattr(before, name)))
        assert _row_error(form, name) == "" and form.error == ""


def test_the_beginning_of_a_number_that_cannot_be_is_not_trained_with(form):
    before = _next(form).hidden_size
    type_over(form.editors["hidden_size"], "99999")
    assert _next(form).hidden_size == before, "not 9999, which was a number on the way"
    press(form.editors["hidden_size"], Qt.Key.Key_Backspace)
    press(form.editors["hidden_size"], Qt.Key.Key_Backspace)
    assert _next(form).hidden_size == 999


# ---------------------------------------------------------------- what stays, and what goes


def test_other_settings_leave_what_was_typed(form, desk):
    type_over(form.editors["learning_rate"], "1e-")
    type_over(form.editors["epochs"], "7")
    form.editors["optimiser"].setCurrentIndex(1)
    form.editors["optimiser"].activated.emit(1)
    assert (_next(form).epochs, _next(form).optimiser) == (7, "adam")
    assert form.editors["learning_rate"].text() == "1e-" and form.error
    form.take_corpus(("/data/a.conllu",))
    assert form.editors["learning_rate"].text() == "1e-", "what was set is taken along to other files"


@pytest.mark.parametrize("how", ["usual", "corpus", "run"])
def test_settings_from_elsewhere_take_its_place(form, how):
    type_over(form.editors["learning_rate"], "abc")
    type_over(form.editors["seed"], "-1")
    if how == "usual":
        assert form.usual.isVisible()
        form.usual.click()
    elif how == "corpus":
        form.take_corpus(("small",))
    else:
        form._state.change_training(next=SMALL)
        form.reset_numbers()
    wanted = suitable(_next(form).corpus)
    assert _next(form) == wanted and form.error == ""
    assert form.editors["learning_rate"].text() == number_text(wanted.learning_rate)
    assert form.editors["seed"].text() == "1" and not _row_error(form, "seed")


def test_the_usual_settings_are_offered_where_only_a_text_differs(form, desk):
    desk.state.change_training(next=TUTORIAL)
    assert not form.usual.isVisible()
    type_over(form.editors["epochs"], "many")
    assert form.usual.isVisible()
    form.usual.click()
    assert form.editors["epochs"].text() == "300" and not form.usual.isVisible()


def test_a_field_that_is_switched_off_holds_nothing_back(form, desk):
    type_over(form.editors["char_hidden_size"], "0")
    _leave(form)
    assert form.error
    form.editors["characters"].setChecked(False)
    assert form.error == "" and not _row_error(form, "char_hidden_size")
    form.editors["characters"].setChecked(True)
    assert form.error and form.editors["char_hidden_size"].text() == "0"


def test_the_survey_gives_way_to_the_reason_and_comes_back(form, desk):
    summary = CorpusSummary(Corpus(2, 9, 9, 20), ("A", "B"), 2, 500, 2)
    desk.link.reply(desk.link.last(CorpusQuery), summary)
    assert form.summary_line.figures.text().startswith("2 sentences")
    type_over(form.editors["dropout"], "0.")
    assert form.summary_line.figures.text() == "dropout: The number is not complete."
    assert form.summary_line.figures.objectName() == "muted", "it is no error before it is left"
    _leave(form)
    assert form.summary_line.figures.objectName() == "error"
    type_over(form.editors["dropout"], "0.5")
    assert form.summary_line.figures.text().startswith("2 sentences")


def test_what_is_typed_is_shown_as_it_is(form):
    type_over(form.editors["epochs"], "<b>%1</b>")
    _leave(form)
    assert _row_error(form, "epochs") == "epochs: “<b>%1</b>” is not a number."
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in form.main.errors)


def test_two_errors_of_a_row_stand_under_each_other(form):
    type_over(form.editors["hidden_size"], "0")
    type_over(form.editors["num_layers"], "9")
    _leave(form)
    assert _row_error(form, "num_layers") == "hidden units: Type 1 or more.\nlayers: Type 8 or less."


# ---------------------------------------------------------------- Train


@pytest.fixture
def control(form, desk, tmp_path):
    from lstm_viz.app.runs.trainer import Trainer

    trainer = Trainer(desk.state, desk.runs, lambda: pytest.fail("a trainer was started"))
    control = ControlPanel(desk.state, desk.runs, trainer, form)
    form.error_changed.connect(control.set_form_error)
    desk.show(control, 340, 220)
    yield control
    trainer.close()
    trainer.deleteLater()


def test_train_is_off_with_the_reason_while_a_number_is_wrong(form, control):
    buttons = (control.go, control.one_step, control.one_epoch)
    usual = control.go.toolTip()
    type_over(form.editors["learning_rate"], "1e-")
    assert not any(button.isEnabled() for button in buttons)
    message = "learning rate: The number is not complete."
    assert control.go.toolTip() == message
    _leave(form)
    assert control.go.toolTip() == message
    type_over(form.editors["learning_rate"], "1e-3")
    assert all(button.isEnabled() for button in buttons) and control.go.toolTip() == usual


def test_a_tool_tip_takes_what_was_typed_for_no_markup(form, control):
    type_over(form.editors["seed"], "<img src=x>")
    assert "&lt;img src=x&gt;" in control.go.toolTip()


def test_what_is_typed_survives_pages_themes_and_runs(trainee, tmp_path):
    """In the real window."""
    state, page = trainee.session.state, trainee.content.training
    trainee.wait(lambda: page.queries.corpus_summary is not None and page.control.go.isEnabled())
    rate = page.form.editors["learning_rate"]
    type_over(rate, "0,0,5")
    state.show_page("sentence")
    trainee.settle()
    assert rate.error, "the page was left, and with it the field"
    trainee.themes.choose("light")
    state.show_page("training")
    QApplication.processEvents()
    path = write_run(tmp_path / "runs" / "old", phase="stopped", checkpoints=True)
    trainee.session.runs.relist()
    page.runs_panel.open_run(path)
    trainee.settle()
    assert rate.text() == "0,0,5" and rate.isVisible() and rate.property("wrong") is True
    assert "learning rate" in page.control.go.toolTip() and not page.control.go.isEnabled()
    page.control.go.click()
    assert trainee.session.trainer.pending is None
    menu = page.runs_panel.menu_of(page.runs_panel.model.index(page.runs_panel.model.row_of(path)))
    next(action for action in menu.actions() if action.text() == "Use these settings").trigger()
    assert rate.value == state.training.next.learning_rate and page.control.go.isEnabled()
    trainee.themes.choose("dark")
