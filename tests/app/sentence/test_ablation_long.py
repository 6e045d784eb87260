"""Ablations that take their time, by an engine of 256 units: progress, Cancel, and who goes first."""

import os
import signal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt

from lstm_viz.app.link import EngineLink
from lstm_viz.app.state import ComparedWith, Selection
from lstm_viz.bench.engine import BENCH_ENGINE, sentence
from lstm_viz.messages import AblationQuery, ReadQuery
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


class Lent:
    """The second engine, of which the window may close only its own end; what is asked is written down."""

    def __init__(self, link):
        self._link, self.asked = link, []
        self.answered, self.failed, self.numbers = link.answered, link.failed, link.numbers
        self.silence_changed = link.silence_changed
        self.start_over, self.deleteLater = link.start_over, lambda: None

    @property
    def hello(self):
        return self._link.hello

    def start(self):
        if self.hello is not None:
            self.answered.emit(self.hello)

    def ask(self, query):
        self.asked.append(query)
        self._link.ask(query)

    def close(self):
        self._link.answered.disconnect()
        self._link.failed.disconnect()


@pytest.fixture
def second(links):
    return lambda: Lent(links[1])


@pytest.fixture
def person(links, open_session):
    """Return a person who sees the first units of many ranked."""
    selection = Selection(
        model="256", text=sentence(WORDS), step=WORDS - 1, motion=False, panel="units", unit=None
    )
    person = open_session(links[0], selection)
    person.settle()
    person.wait(lambda: known(person) > 0)
    return person


def known(person):
    ablation = person.session.state.ablation
    return ablation.done if ablation is not None and ablation.about == person.reading.number else 0


def summary_line(person):
    return person.page.side.panel("units").summary_line


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
    assert summary_line(person).ended.text() == f"Cancelled after {done:,} of 1,284 nets."
    asked = len(person.session.aside._link.asked)
    state.change(unit=3)
    person.settle()
    _answers_something_else(person)
    assert [known(person), len(person.session.aside._link.asked)] == [done, asked + 1]
    before = state.ablation.number
    person.bot.mouseClick(summary_line(person).again, Qt.MouseButton.LeftButton)
    person.wait(
        lambda: (
            state.ablation.number > before
            and summary_line(person).currentWidget() is summary_line(person)._running
        )
    )
    state.step_to(0)
    person.settle()
    person.wait(lambda: state.ablation.step == 0 and known(person) == total)
    assert summary_line(person).currentWidget() is summary_line(person).line


def _answers_something_else(person):
    """Wait until the second engine has answered a question asked now: no older answer comes after it."""
    link = person.session.aside._link
    number = next(link.numbers)
    with person.bot.waitSignal(link.answered, timeout=120_000, check_params_cb=lambda a: a.number == number):
        link.ask(ReadQuery(number, "6", "dog"))


def test_typing_on_ends_the_one_under_way_at_once(person):
    asked = person.session.aside._link.asked
    person.page.editor.moveCursor(person.page.editor.textCursor().MoveOperation.End)
    person.bot.keyClicks(person.page.editor, " dog")
    person.settle()
    assert asked[-1].read is None
    person.wait(lambda: known(person) > 0)
    last = asked[-1]
    assert last.read.number == person.reading.number


def test_a_reading_to_compare_with_is_not_kept_waiting(person):
    state, total = person.session.state, person.session.state.ablation.total
    state.change(beside=ComparedWith("the dog", "256"))
    person.wait(lambda: state.other is not None)
    assert known(person) < total
    person.wait(lambda: isinstance(person.session.aside._link.asked[-1], AblationQuery))
    person.wait(lambda: person.session.aside._link.asked[-1].read is not None)


def test_an_engine_that_dies_on_the_way_is_asked_again(person):
    state, link = person.session.state, person.session.aside._link._link
    before = state.ablation
    assert before.done < before.total
    os.kill(link.pid, signal.SIGKILL)
    person.wait(lambda: state.ablation.number > before.number)
    SHARED_PIDS.add(link.pid)
