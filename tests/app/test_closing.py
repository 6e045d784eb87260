"""The program as a process of its own: it ends well, leaves nothing behind, and comes back as it was."""

import os
import signal
import subprocess
import sys

import msgspec
import psutil
import pytest
from safetensors.torch import save_file

from lstm_viz.app.selection.selection import Selection
from lstm_viz.opening.notes import ModelNotes
from lstm_viz.opening.notes_file import write_notes
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Saved, read_all
from lstm_viz.runs.library import RunLibrary
from lstm_viz.uris import of_file, of_run
from tests.taggers import tutorial_tagger

_DRIVER = """
import json, os, signal, sys
import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QMessageBox
from lstm_viz import cli
from lstm_viz.app.client.request import Priority
from lstm_viz.app.shell.session import Session
from lstm_viz.runs.settings import TUTORIAL

make = Session.of.__func__

def tell(session, **more):
    size = [session.window.width(), session.window.height()]
    facts = dict(model=session.state.selection.model, size=size)
    print(json.dumps(facts | more), flush=True)

def train(session):
    session.trainer.train(msgspec.structs.replace(TUTORIAL, epochs=100_000, checkpoint_every=1000))

def end(session):
    tell(session, playing=session.content.page.player.playing)
    {end}

def answer(session, text):
    for box in session.window.findChildren(QMessageBox):
        next(button for button in box.buttons() if text in button.text()).click()

def stop_when_followed(session, data, steps=[]):
    control = session.content.training.control
    steps.append(data.step)
    if data.written and steps[-1] > steps[0]:
        control.stop.click()
    if control.phase == "stopped":
        end(session)

def of(cls, *args, **more):
    session = make(cls, *args, **more)
    {when}
    return session

Session.of = classmethod(of)
sys.exit(cli.main({arguments}))
"""
WHILE_LOADING = "QTimer.singleShot(0, lambda: end(session))"
WHEN_READ = "session.state.reading_changed.connect(lambda _: end(session))"
CLOSE = "session.window.close()"
ANSWER = "session.window.close(); QTimer.singleShot(0, lambda: answer(session, '{}'))"
ENGINE = "session.client.link(Priority.TYPING)"
PLAY_AND_CLOSE = "QTimer.singleShot(0, session.window.close)"
SHOW = "session.state.show_page('training')"
TRAIN = "train(session)"
TERMINATE = "os.kill(os.getpid(), signal.SIGTERM)"
INTERRUPT = "os.kill(os.getpid(), signal.SIGINT)"
#: What Qt's offscreen platform prints when a dialog is shown.
_OF_THE_PLATFORM = "This plugin does not support propagateSizeHints()\n"
#: A dialog runs an event loop of its own.
ASK = "QDialog(session.window).exec()"
WHEN_TRAINED = (
    "session.state.reading_changed.connect(lambda _: session.trainer._jobs or train(session)); "
    "session.runs.grown.connect(lambda data: data.step and end(session))"
)


@pytest.fixture
def run(tmp_path):
    """Return what runs the program until it ends: ``run(when, end)`` gives exit status, facts and errors."""
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    environment.pop("XDG_DATA_HOME", None)

    def run_(when, end, *arguments):
        driver = _DRIVER.format(when=when, end=end, arguments=list(arguments))
        program = [sys.executable, "-c", driver]
        done = subprocess.run(program, env=environment, capture_output=True, timeout=300, check=False)
        facts = msgspec.json.decode(done.stdout.splitlines()[-1])
        return done.returncode, facts, done.stderr.decode().replace(_OF_THE_PLATFORM, "")

    return run_


def _left(tmp_path):
    """Return the processes of this test that have not ended: its home is in their environment."""
    return [process for process in psutil.process_iter() if _home(process) == str(tmp_path)]


def _home(process):
    try:
        return process.environ().get("HOME")  # one that is dead, and not ours to reap, has no environment
    except psutil.Error:
        return None


@pytest.mark.parametrize(
    ("when", "end"),
    [
        (WHEN_READ, f"session.content.page.player.play(); {PLAY_AND_CLOSE}"),
        (WHEN_READ, f"{SHOW}; QTimer.singleShot(200, lambda: {TERMINATE})"),
        (WHEN_READ, f"QTimer.singleShot(0, lambda: {INTERRUPT}); {ASK}"),
        (WHEN_READ, f"os.kill({ENGINE}.pid, signal.SIGSTOP); {CLOSE}"),
        (WHEN_READ, f"{SHOW}; {PLAY_AND_CLOSE}"),
        (WHEN_READ, f"{TRAIN}; QTimer.singleShot(0, lambda: {TERMINATE})"),
        (WHEN_READ, f"{TRAIN}; {ANSWER.format('stop')}"),
    ],
    ids=[
        "playing",
        "terminated with a spare trainer",
        "interrupted in a dialog",
        "engine hangs",
        "training page",
        "terminated while a training begins",
        "a training that begins is stopped",
    ],
)
def test_closing_is_exit_0_and_leaves_no_process(run, when, end, qtbot, tmp_path):
    status, _, errors = run(when, end)
    assert (status, errors) == (0, "")
    qtbot.waitUntil(lambda: not _left(tmp_path))


@pytest.mark.parametrize("when", [WHILE_LOADING, WHEN_READ], ids=["loading", "read"])
def test_no_process_outlives_a_window_that_is_killed(run, qtbot, when, tmp_path):
    status, _, _ = run(when, f"{SHOW}; QTimer.singleShot(200, lambda: os.kill(os.getpid(), signal.SIGKILL))")
    assert status == -signal.SIGKILL
    qtbot.waitUntil(lambda: not _left(tmp_path))


def test_choice_and_size_come_back(run, qtbot, tmp_path):
    pick = "session.window.resize(980, 740); session.state.pick_model('preset:english')"
    when = f"{pick}; {WHEN_READ}"
    status, facts, errors = run(when, CLOSE)
    assert (status, errors, facts["model"]) == (0, "", "preset:english")
    qtbot.waitUntil(lambda: not _left(tmp_path))
    status, facts, errors = run(WHILE_LOADING, CLOSE)
    assert (status, errors, facts["model"], facts["size"]) == (0, "", "preset:english", [980, 740])
    qtbot.waitUntil(lambda: not _left(tmp_path))


def test_a_file_is_opened_from_the_command_line_and_comes_back(run, qtbot, tmp_path):
    path = tmp_path / "tagger.safetensors"
    save_file(tutorial_tagger().state_dict(), path)
    write_notes(path, ModelNotes(recurrents=("lstm",), embedding="word_embeddings", readout="hidden2tag"))
    is_read = "session.state.reading_changed.connect(lambda read: 'file:' in read.model.uri and end(session))"
    for arguments in ((str(path),), ()):
        status, facts, errors = run(is_read, CLOSE, *arguments)
        assert (status, facts["model"], errors) == (0, of_file(path), "")
    qtbot.waitUntil(lambda: not _left(tmp_path))


def test_settings_nested_too_deep_are_kept_aside_and_the_window_opens(run, tmp_path):
    folder = tmp_path / "lstm-viz"
    folder.mkdir()
    (folder / "settings.json").write_bytes(b'{"look":' + b"[" * 100_000)
    (folder / "lstm-viz.ini").write_bytes(b'[General]\nlook="{\\"model\\":\\"english\\"}"\n')
    script = "tell(session, notice=session.content.notice.text); session.window.close()"
    status, facts, errors = run(WHEN_READ, script)
    assert (status, errors, facts["model"]) == (0, "", "preset:tutorial")
    assert "settings.json.damaged" in facts["notice"]
    assert (folder / "settings.json.damaged").stat().st_size > 100_000
    (folder / "settings.json").unlink()
    status, facts, errors = run(WHILE_LOADING, CLOSE)
    assert (status, errors, facts["model"]) == (
        0,
        "",
        "preset:english",
    )  # from the file of an earlier version


def _run_of(tmp_path):
    (path,) = RunLibrary(tmp_path / ".local" / "share" / "lstm-viz" / "runs").paths()
    return RunFolder(path)


@pytest.mark.parametrize("end", [ANSWER.format("stop"), TERMINATE], ids=["answer", "signal"])
def test_a_training_is_stopped_and_saved_when_the_window_is_closed(run, qtbot, tmp_path, end):
    status, _, errors = run(WHEN_TRAINED, end)
    assert (status, errors) == (0, "")
    folder = _run_of(tmp_path)
    qtbot.waitUntil(lambda: not _left(tmp_path))
    assert folder.status().phase == "stopped"
    saved = [line for line in read_all(folder.path).lines if isinstance(line, Saved)]
    assert saved[-1].step == folder.status().step and (folder.path / "state" / saved[-1].state).exists()


def test_a_training_continues_in_the_background_and_the_next_start_follows_and_stops_it(run, qtbot, tmp_path):
    status, _, errors = run(WHEN_TRAINED, ANSWER.format("background"))
    assert (status, errors) == (0, "")
    folder = _run_of(tmp_path)
    assert folder.is_written()
    follow = f"{SHOW}; session.runs.grown.connect(lambda data: stop_when_followed(session, data))"
    status, facts, errors = run(follow, CLOSE)
    assert (status, errors, facts["model"]) == (0, "", of_run(folder.path))
    qtbot.waitUntil(lambda: not _left(tmp_path))
    assert folder.status().phase == "stopped"


def test_a_training_goes_on_when_the_window_is_killed_and_is_found_again(
    run, open_session, link, qtbot, tmp_path
):
    run(WHEN_TRAINED, "os.kill(os.getpid(), signal.SIGKILL)")
    folder = _run_of(tmp_path)
    assert folder.is_written()
    person = open_session(link, Selection(model=of_run(folder.path), motion=False))
    person.wait(lambda: person.session.runs.current)
    data = person.session.runs.current
    step = data.step
    person.wait(lambda: data.step > step and data.written)
    person.session.trainer.request(data, stop=True)
    person.wait(lambda: not data.written)
    assert data.status.phase == "stopped"
