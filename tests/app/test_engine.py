"""The engine dies, cannot start, is impersonated, finds its files damaged: the window says so and goes on."""

import os
import shutil
import signal
import sys

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtNetwork import QHostAddress, QTcpSocket

from lstm_viz.app import link as link_module
from lstm_viz.app.engine_process import ENGINE
from lstm_viz.app.link import MAX_FAILURES, EngineLink
from lstm_viz.messages import Hello
from lstm_viz.resources import resource
from lstm_viz.wire import encode

_LEFT = Qt.MouseButton.LeftButton
_DIES_WHEN_ASKED = """
import os, socket, sys
from lstm_viz.messages import Hello, ModelName
from lstm_viz.wire import encode
port, secret = sys.stdin.readline().split()
with socket.create_connection(("127.0.0.1", int(port))) as connection:
    connection.sendall(encode(Hello(secret, os.getpid(), (ModelName("tutorial", "Tutorial"),))))
    connection.recv(1)
    {act}
"""
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


def test_an_engine_killed_while_it_loads_is_replaced(start, open_session):
    link = start()
    person = open_session(link)
    person.wait(lambda: link.pid)
    os.kill(link.pid, signal.SIGKILL)
    person.wait(person.content.engine_notice.isVisible)
    person.settle()
    assert person.words == ["The", "dog", "ate", "the", "apple"]
    assert not person.content.engine_notice.isVisible()


@pytest.mark.parametrize("act", ["os._exit(3)", "connection.sendall(bytes(64)); sys.stdin.read()"])
def test_an_engine_that_never_answers_is_not_started_for_ever(start, open_session, act):
    link = start("-c", _DIES_WHEN_ASKED.format(act=act))
    lost = []
    link.lost.connect(lost.append)
    person = open_session(link)
    person.wait(person.content.engine_notice.button.isVisible)
    assert len(lost) == MAX_FAILURES - 1
    assert person.content.engine_notice.text == "The engine cannot be started: it said nothing"
    assert link.pid == 0


# ---------------------------------------------------------------- it cannot start


def test_an_engine_that_cannot_start_says_why_and_can_be_tried_again(start, open_session):
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


def test_no_python_at_all(start, open_session, monkeypatch):
    person = open_session(start("-c", "raise SystemExit"))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    person.wait(person.content.engine_notice.button.isVisible)
    assert "No such file or directory: '/nowhere/python'" in person.content.engine_notice.text


# ---------------------------------------------------------------- somebody else


def _hello(secret):
    return encode(Hello(secret, 1, ()))


@pytest.mark.parametrize(
    "said",
    [b"\xff" * 64, b"\x00\x00\x00\x03abc", b"GET / HTTP/1.1\r\n\r\n", _hello("wrong"), _hello("ключ")],
    ids=["too long", "no message", "http", "wrong secret", "not ascii"],
)
def test_a_stranger_is_shown_the_door(person, said):
    link, pid = person.session.link, person.session.link.pid
    before = person.reading
    stranger = QTcpSocket()
    stranger.connectToHost(QHostAddress.SpecialAddress.LocalHost, link._server.serverPort())
    person.wait(lambda: stranger.state() == QTcpSocket.SocketState.ConnectedState)
    stranger.write(said)
    person.wait(lambda: stranger.state() == QTcpSocket.SocketState.UnconnectedState)
    assert person.reading is before and link.pid == pid
    assert person.session.state.models
    person.bot.keyClicks(person.page.editor, " read")
    person.settle()
    assert person.words[-1] == "read"


# ---------------------------------------------------------------- damaged files


def test_a_damaged_preset_is_a_sentence_in_the_window(start, open_session, tmp_path):
    shutil.copytree(resource("presets"), tmp_path / "presets")
    weights = tmp_path / "presets" / "english.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    person = open_session(start("-c", _OTHER_PRESETS.format(folder=str(tmp_path))))
    person.settle()
    notice = person.content.engine_notice
    _picks(person, "english")
    person.wait(notice.isVisible)
    assert notice.text.startswith("The preset “english” is damaged: its SHA-256")
    assert notice.button.text() == "Try again"
    person.picks_model("tutorial-gru")
    assert not notice.isVisible() and person.tags == ["DET", "NN", "V", "DET", "NN"]
    _picks(person, "english")
    person.wait(notice.isVisible)
    weights.write_bytes(whole)
    person.bot.mouseClick(notice.button, _LEFT)
    person.wait(lambda: person.reading.model.name == "english")
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
    person.picks_model("tutorial-rnn")
    assert person.words[-1] == "apples"


def _picks(person, name):
    chooser = person.content.top_bar.model
    chooser.activated.emit(chooser.findData(name))


# ---------------------------------------------------------------- late answers


def test_an_answer_to_a_replaced_question_is_dropped(person):
    old = person.reading
    person.writes("dog")
    shown = person.reading
    person.session.link.answered.emit(old)
    assert person.reading is shown
    explanation = msgspec.structs.replace(person.session.state.explanation, number=old.number)
    person.session.link.answered.emit(explanation)
    assert person.session.state.explanation is not explanation


def test_keys_faster_than_the_engine_end_at_the_last(person):
    editor = person.page.editor
    for text in ("a", "a d", "a do", "a dog", "a dog r", "a dog ran"):
        editor.setPlainText(text)  # without waiting for anything
    person.settle()
    assert person.words == ["a", "dog", "ran"]


def test_question_numbers_are_not_used_twice_by_two_windows(person, open_session, link):
    other = open_session(link)
    other.settle()
    assert other.reading.number > person.reading.number
    other.writes("dog")
    assert person.words == ["The", "dog", "ate", "the", "apple"]


# ---------------------------------------------------------------- memory runs out


def test_an_answer_that_does_not_fit_into_memory_is_a_sentence(person, monkeypatch):
    true, short = link_module.decode_answer, []

    def scarce(body):
        if not short:
            short.append(body)
            raise MemoryError
        return true(body)

    with monkeypatch.context() as patch:
        patch.setattr(link_module, "decode_answer", scarce)
        person.page.editor.setPlainText("They read")
        person.wait(lambda: person.session.state.trouble is not None)
    assert "not enough memory" in person.content.engine_notice.text
    person.sets("They read that book")
    assert person.words == ["They", "read", "that", "book"] and person.session.state.trouble is None
