"""The engine dies, cannot start, says nothing, finds its files damaged: the window says so and goes on."""

import contextlib
import errno
import os
import resource as limits
import shutil
import signal
import sys
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt

from lstm_viz.app.client import engine_process
from lstm_viz.app.client import link as link_module
from lstm_viz.app.client.engine_process import ENGINE
from lstm_viz.app.client.link import EngineLink
from lstm_viz.app.client.request import Priority
from lstm_viz.app.client.restarts import LASTING_SECONDS, MAX_STARTS, RestartPolicy
from lstm_viz.app.client.silence import Listening, Silence
from lstm_viz.app.panels.engine_notice import EngineNotice
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.messages import Progress, Reply
from lstm_viz.resources import resource
from tests.app.client.fakes import FakeLink

_LEFT = Qt.MouseButton.LeftButton
_DIES_WHEN_ASKED = """
import os, sys
from lstm_viz.messages import PROTOCOL, Failure, Hello, ModelName, Reply
from lstm_viz.socket_pair import of_ticket
from lstm_viz.wire import encode
hello = encode(Hello(PROTOCOL, os.getpid(), (ModelName("preset:tutorial", "Tutorial"),)))
with of_ticket(sys.stdin.readline()) as connection:
    connection.sendall(hello)
    connection.recv(1)
    {act}
    connection.recv(1 << 20)
"""
_STAYS = _DIES_WHEN_ASKED.format(act="while connection.recv(1 << 20): pass")
_OTHER_PRESETS = """
import pathlib, sys
import lstm_viz.tagging.presets as presets
presets.resource = lambda *parts: pathlib.Path({folder!r}).joinpath(*parts)
from lstm_viz.engine.__main__ import serve_window
from lstm_viz.engine.reader import Reader
sys.exit(serve_window(Reader()))
"""


@pytest.fixture
def start(application):
    """Return what starts an engine of the test's own, ended with it: ``start()`` or ``start("-c", …)``."""
    started = []

    def start_(*arguments):
        started.append(EngineLink(arguments=arguments or ENGINE))
        started[-1].start()
        return started[-1]

    yield start_
    for link in started:
        link.close()
        link.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


# ---------------------------------------------------------------- it dies


def test_a_killed_engine_comes_back_with_the_sentence(start, open_session):
    link = start()
    person = open_session(link)
    person.settle()
    person.writes("Everybody ate the book")
    first = link.pid
    os.kill(first, signal.SIGKILL)
    notice = person.content.engine_notice
    person.wait(notice.isVisible)
    assert notice.text.startswith("The engine stopped (signal 9). Another is being started")
    person.bot.keyClicks(person.page.editor, " that")  # nothing holds the person up meanwhile
    person.wait(lambda: link.hello)
    person.settle()
    assert link.pid not in (0, first)
    assert not notice.isVisible()
    assert person.page.editor.toPlainText() == "Everybody ate the book that"
    assert person.words == ["Everybody", "ate", "the", "book", "that"]
    assert person.tags[0] == "NN"


@pytest.mark.parametrize("can_restart", [True, False])
def test_another_engine_is_offered_where_there_can_be_one(application, qtbot, can_restart):
    link = FakeLink()
    link.can_restart = can_restart
    notice = EngineNotice(State(Selection()), link)
    qtbot.addWidget(notice)
    link.failed.emit("the end of its output")
    assert notice.text and notice.button.isVisibleTo(notice) == can_restart


def test_an_engine_killed_while_it_loads_is_replaced(start, open_session):
    link = start()
    person = open_session(link)
    person.wait(lambda: link.pid)
    os.kill(link.pid, signal.SIGKILL)
    person.wait(person.content.engine_notice.isVisible)
    person.settle()
    assert person.words == ["The", "dog", "ate", "the", "apple"]
    assert not person.content.engine_notice.isVisible()


@pytest.mark.parametrize(
    "act",
    [
        "connection.sendall(encode(Reply(1, Failure('engine_memory', {}, '')))); os._exit(3)",
        "connection.sendall(bytes(64))",
        "connection.sendall(hello)",
    ],
    ids=["it answers and ends", "no messages", "a second hello"],
)
def test_an_engine_that_does_not_last_is_not_started_for_ever(start, open_session, act):
    link = start("-c", _DIES_WHEN_ASKED.format(act=act))
    lost = []
    link.lost.connect(lost.append)
    person = open_session(link)
    person.wait(person.content.engine_notice.button.isVisible)
    assert len(lost) == MAX_STARTS - 1
    text = "The engine stopped several times in a row and printed nothing."
    assert person.content.engine_notice.text == text
    assert link.pid == 0


def test_engines_that_lasted_are_started_as_often_as_they_end():
    now = 0.0
    restarts = RestartPolicy(lambda: now)
    for _ in range(5):
        restarts.ready()
        now += LASTING_SECONDS
        assert restarts.ended()


def test_three_in_a_row_that_did_not_last_are_enough_however_long_they_loaded():
    now = 0.0
    restarts = RestartPolicy(lambda: now)
    assert restarts.ended()
    now += 1000  # until it was ready
    restarts.ready()
    now += LASTING_SECONDS / 2
    assert restarts.ended()
    now += 1000
    assert not restarts.ended()
    restarts.forget()
    assert restarts.ended()


# ---------------------------------------------------------------- it cannot start


def test_an_engine_that_cannot_start_is_reported_and_can_be_retried(start, open_session):
    link = start("-c", "raise SystemExit('Trace:\\nno torch here')")
    person = open_session(link)
    notice = person.content.engine_notice
    person.wait(notice.button.isVisible)
    assert notice.text == "The engine cannot be started: no torch here"
    assert notice.button.text() == "Try again"
    person.bot.keyClicks(person.page.editor, " there")
    link._arguments = ENGINE
    person.clicks(notice.button)
    assert person.words == ["The", "dog", "ate", "the", "apple", "there"]
    assert not notice.isVisible()


def test_an_engine_of_another_version_is_reported(start, open_session):
    other = _STAYS.replace("Hello(PROTOCOL,", "Hello(PROTOCOL + 1,")
    assert other != _STAYS
    person = open_session(start("-c", other))
    notice = person.content.engine_notice
    person.wait(notice.button.isVisible)
    assert notice.text == "The engine cannot be started: It has another version than this window."


def test_no_python_at_all(start, open_session, monkeypatch):
    person = open_session(start("-c", "raise SystemExit"))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    person.wait(person.content.engine_notice.button.isVisible)
    assert "No such file or directory: '/nowhere/python'" in person.content.engine_notice.text


def _descriptors():
    return sorted(int(path.name) for path in Path("/proc/self/fd").iterdir())


@contextmanager
def _no_descriptors():
    soft, hard = limits.getrlimit(limits.RLIMIT_NOFILE)
    spare = []
    limits.setrlimit(limits.RLIMIT_NOFILE, (_descriptors()[-1], hard))
    try:
        with contextlib.suppress(OSError):
            while True:
                spare.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        for descriptor in spare:
            os.close(descriptor)
        limits.setrlimit(limits.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def _no_processes():
    def refuse(*_, **__):
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("subprocess.Popen", refuse)
        yield


@pytest.mark.parametrize(
    ("nothing_left", "number"), [(_no_descriptors, errno.EMFILE), (_no_processes, errno.EAGAIN)]
)
def test_a_system_that_starts_no_engine_is_reported(start, open_session, nothing_left, number):
    """It does so before there is a window."""
    before = _descriptors()
    with nothing_left():
        assert engine_process.start_early() is None
        link = start("-c", _STAYS)
    assert _descriptors() == before
    person = open_session(link)
    notice = person.content.engine_notice
    person.wait(notice.button.isVisible)
    assert os.strerror(number) in notice.text and notice.button.text() == "Try again"
    notice.button.click()
    person.wait(lambda: link.hello)


# ---------------------------------------------------------------- it lives and says nothing


def test_a_stopped_engine_is_reported_until_it_continues_or_is_replaced(start, open_session, monkeypatch):
    monkeypatch.setattr(link_module, "_TICK_MS", 20)
    link = start()
    person = open_session(link)
    notice, silences = person.content.silence_notice, []
    person.settle()
    person.wait(lambda: not link._ticking.isActive())  # nothing is owed: nothing is counted
    link.silence_changed.connect(silences.append)
    os.kill(link.pid, signal.SIGSTOP)
    person.bot.keyClicks(person.page.editor, "s")
    person.wait(notice.isVisible)
    assert silences[0] == Silence(2, "stopped")
    assert notice.text == f"The engine has not answered for {silences[-1].seconds} s."
    os.kill(link.pid, signal.SIGCONT)
    person.settle()
    assert person.words[-1] == "apples" and not notice.isVisible() and silences[-1] is None

    stopped = link.pid
    os.kill(stopped, signal.SIGSTOP)
    person.bot.keyClicks(person.page.editor, " that")
    person.wait(notice.button.isVisible)
    assert silences[-1].seconds >= 10 and notice.button.text() == "Start another"
    monkeypatch.undo()
    lost = []
    link.lost.connect(lost.append)
    person.clicks(notice.button)
    person.wait(lambda: person.words[-1] == "that")
    assert lost == [""]  # it was asked for, and is not reported as a crash
    assert link.pid != stopped and not psutil.pid_exists(stopped) and not notice.isVisible()


def test_one_engine_is_started_for_repeated_requests(start):
    link = start("-c", "import time; time.sleep(600)")
    link.close()
    children = psutil.Process().children
    before = len(children())
    link.retry()
    first = link.pid
    link.retry()
    assert link.pid == first and len(children()) == before + 1


def test_an_engine_that_does_not_load_can_be_replaced(start, open_session, monkeypatch):
    monkeypatch.setattr(link_module, "_TICK_MS", 20)
    link = start("-c", "import time; time.sleep(600)")
    person, silences = open_session(link), []
    link.silence_changed.connect(silences.append)
    notice = person.content.silence_notice
    person.wait(notice.button.isVisible)
    assert silences[0] == Silence(10, "loading") and silences[-1].seconds >= 30
    assert notice.text == f"The engine is still loading ({silences[-1].seconds} s)."
    link._arguments = ("-c", _STAYS)
    notice.button.click()
    person.wait(lambda: link.hello)
    assert not notice.isVisible()


def test_the_training_page_tells_of_its_own_engine(trainee):
    page = trainee.content.training
    link = trainee.link(Priority.TRAINING)
    link.silence_changed.emit(Silence(10, "computing"))
    assert page.silence_notice.text == "The engine of this page is still computing (10 s)."
    assert not trainee.content.silence_notice.isVisible()
    started_over = []
    link.start_over = lambda: started_over.append(True)
    page.silence_notice.button.click()
    assert started_over
    link.silence_changed.emit(None)
    assert not page.silence_notice.isVisible()


def test_the_silence_depends_on_the_last_message():
    listening = Listening()
    ticks = lambda: [listening.tick() for _ in range(3)]  # noqa: E731
    assert listening.is_waiting and ticks() == [None] * 3
    listening.engine_loaded()
    assert not listening.is_waiting
    listening.query_sent()
    assert listening.is_waiting and ticks() == [None, Silence(2, "stopped"), Silence(3, "stopped")]
    listening.message_received()
    listening.take(Progress(1, busy=True))
    listening.query_sent()
    assert ticks() == [None, Silence(2, "computing"), Silence(3, "computing")]
    listening.message_received()
    assert ticks()[0] is None
    listening.take(Progress(1, busy=False))
    assert listening.is_waiting  # the second question is on its way to it
    listening.take(Progress(2, busy=False))
    assert not listening.is_waiting


def test_a_query_that_cannot_be_sent_is_a_failure(person):
    person.session.state.change(model="run:/\udcff")
    notice = person.content.engine_notice
    person.wait(notice.isVisible)
    assert notice.text.startswith("This sentence could not be read: The engine cannot be asked this: 'utf-8'")


# ---------------------------------------------------------------- damaged files


def test_a_damaged_preset_is_a_sentence_in_the_window(start, open_session, tmp_path):
    shutil.copytree(resource("presets"), tmp_path / "presets")
    weights = tmp_path / "presets" / "english.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    person = open_session(start("-c", _OTHER_PRESETS.format(folder=str(tmp_path))))
    person.settle()
    notice = person.content.engine_notice
    _picks(person, "preset:english")
    person.wait(notice.isVisible)
    assert notice.text.startswith("The preset “english” is damaged: its SHA-256")
    assert notice.button.text() == "Try again"
    person.picks_model("preset:tutorial-gru")
    assert not notice.isVisible() and person.tags == ["DET", "NN", "V", "DET", "NN"]
    _picks(person, "preset:english")
    person.wait(notice.isVisible)
    weights.write_bytes(whole)
    person.bot.mouseClick(notice.button, _LEFT)
    person.wait(lambda: person.reading.model.uri == "preset:english")
    assert not notice.isVisible()


def test_a_missing_preset_is_a_sentence_in_the_window(start, open_session, tmp_path):
    shutil.copytree(resource("presets"), tmp_path / "presets")
    (tmp_path / "presets" / "tutorial.json").unlink()
    person = open_session(start("-c", _OTHER_PRESETS.format(folder=str(tmp_path))))
    person.wait(person.content.engine_notice.isVisible)
    assert person.content.engine_notice.text.startswith("The preset “tutorial” cannot be read (No such file")
    person.page.editor.setFocus()
    person.bot.keyClicks(person.page.editor, "s")
    person.window.grab()
    person.picks_model("preset:tutorial-rnn")
    assert person.words[-1] == "apples"


def _picks(person, name):
    chooser = person.content.top_bar.model
    chooser.activated.emit(chooser.findData(name))


# ---------------------------------------------------------------- late answers


def test_the_result_of_a_replaced_query_is_dropped(person):
    old = person.reading
    person.writes("dog")
    shown = person.reading
    link = person.link(Priority.TYPING)
    link.replied.emit(Reply(old.number, old))
    assert person.reading is shown
    gate_arithmetic = msgspec.structs.replace(person.session.state.gate_arithmetic, reading=old.number)
    link.replied.emit(Reply(old.number, gate_arithmetic))
    assert person.session.state.gate_arithmetic is not gate_arithmetic


def test_keys_faster_than_the_engine_end_at_the_last(person):
    editor = person.page.editor
    for text in ("a", "a d", "a do", "a dog", "a dog r", "a dog ran"):
        editor.setPlainText(text)  # without waiting for anything
    person.settle()
    assert person.words == ["a", "dog", "ran"]


def test_two_windows_do_not_reuse_query_numbers(person, open_session, link):
    other = open_session(link)
    other.settle()
    assert other.reading.number > person.reading.number
    other.writes("dog")
    assert person.words == ["The", "dog", "ate", "the", "apple"]


# ---------------------------------------------------------------- memory runs out


def test_a_result_that_does_not_fit_into_memory_is_a_failure(person, monkeypatch):
    true, short = link_module.decode_from_engine, []

    def scarce(body):
        if not short and len(body) > 500:  # the reading, and not that it is under way
            short.append(body)
            raise MemoryError
        return true(body)

    with monkeypatch.context() as patch:
        patch.setattr(link_module, "decode_from_engine", scarce)
        person.page.editor.setPlainText("They read")
        person.wait(lambda: person.session.state.error is not None)
    assert "not enough memory" in person.content.engine_notice.text
    person.sets("They read that book")
    assert person.words == ["They", "read", "that", "book"] and person.session.state.error is None
