"""What is asked of the second engine: of what is in front, let go of in time, again where no answer came."""

import itertools
import os
import signal

import pytest
from PySide6.QtCore import QObject, Signal

from lstm_viz.app.aside import Aside
from lstm_viz.app.engine_process import ENGINE, ENGINE_ASIDE
from lstm_viz.app.link import EngineLink
from lstm_viz.app.runs import Runs
from lstm_viz.app.state import ComparedWith, Selection, State
from lstm_viz.app.wish import Wish
from lstm_viz.messages import Failure, Hello, ReadQuery
from lstm_viz.runs.library import RunLibrary
from lstm_viz.uris import of_run
from tests.runs_support import add_epoch, add_steps, write_run

LONG = "the old man who lives near the river gave his two young dogs some meat before he walked home"


class Listener(QObject):
    """A second engine that is there and says nothing; ``asked`` is all it was asked."""

    answered, failed, silence_changed = Signal(object), Signal(str), Signal(object)

    def __init__(self):
        super().__init__()
        self.numbers, self.asked, self.hello = itertools.count(1), [], Hello(0, ())

    def start(self):
        self.answered.emit(self.hello)

    def ask(self, query):
        self.asked.append(query)

    def close(self):
        pass


@pytest.fixture
def second_engine(person):
    """Let the person's second engine be one of their own, for example ``second_engine("-c", …)``."""
    made = []

    def make(*arguments):
        def link():
            made.append(EngineLink(arguments=arguments or ENGINE_ASIDE))
            return made[-1]

        person.session.aside._make_link = link
        return made

    return make


def _has_owed(person):
    attribution, reading = person.session.state.attribution, person.reading
    return attribution is not None and attribution.about == reading.number and attribution.done


# ---------------------------------------------------------------- let go


def test_the_results_of_a_closed_panel_are_dropped_while_a_reading_is_pending(person):
    state = person.session.state
    state.change(panel="words")
    person.wait(lambda: _has_owed(person))
    state.await_reading(10**9)  # one that never comes
    state.change(panel="cell")
    person.wait(lambda: state.attribution is None)


def test_without_a_reading_the_second_engine_gets_no_query(person, tmp_path):
    state = person.session.state
    state.change(panel="units")
    person.wait(lambda: state.ablation is not None)
    state.change(model=of_run(tmp_path / "gone"))
    person.wait(lambda: state.error is not None)
    person.wait(lambda: state.ablation is None)
    assert not person.session.aside._is_ablating
    state.change(model="tutorial")
    person.wait(lambda: state.ablation is not None and state.ablation.about == person.reading.number)


def test_the_decomposition_arrives_even_if_its_panel_is_opened_between_a_key_and_its_reading(person):
    person.bot.keyClicks(person.page.editor, "s")
    person.session.state.change(panel="memory")
    person.settle()
    person.wait(lambda: person.session.state.decomposition is not None)
    assert person.session.state.decomposition.number == person.reading.number


def test_a_selection_is_no_edit_after_the_window_was_closed(person):
    person.page.edit_actions.set_value()
    person.page.edit_actions.dialog.take(0.123)
    assert person.session.state.selection.edits
    person.window.close()
    assert not person.session.state.selection.edits


# ---------------------------------------------------------------- errors


def test_an_error_of_b_is_no_error_of_the_attribution(person, tmp_path):
    state = person.session.state
    state.change(beside=ComparedWith("The cat", of_run(tmp_path / "gone")), panel="words")
    person.wait(lambda: state.error_of("other") is not None and _has_owed(person))
    words = person.page.side.panel("words")
    assert words.stack.currentWidget() is words.parts
    assert "gone" in person.page.compare_row.remark.text()
    state.change(step=1)
    person.wait(lambda: _has_owed(person) and state.attribution.step == 1)
    assert "gone" in person.page.compare_row.remark.text() and not person.page.pairs.awaited


def test_an_engine_that_cannot_be_started_is_reported_in_all_its_panels_and_can_be_retried(
    person, second_engine
):
    state, notice = person.session.state, person.content.aside_notice
    made = second_engine("-c", "raise SystemExit('no room')")
    state.change(panel="words")
    person.wait(notice.isVisible)
    assert notice.text == "The second engine cannot be started: no room"
    state.change(panel="cell")
    person.wait(lambda: not notice.isVisible())
    state.change(panel="units")
    person.wait(notice.isVisible)
    assert person.page.side.panel("units").message.text() == notice.text
    made[0]._arguments = ENGINE
    notice.button.click()
    assert not notice.isVisible()
    person.wait(lambda: state.ablation is not None and state.ablation.about == person.reading.number)
    assert len(made) == 1


@pytest.mark.parametrize("panel", ["words", "units"])
def test_the_pending_queries_of_a_killed_second_engine_are_repeated(person, second_engine, panel):
    state, made, killed = person.session.state, second_engine(), []

    def kill(answer):
        if answer is not None and not killed:
            killed.append(made[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    (state.attribution_changed if panel == "words" else state.ablation_changed).connect(kill)
    person.sets(LONG)
    person.picks_model("english")
    state.change(panel=panel)
    person.wait(lambda: killed)
    if panel == "words":
        person.wait(lambda: _has_owed(person))
    else:
        person.wait(lambda: state.ablation is not None and state.ablation.done == state.ablation.total)
    assert person.session.state.aside_error is None


def test_a_query_with_a_partial_result_is_still_pending():
    wish, link = Wish(), Listener()
    wish.want(ReadQuery(0, "tutorial", "a"))
    wish.ask(link)
    assert wish.is_answered_by(1, whole=False)
    wish.forget()
    wish.ask(link)
    assert [query.number for query in link.asked] == [1, 2]
    assert not wish.is_answered_by(1) and wish.is_answered_by(2)
    wish.forget()
    wish.ask(link)
    assert len(link.asked) == 2


# ---------------------------------------------------------------- a run that trains on


def test_b_is_read_anew_when_its_run_has_newer_weights(application, qtbot, tmp_path):
    library = RunLibrary(tmp_path / "shelf")
    path = write_run(library.folder / "a", steps=40, epochs=4)
    name = of_run(path)
    state, engine = State(Selection(model=name, epoch=1, beside=ComparedWith("a b", name))), Listener()
    runs = Runs(state, library)
    aside = Aside(state, runs, lambda: engine)
    runs.start()
    aside._ask()
    assert [query.text for query in engine.asked] == ["a b"]
    with qtbot.waitSignal(runs.grown, check_params_cb=lambda data: data.checkpoints[-1] == 5):
        add_steps(path, 41, 10, 5)
        add_epoch(path, 50, 5, 0.999)
    qtbot.waitUntil(lambda: len(engine.asked) == 2)
    state.change(beside=ComparedWith("a b", name, 3))
    aside._ask()
    runs.grown.emit(runs.current)
    aside._ask()
    assert [query.epoch for query in engine.asked] == [None, None, 3]
    runs.stop()
    for thing in (aside, runs, engine, state):
        thing.deleteLater()


def test_a_failure_with_an_unknown_number_is_ignored(person):
    person.session.aside._take(Failure(10**9, "failed", "Somebody else's.", ""))
    assert person.session.state.aside_error is None
