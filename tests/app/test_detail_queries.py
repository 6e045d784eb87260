"""What is asked of the second engine: of what is in front, let go of in time, again where no answer came."""

import os
import signal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from lstm_viz.app.client.engine_process import ENGINE, ENGINE_BACKGROUND
from lstm_viz.app.client.link import EngineLink
from lstm_viz.app.client.request import Priority
from lstm_viz.app.queries.details import DetailQueries
from lstm_viz.app.queries.of_state import ablation_query
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import ComparedWith, Selection
from lstm_viz.app.state import State
from lstm_viz.messages import Failure, Reply
from lstm_viz.runs.library import RunLibrary
from lstm_viz.uris import of_run
from tests.app.client.fakes import FakeLink, client_of
from tests.runs_support import add_epoch, add_steps, write_run

LONG = "the old man who lives near the river gave his two young dogs some meat before he walked home"


@pytest.fixture
def started():
    """Return the links to engines of the test's own."""
    links = []
    yield links
    for link in links:
        link.close()
        link.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def with_engine(started, open_session, link):
    """Return what opens a window with a second engine of its own: ``with_engine("-c", …)``."""

    def open_(*arguments):
        started.append(EngineLink(arguments=arguments or ENGINE_BACKGROUND))
        person = open_session(link, own_second=started[-1])
        person.settle()
        return person

    return open_


def _has_owed(person):
    attribution, reading = person.session.state.attribution, person.reading
    return attribution is not None and attribution.reading == reading.number and attribution.done


# ---------------------------------------------------------------- let go


def test_the_results_of_a_closed_panel_are_dropped_while_a_reading_is_pending(person):
    state = person.session.state
    state.change(panel="attribution")
    person.wait(lambda: _has_owed(person))
    state.await_reading(10**9)  # one that never comes
    state.change(panel="cell")
    person.wait(lambda: state.attribution is None)


def test_without_a_reading_the_second_engine_gets_no_query(person, tmp_path):
    state = person.session.state
    state.change(panel="ablation")
    person.wait(lambda: state.ablation is not None)
    state.change(model=of_run(tmp_path / "gone"))
    person.wait(lambda: state.error is not None)
    person.wait(lambda: state.ablation is None)
    assert ablation_query(state) is None
    state.change(model="preset:tutorial")
    person.wait(lambda: state.ablation is not None and state.ablation.reading == person.reading.number)


def test_the_decomposition_arrives_even_if_its_panel_is_opened_between_a_key_and_its_reading(person):
    person.bot.keyClicks(person.page.editor, "s")
    person.session.state.change(panel="decomposition")
    person.settle()
    person.wait(lambda: person.session.state.decomposition is not None)
    assert person.session.state.decomposition.reading == person.reading.number


def test_a_selection_is_no_edit_after_the_window_was_closed(person):
    person.page.edit_actions.set_value()
    person.page.edit_actions.dialog.take(0.123)
    assert person.session.state.selection.edits
    person.window.close()
    assert not person.session.state.selection.edits


# ---------------------------------------------------------------- errors


def test_an_error_of_b_is_no_error_of_the_attribution(person, tmp_path):
    state = person.session.state
    state.change(compared_with=ComparedWith("The cat", of_run(tmp_path / "gone")), panel="attribution")
    person.wait(lambda: state.error_of("other") is not None and _has_owed(person))
    words = person.page.side.panel("attribution")
    assert not words.is_empty
    assert "gone" in person.page.comparison_row.message.text()
    state.change(step=1)
    person.wait(lambda: _has_owed(person) and state.attribution.step == 1)
    assert "gone" in person.page.comparison_row.message.text() and not person.page.comparison_model.awaited


def test_an_engine_that_cannot_be_started_is_reported_in_all_its_panels_and_can_be_retried(
    with_engine, started
):
    person = with_engine("-c", "raise SystemExit('no room')")
    state, notice = person.session.state, person.content.detail_notice
    state.change(panel="attribution")
    person.wait(notice.isVisible)
    assert notice.text == "The background engine cannot be started: no room"
    state.change(panel="cell")
    person.wait(lambda: not notice.isVisible())
    state.change(panel="ablation")
    person.wait(notice.isVisible)
    assert person.page.side.panel("ablation").note.text() == notice.text
    started[0]._arguments = ENGINE
    notice.button.click()
    assert not notice.isVisible()
    person.wait(lambda: state.ablation is not None and state.ablation.reading == person.reading.number)


@pytest.mark.parametrize("panel", ["attribution", "ablation"])
def test_the_pending_queries_of_a_killed_second_engine_are_repeated(with_engine, started, panel):
    person, killed = with_engine(), []
    state = person.session.state

    def kill(answer):
        if answer is not None and not killed:
            killed.append(started[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    (state.attribution_changed if panel == "attribution" else state.ablation_changed).connect(kill)
    person.sets(LONG)
    person.picks_model("preset:english")
    state.change(panel=panel)
    person.wait(lambda: killed)
    if panel == "attribution":
        person.wait(lambda: _has_owed(person))
    else:
        person.wait(lambda: state.ablation is not None and state.ablation.done == state.ablation.total)
    assert person.session.state.detail_error is None


# ---------------------------------------------------------------- a run that trains on


def test_b_is_read_anew_when_its_run_has_newer_weights(application, qtbot, tmp_path):
    library = RunLibrary(tmp_path / "shelf")
    path = write_run(library.folder / "a", steps=40, epochs=4)
    name = of_run(path)
    state, engine = State(Selection(model=name, epoch=1, compared_with=ComparedWith("a b", name))), FakeLink()
    runs, client = Runs(state, library), client_of(engine, Priority.DETAIL)
    details = DetailQueries(state, runs, client)
    runs.start()
    state.error_changed.emit(None)
    qtbot.waitUntil(lambda: [query.text for query in engine.queries] == ["a b"])
    with qtbot.waitSignal(runs.grown, check_params_cb=lambda data: data.checkpoints[-1] == 5):
        add_steps(path, 41, 10, 5)
        add_epoch(path, 50, 5, 0.999)
    qtbot.waitUntil(lambda: len(engine.queries) == 2)
    state.change(compared_with=ComparedWith("a b", name, 3))
    runs.grown.emit(runs.current)
    qtbot.waitUntil(lambda: len(engine.queries) == 3)
    assert [query.epoch for query in engine.queries] == [None, None, 3]
    runs.stop()
    for thing in (details, client, runs, engine, state):
        thing.deleteLater()


def test_a_failure_with_an_unknown_number_is_ignored(person):
    person.session.state.change(panel="attribution")
    person.wait(lambda: _has_owed(person))
    person.link(Priority.DETAIL).replied.emit(Reply(10**9, Failure("exception", {}, "")))
    assert person.session.state.detail_error is None
