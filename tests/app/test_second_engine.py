"""The engine behind the panels that take longer: what it is asked about, and what happens when it dies."""

import os
import signal

import pytest

from lstm_viz.app import link as link_module
from lstm_viz.app.link import EngineLink
from lstm_viz.app.state import Selection
from lstm_viz.messages import AttributionQuery
from tests.runs_support import write_run

_DEAD = ("-c", "raise SystemExit('there is no torch here')")


@pytest.fixture
def links():
    made: list[EngineLink] = []

    def make() -> EngineLink:
        made.append(EngineLink())
        return made[-1]

    make.made = made
    return make


def _answered(person):
    state = person.session.state
    attribution, reading = state.attribution, state.reading
    return attribution is not None and attribution.about == reading.number and attribution.done


def test_it_is_started_when_it_is_first_needed(open_session, link, links):
    person = open_session(link, own_second=links)
    person.settle()
    assert not links.made
    person.session.state.change(panel="words")
    person.wait(lambda: _answered(person))
    assert len(links.made) == 1


def test_a_killed_second_engine_is_restarted_and_sends_results(open_session, link, links):
    person = open_session(link, Selection(motion=False, panel="words"), own_second=links)
    person.wait(lambda: _answered(person))
    os.kill(links.made[0].pid, signal.SIGKILL)
    person.wait(lambda: links.made[0].hello is None)
    person.session.state.word_to(1)
    person.wait(lambda: _answered(person) and person.session.state.attribution.step == 1)
    assert person.content.aside_notice.text == ""


def test_a_stopped_second_engine_is_reported_and_replaced(open_session, link, links, monkeypatch):
    person = open_session(link, Selection(motion=False, panel="words"), own_second=links)
    person.wait(lambda: _answered(person))
    monkeypatch.setattr(link_module, "_TICK_MS", 20)
    person.wait(lambda: not links.made[0]._listening.is_waiting)  # else it is stopped while it computes
    stopped, notice = links.made[0].pid, person.content.aside_silence_notice
    os.kill(stopped, signal.SIGSTOP)
    person.session.state.word_to(1)
    person.wait(notice.button.isVisible)
    assert notice.text.startswith("The second engine has not answered for ")
    assert not person.content.silence_notice.isVisible()
    monkeypatch.undo()
    notice.button.click()
    person.wait(lambda: _answered(person) and person.session.state.attribution.step == 1)
    assert links.made[0].pid != stopped and notice.text == "" == person.content.aside_notice.text


def test_given_up_it_can_be_tried_again(open_session, link, links):
    person = open_session(link, Selection(motion=False, panel="words"), own_second=links)
    person.wait(lambda: _answered(person))
    second = links.made[0]
    theirs, second._arguments = second._arguments, _DEAD
    second.start_over()
    notice = person.content.aside_notice
    person.wait(lambda: notice.text)
    assert notice.text == "The second engine cannot be started: there is no torch here"
    second._arguments = theirs
    person.session.state.word_to(1)
    notice.button.click()
    person.wait(lambda: _answered(person) and person.session.state.attribution.step == 1)
    assert notice.text == ""


def test_its_queries_are_about_the_weights_that_were_read(open_session, link, links, tmp_path):
    run = write_run(tmp_path / "runs" / "mine", checkpoints=True)
    person = open_session(link, Selection(model=f"run:{run}", motion=False, panel="words"), own_second=links)
    person.wait(lambda: _answered(person))
    asked = person.session.aside._wishes[AttributionQuery].query
    assert asked.read.epoch == person.reading.epoch is not None
