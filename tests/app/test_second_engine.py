"""The engine behind the panels that take longer: what it is asked about, and what happens when it dies."""

import os
import signal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from lstm_viz.app.client import link as link_module
from lstm_viz.app.client.link import EngineLink
from lstm_viz.app.queries.of_state import attribution_query
from lstm_viz.app.selection.selection import Selection
from tests.runs_support import write_run

_DEAD = ("-c", "raise SystemExit('there is no torch here')")


@pytest.fixture
def second_engine(application):
    """Return the link to an engine of the test's own."""
    link = EngineLink()
    yield link
    link.close()
    link.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _answered(person):
    state = person.session.state
    attribution, reading = state.attribution, state.reading
    return attribution is not None and attribution.reading == reading.number and attribution.done


def test_it_is_started_when_it_is_first_needed(second_engine, open_session, link):
    person = open_session(link, own_second=second_engine)
    person.settle()
    assert not second_engine.pid
    person.session.state.change(panel="attribution")
    person.wait(lambda: _answered(person))
    assert second_engine.pid


def test_a_killed_second_engine_is_restarted_and_sends_results(second_engine, open_session, link):
    person = open_session(link, Selection(motion=False, panel="attribution"), own_second=second_engine)
    person.wait(lambda: _answered(person))
    os.kill(second_engine.pid, signal.SIGKILL)
    person.wait(lambda: second_engine.hello is None)
    person.session.state.word_to(1)
    person.wait(lambda: _answered(person) and person.session.state.attribution.step == 1)
    assert person.content.detail_notice.text == ""


def test_a_stopped_second_engine_is_reported_and_replaced(second_engine, open_session, link, monkeypatch):
    person = open_session(link, Selection(motion=False, panel="attribution"), own_second=second_engine)
    person.wait(lambda: _answered(person))
    monkeypatch.setattr(link_module, "_TICK_MS", 20)
    person.wait(lambda: not second_engine._listening.is_waiting)  # else it is stopped while it computes
    stopped, notice = second_engine.pid, person.content.detail_silence_notice
    os.kill(stopped, signal.SIGSTOP)
    person.session.state.word_to(1)
    person.wait(notice.button.isVisible)
    assert notice.text.startswith("The background engine has not answered for ")
    assert not person.content.silence_notice.isVisible()
    monkeypatch.undo()
    notice.button.click()
    person.wait(lambda: _answered(person) and person.session.state.attribution.step == 1)
    assert second_engine.pid != stopped and notice.text == "" == person.content.detail_notice.text


def test_given_up_it_can_be_tried_again(second_engine, open_session, link):
    person = open_session(link, Selection(motion=False, panel="attribution"), own_second=second_engine)
    person.wait(lambda: _answered(person))
    theirs, second_engine._arguments = second_engine._arguments, _DEAD
    second_engine.start_over()
    notice = person.content.detail_notice
    person.wait(lambda: notice.text)
    assert notice.text == "The background engine cannot be started: there is no torch here"
    second_engine._arguments = theirs
    person.session.state.word_to(1)
    notice.button.click()
    person.wait(lambda: _answered(person) and person.session.state.attribution.step == 1)
    assert notice.text == ""


def test_its_queries_are_about_the_weights_that_were_read(second_engine, open_session, link, tmp_path):
    run = write_run(tmp_path / "runs" / "mine", checkpoints=True)
    selection = Selection(model=f"run:{run}", motion=False, panel="attribution")
    person = open_session(link, selection, own_second=second_engine)
    person.wait(lambda: _answered(person))
    assert attribution_query(person.session.state).read.epoch == person.reading.epoch is not None
