"""Ablations that take their time, by an engine of 256 units: progress, Cancel, and who goes first."""

import os
import signal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt

from lstm_viz.app.client.link import EngineLink
from lstm_viz.app.client.request import Priority
from lstm_viz.app.selection.selection import ComparedWith, Selection
from lstm_viz.bench.engine import BENCH_ENGINE, sentence
from lstm_viz.messages import AblationQuery, Cancel, Envelope, ReadQuery
from tests.app.conftest import Borrowed
from tests.conftest import SHARED_PIDS

WORDS = 200


@pytest.fixture(scope="module")
def links(application):
    """Return two engines of large nets, one for each side of the window."""
    made = [EngineLink(arguments=BENCH_ENGINE) for _ in range(2)]
    for link in made:
        link.start()
    yield made
    for link in made:
        link.close()
        link.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def person(links, open_session):
    """Return a person who sees the first units of many ranked."""
    selection = Selection(
        model="256", text=sentence(WORDS), step=WORDS - 1, motion=False, panel="ablation", unit=None
    )
    person = open_session(links[0], selection, own_second=Borrowed(lambda: links[1]))
    person.settle()
    person.wait(lambda: known(person) > 0)
    return person


def queries(person):
    """Return the queries that were sent to the second engine."""
    return person.link(Priority.DETAIL).queries


def known(person):
    ablation = person.session.state.ablation
    return ablation.done if ablation is not None and ablation.reading == person.reading.number else 0


def summary_line(person):
    return person.page.side.panel("ablation").summary_line


def test_it_is_ended_and_run_again(person):
    state = person.session.state
    person.wait(lambda: summary_line(person).currentWidget() is summary_line(person)._running)
    total = state.ablation.total
    assert total == 256 + 4 + 4 * 256
    person.bot.mouseClick(summary_line(person).cancel, Qt.MouseButton.LeftButton)
    _answers_something_else(person)
    done = known(person)
    assert 0 < done < total
    assert summary_line(person).currentWidget() is summary_line(person)._stopped
    assert summary_line(person).ended.text() == f"Cancelled after {done:,} of 1,284 forward passes."
    sent, before = len(queries(person)), state.ablation
    state.change(unit=3)
    person.settle()
    _answers_something_else(person)
    assert [known(person), len(queries(person))] == [done, sent]
    person.bot.mouseClick(summary_line(person).again, Qt.MouseButton.LeftButton)
    person.wait(
        lambda: (
            state.ablation is not before
            and summary_line(person).currentWidget() is summary_line(person)._running
        )
    )
    state.step_to(0)
    person.settle()
    person.wait(lambda: state.ablation.step == 0 and known(person) == total)
    assert summary_line(person).currentWidget() is summary_line(person).line


def _answers_something_else(person):
    """Wait until the second engine has answered a question asked now: no older answer comes after it."""
    link = person.link(Priority.DETAIL).shared
    number = next(person.session.client.numbers)
    with person.bot.waitSignal(link.replied, timeout=120_000, check_params_cb=lambda a: a.number == number):
        link.send(Envelope(number, "other", ReadQuery("6", "dog")))


def test_typing_on_ends_the_one_under_way_at_once(person):
    sent = person.link(Priority.DETAIL).sent
    before = len(sent)
    person.page.editor.moveCursor(person.page.editor.textCursor().MoveOperation.End)
    person.bot.keyClicks(person.page.editor, " dog")
    person.settle()
    assert isinstance(sent[before], Cancel)
    person.wait(lambda: known(person) > 0)
    assert sent[-1].query.reading == person.reading.number


def test_a_reading_to_compare_with_is_not_kept_waiting(person):
    state, total = person.session.state, person.session.state.ablation.total
    state.change(compared_with=ComparedWith("the dog", "256"))
    person.wait(lambda: state.other is not None)
    assert known(person) < total
    person.wait(lambda: isinstance(queries(person)[-1], AblationQuery))


def test_an_engine_that_dies_on_the_way_is_asked_again(person):
    state, link = person.session.state, person.link(Priority.DETAIL).shared
    before = state.ablation
    assert before.done < before.total
    killed = link.pid
    os.kill(killed, signal.SIGKILL)
    person.wait(lambda: state.ablation is not before and link.pid not in (0, killed))
    SHARED_PIDS.add(link.pid)
