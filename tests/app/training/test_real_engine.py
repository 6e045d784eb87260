"""The workbench and the engine that it starts, on weights of a real net."""

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from lstm_viz.app.client.client import EngineClient
from lstm_viz.app.error_texts import error_text
from lstm_viz.app.panels.tags.tags_panel import TagsPanel
from lstm_viz.app.queries.training import TrainingQueries
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.state import State
from lstm_viz.messages import GradientFlowQuery, HistoryQuery
from lstm_viz.runs.library import RunLibrary
from lstm_viz.runs.settings import TUTORIAL
from lstm_viz.uris import of_run
from tests.runs_support import write_run

WAIT_MS = 120_000


@pytest.fixture
def queries(application, tmp_path):
    run = write_run(tmp_path / "run", epochs=3, steps=9, checkpoints=True)
    state = State(Selection(model=of_run(run)), training=TrainingView(page="training"))
    runs = Runs(state, RunLibrary(tmp_path))
    runs.start()
    client = EngineClient()
    queries = TrainingQueries(state, runs, client)
    yield queries
    runs.stop()
    client.close()
    for thing in (queries, client, runs, state):
        thing.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_every_query_has_a_result(queries, qtbot):
    def wait(condition):
        qtbot.waitUntil(condition, timeout=WAIT_MS)

    wait(lambda: queries.history is not None and len(queries.history.pictures) == 4)
    wait(lambda: queries.gradient_flow is not None)
    history, gradient_flow = queries.history, queries.gradient_flow
    assert history.words == ("The", "dog", "ate", "the", "apple") == gradient_flow.words
    assert history.gold == ("DET", "NN", "V", "DET", "NN") and history.is_gold
    assert all(picture.values.shape == (5, 6) for picture in history.pictures)
    assert np.triu(gradient_flow.norms, 1).max() == 0 < gradient_flow.norms[np.tril_indices(5)].min()
    queries.query_corpus(TUTORIAL)
    wait(lambda: queries.corpus_summary is not None)
    assert queries.corpus_summary.tags == ("DET", "NN", "V") and queries.corpus_summary.parameters > 0
    tag = queries.history.pictures[-1].tags[0]
    queries.list_confused("DET", tag)
    wait(lambda: queries.confusions is not None)
    assert any(0 in sentence.places for sentence in queries.confusions.sentences)
    assert queries.error is None


def test_a_damaged_checkpoint_is_reported_and_the_page_keeps_working(queries, qtbot):
    qtbot.waitUntil(lambda: queries.gradient_flow is not None, timeout=WAIT_MS)
    folder = queries._runs.current.folder
    damaged = next(path for path in sorted(folder.checkpoints.path.iterdir()) if "1" in path.name)
    damaged.write_bytes(damaged.read_bytes()[:-8] + bytes(8))
    queries.retry()  # another engine, which has read nothing yet
    queries._state.change(epoch=1)
    qtbot.waitUntil(lambda: GradientFlowQuery in queries.errors, timeout=WAIT_MS)
    assert "damaged" in error_text(queries.errors[GradientFlowQuery])
    queries._state.change(epoch=2)
    qtbot.waitUntil(
        lambda: queries.gradient_flow is not None and queries.gradient_flow.epoch == 2, timeout=WAIT_MS
    )
    assert GradientFlowQuery not in queries.errors and HistoryQuery not in queries.errors


def test_a_listed_sentence_comes_to_the_editor_at_its_word(open_session, link, tmp_path):
    run = write_run(tmp_path / "runs" / "run", epochs=2, steps=6, checkpoints=True)
    person = open_session(link, Selection(motion=False), training=TrainingView(page="sentence"))
    person.settle()
    session = person.session
    queries = TrainingQueries(session.state, session.runs, session.client)
    panel = TagsPanel(session.state, session.runs, queries)
    session.state.pick_model(of_run(run))
    person.settle()
    session.state.show_page("sentence")
    queries.list_confused("NN", session.runs.current.run.tags[0])
    for tag in session.runs.current.run.tags:
        queries.list_confused("NN", tag)
        person.wait(lambda: queries.confusions is not None)
        if queries.confusions.sentences:
            break
    sentence = queries.confusions.sentences[0]
    panel._open(sentence)
    person.settle()
    assert person.page.editor.toPlainText() == sentence.tokenized.text
    assert session.state.selection.step == sentence.places[0] == person.reading.step
    assert tuple(person.words) == sentence.words and session.state.selection.epoch == 2
    for thing in (panel, queries):
        thing.deleteLater()
