"""Models that are no taggers in the window: real values, nothing, classes that are not linear in h."""

import pytest

from lstm_viz.app.client.request import Priority
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.selection.selection import ComparedWith
from lstm_viz.errors import MESSAGES
from lstm_viz.messages import AblationQuery, AttributionQuery, PathQuery, ScoreQuery, SetValue
from tests.subjects.regressor import SERIES

TEXT = SERIES
COLUMNS = SERIES.split()
ENGINE = "readouts_engine.py"
NO_CLASSES = MESSAGES["subject_without_classes"]
NOT_LINEAR = MESSAGES["subject_without_linear_scores"]
REFUSED = AttributionQuery, AblationQuery, ScoreQuery, PathQuery


def sent(person):
    return [query for priority in Priority for query in _sent_by(person, priority)]


def _sent_by(person, priority):
    return person.link(priority).queries if priority is not Priority.BACKGROUND else []


@pytest.mark.parametrize("model", ["test:values", "test:nothing"])
def test_a_model_without_classes_says_so_and_is_not_asked(reads, model):
    person = reads(model, step=2)
    state, page = person.session.state, person.page
    assert person.words == COLUMNS and person.band("h").values.shape == (4, 4)
    assert page.scores.accessibleDescription() == NO_CLASSES
    assert not page.scores.is_ready and not page.table.is_ready
    assert state.tag == "" == page.status_line.text
    for name in ("attribution", "ablation"):
        state.change(panel=name)
        panel = page.side.panel(name)
        assert panel.is_empty and panel.note.text() == NO_CLASSES and not panel.is_ready
        assert not panel.tag.isVisible() and not panel.target.isVisible()
        assert not page.matrix.attribution.isVisible()
        person.window.grab()
    state.change(panel="decomposition")
    panel = page.side.panel("decomposition")
    person.wait(lambda: state.decomposition is not None)
    assert not panel.is_empty and panel.is_ready
    panel.show_where("score")
    assert panel.why.text() == NO_CLASSES and not panel.is_ready
    person.window.grab()
    assert not [query for query in sent(person) if isinstance(query, REFUSED)]
    assert state.error is None is state.detail_error and not person.content.error.isVisible()


def test_values_are_read_edited_and_compared(reads):
    person = reads("test:values", step=1)
    state = person.session.state
    state.change(edits=(SetValue("z", 1.0, None, 1, 1, words=tuple(COLUMNS)),))
    person.settle()
    assert person.reading.unedited is not None and person.page.comparison_bar.isVisible()
    state.change(edits=(), compared_with=ComparedWith("0.5,-1 9,9", "test:nothing"))
    person.wait(lambda: state.other is not None and person.page.comparison_model.comparison is not None)
    person.writes(SERIES + " 3,3")
    assert person.words == [*COLUMNS, "3,3"]
    person.window.grab()
    assert state.error is None is state.detail_error and not person.content.error.isVisible()


def test_what_is_no_input_is_said_and_the_next_key_reads_again(reads):
    person = reads("test:values")
    state = person.session.state
    person.page.editor.setPlainText("0.5,-1 2,")
    person.wait(lambda: state.error is not None)
    assert person.content.engine_notice.text == "“2,” is no input of this model: it is not a pair."
    person.sets("0.5,-1 2,3")
    assert state.error is None and person.words == ["0.5,-1", "2,3"]


def test_numbers_are_neither_joined_nor_from_a_layer_below(reads):
    person = reads("test:values", step=1)
    state, page = person.session.state, person.page
    page.edit_actions.tokens.join()
    assert page.status_line.text == "There is no word." and state.selection.tokenized_texts == ()
    assert not person.content.top_bar.epoch.isVisible()
    state.change(opened=OpenedNumber("x"))
    person.wait(lambda: page.arithmetic.is_answered)
    (table,) = page.arithmetic.shown.tables
    assert [entry.link for term in table.terms for entry in term.entries] == [None, None]
    assert page.arithmetic.shown.results == ("x₁ … x₂: the values of “2,0.25”",)


def test_scores_that_are_not_linear_have_no_products(reads):
    person = reads("test:classes", step=3)
    state, page = person.session.state, person.page
    assert person.tags[3] in "abc" and page.scores.is_ready
    state.change(opened=OpenedNumber("score", "a"))
    person.wait(lambda: page.arithmetic.is_answered)
    assert page.arithmetic.shown.note == NOT_LINEAR and not page.arithmetic.is_ready
    state.change(opened=None, panel="attribution")
    person.wait(lambda: state.attribution is not None and state.attribution.done)
    assert page.side.panel("attribution").is_ready
    state.change(panel="ablation")
    person.wait(lambda: state.ablation is not None and state.ablation.done == state.ablation.total)
    state.change(panel="decomposition")
    person.wait(lambda: state.decomposition is not None)
    page.side.panel("decomposition").show_where("score")
    assert page.side.panel("decomposition").why.text() == NOT_LINEAR
    person.window.grab()
    assert not [query for query in sent(person) if isinstance(query, ScoreQuery)]
    assert state.error is None is state.detail_error and not person.content.error.isVisible()
