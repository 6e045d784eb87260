"""What is asked of the second engine: of what is in front, let go of in time, again where no answer came."""

import itertools
import os
import signal

import pytest
from PySide6.QtCore import QObject, Signal

from lstm_viz.app.aside import Aside
from lstm_viz.app.engine_process import ENGINE, ENGINE_ASIDE
from lstm_viz.app.link import EngineLink
from lstm_viz.app.runs import Runs, model_name
from lstm_viz.app.state import Beside, Look, State
from lstm_viz.app.wish import Wish
from lstm_viz.messages import Hello, Problem, Read
from lstm_viz.runs.shelf import Shelf
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

    def ask(self, question):
        self.asked.append(question)

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
    owed, reading = person.session.state.owed, person.reading
    return owed is not None and owed.about == reading.number and owed.done


# ---------------------------------------------------------------- let go


def test_what_is_closed_is_let_go_of_while_a_reading_is_on_its_way(person):
    state = person.session.state
    state.change(panel="words")
    person.wait(lambda: _has_owed(person))
    state.await_reading(10**9)  # one that never comes
    state.change(panel="cell")
    person.wait(lambda: state.owed is None)


def test_where_the_first_engine_has_no_answer_the_second_is_asked_nothing(person, tmp_path):
    state = person.session.state
    state.change(panel="units")
    person.wait(lambda: state.ablated is not None)
    state.change(model=model_name(tmp_path / "gone"))
    person.wait(lambda: state.trouble is not None)
    person.wait(lambda: state.ablated is None)
    assert not person.session.aside._ablates
    state.change(model="tutorial")
    person.wait(lambda: state.ablated is not None and state.ablated.about == person.reading.number)


def test_the_memory_is_there_even_if_its_panel_is_opened_between_a_key_and_its_reading(person):
    person.bot.keyClicks(person.page.editor, "s")
    person.session.state.change(panel="memory")
    person.settle()
    person.wait(lambda: person.session.state.memory is not None)
    assert person.session.state.memory.number == person.reading.number


def test_what_is_only_looked_at_is_no_edit_after_the_window_was_closed(person):
    person.page.edit_actions.set_value()
    person.page.edit_actions.dialog.take(0.123)
    assert person.session.state.look.edits
    person.window.close()
    assert not person.session.state.look.edits


# ---------------------------------------------------------------- trouble


def test_the_trouble_of_b_is_none_of_the_words(person, tmp_path):
    state = person.session.state
    state.change(beside=Beside("The cat", model_name(tmp_path / "gone")), panel="words")
    person.wait(lambda: state.trouble_of("other") is not None and _has_owed(person))
    words = person.page.side.panel("words")
    assert words.stack.currentWidget() is words.parts
    assert "gone" in person.page.compare_row.remark.text()
    state.change(step=1)
    person.wait(lambda: _has_owed(person) and state.owed.step == 1)
    assert "gone" in person.page.compare_row.remark.text() and not person.page.pairs.awaited


def test_an_engine_that_was_given_up_says_so_wherever_it_is_needed_and_can_be_tried_again(
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
    person.wait(lambda: state.ablated is not None and state.ablated.about == person.reading.number)
    assert len(made) == 1


@pytest.mark.parametrize("panel", ["words", "units"])
def test_a_second_engine_that_is_killed_is_asked_again_for_the_rest(person, second_engine, panel):
    state, made, killed = person.session.state, second_engine(), []

    def kill(answer):
        if answer is not None and not killed:
            killed.append(made[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    (state.owed_changed if panel == "words" else state.ablated_changed).connect(kill)
    person.sets(LONG)
    person.picks_model("english")
    state.change(panel=panel)
    person.wait(lambda: killed)
    if panel == "words":
        person.wait(lambda: _has_owed(person))
    else:
        person.wait(lambda: state.ablated is not None and state.ablated.done == state.ablated.total)
    assert person.session.state.aside_trouble is None


def test_a_question_with_a_part_of_its_answer_is_still_open():
    wish, link = Wish(), Listener()
    wish.want(Read(0, "tutorial", "a"))
    wish.ask(link)
    assert wish.is_answered_by(1, whole=False)
    wish.forget()
    wish.ask(link)
    assert [question.number for question in link.asked] == [1, 2]
    assert not wish.is_answered_by(1) and wish.is_answered_by(2)
    wish.forget()
    wish.ask(link)
    assert len(link.asked) == 2


# ---------------------------------------------------------------- a run that trains on


def test_b_is_read_anew_when_its_run_has_newer_weights(application, qtbot, tmp_path):
    shelf = Shelf(tmp_path / "shelf")
    path = write_run(shelf.folder / "a", steps=40, epochs=4)
    name = model_name(path)
    state, engine = State(Look(model=name, epoch=1, beside=Beside("a b", name))), Listener()
    runs = Runs(state, shelf)
    aside = Aside(state, runs, lambda: engine)
    runs.start()
    aside._ask()
    assert [question.text for question in engine.asked] == ["a b"]
    with qtbot.waitSignal(runs.grown, check_params_cb=lambda data: data.checkpoints[-1] == 5):
        add_steps(path, 41, 10, 5)
        add_epoch(path, 50, 5, 0.999)
    qtbot.waitUntil(lambda: len(engine.asked) == 2)
    state.change(beside=Beside("a b", name, 3))
    aside._ask()
    runs.grown.emit(runs.current)
    aside._ask()
    assert [question.epoch for question in engine.asked] == [None, None, 3]
    runs.stop()
    for thing in (aside, runs, engine, state):
        thing.deleteLater()


def test_problem_numbers_of_nobody_are_nobodys_trouble(person):
    person.session.aside._take(Problem(10**9, "failed", "Somebody else's.", ""))
    assert person.session.state.aside_trouble is None
