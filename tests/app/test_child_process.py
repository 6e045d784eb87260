"""Processes that are ended, whatever the system makes of it."""

import sys
import tempfile

import pytest

from lstm_viz.app import child_process
from lstm_viz.app.child_process import ChildProcess
from lstm_viz.app.engine_process import EngineProcess
from lstm_viz.app.trainer_process import TrainerProcess

_WAITS = ("-c", "import sys; sys.stdin.read()")


@pytest.mark.parametrize("kind", [EngineProcess, TrainerProcess])
def test_one_that_the_system_takes_away_late_is_no_error(kind, monkeypatch):
    monkeypatch.setattr(child_process, "_KILLED_SECONDS", 0.0)
    process = kind(_WAITS)
    process.end()
    monkeypatch.undo()
    process.kill()
    assert process.ended() == ("signal 9" if sys.platform != "win32" else "exit 1")


def test_one_that_has_ended_can_be_killed():
    process = ChildProcess(("-c", "pass"))
    process._process.wait()
    process.kill()
    assert process.ended() == "exit 0"


def test_one_whose_output_cannot_be_kept_is_started_all_the_same(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    process = ChildProcess(("-c", "import sys; print('x' * 1_000_000); sys.stdout.flush(); sys.exit(3)"))
    assert process._process.wait(300) == 3
    assert process.printed() == ""
    process.say(b"")
