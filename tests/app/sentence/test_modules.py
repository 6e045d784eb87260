"""Users' models in the window."""

import numpy as np
import pytest

from lstm_viz.app.panels.edits.edit_target import place_at
from lstm_viz.messages import AblationQuery, AttributionQuery

TEXT = "the film was not really good"
ENGINE = "modules_engine.py"


def test_an_edit_is_of_the_module_in_view(reads):
    person = reads("live:stacked", module="second", step=3)
    state = person.session.state
    target = place_at(state, "o", 3, None)
    state.change(edits=(target.set(0.0),))
    person.settle()
    reading = person.reading
    assert reading.view.module.path == "second" and not reading.view.quantities["o"][3].any()
    assert reading.unedited.view.quantities["o"][3].all()
    assert person.page.comparison_bar.isVisible()
    chooser = [person.content.page.choosers.module.itemText(k) for k in range(3)]
    assert chooser == ["GRU · first", "LSTM · second", "RNN · direct"]
    state.change(module="first")
    person.settle()
    view, unedited = person.reading.view, person.reading.unedited.view
    assert all(np.allclose(view.quantities[name], unedited.quantities[name], atol=1e-6) for name in "rzn")
    assert state.error is None is state.detail_error


@pytest.mark.parametrize(("panel", "query"), [("attribution", AttributionQuery), ("ablation", AblationQuery)])
def test_the_class_of_the_whole_input_is_explained(reads, panel, query):
    person = reads("live:sentiment", step=2, panel=panel)
    state, page = person.session.state, person.page
    person.wait(lambda: getattr(state, panel) is not None and not getattr(state, panel).is_partial)
    result = getattr(state, panel)
    assert result.tag == person.reading.tag(2) == state.tag and page.side.panel(panel).is_ready
    assert set(person.tags) == {""} and page.scores.is_ready
    assert page.table.model.rowCount() == 1 and not page.choosers.carry.isVisible()
    person.window.grab()
    person.writes(TEXT + " at")
    assert person.words == [*TEXT.split(), "at"]
    assert state.error is None is state.detail_error and not person.content.error.isVisible()


@pytest.mark.parametrize("model", ["live:bare", "live:masked"])
def test_a_model_without_outputs_and_one_with_a_masked_class_are_shown(reads, model):
    person = reads(model, step=2)
    state, page = person.session.state, person.page
    person.window.grab()
    assert person.words == TEXT.split() and person.band("h").values.shape == (6, 5)
    assert page.scores.is_ready == (model == "live:masked")
    assert page.scores.rows() == [] or page.scores.rows()[0] == ("negative", -np.inf)
    assert state.tag in ("", "neutral", "positive") and not person.content.error.isVisible()


def test_an_error_of_a_persons_code_is_shown_with_its_traceback(reads):
    person = reads("live:raising", step=2)
    state, page = person.session.state, person.page
    page.editor.setPlainText("boom")
    person.wait(lambda: state.error is not None)
    person.window.grab()
    assert person.content.engine_notice.text == "encode raised KeyError: 'boom'"
    shown = page.empty.traceback
    assert shown.isVisible() and 'raise KeyError("boom")' in shown.toPlainText()
    assert "lstm_viz/subjects" not in shown.toPlainText()
    person.sets(TEXT)
    assert state.error is None and person.words == TEXT.split() and not shown.isVisible()
    assert not person.content.error.isVisible() and person.content.engine_notice.text == ""
