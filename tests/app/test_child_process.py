"""Processes that are ended, by us or by our own end, whatever the system makes of it."""

import os
import signal
import subprocess
import sys
import tempfile
import threading

import psutil
import pytest

from lstm_viz import isolated, lifeline
from lstm_viz.app import child_process
from lstm_viz.app.child_process import ChildProcess
from lstm_viz.app.client.engine_process import EngineProcess
from lstm_viz.app.runs.trainer_process import TrainerProcess
from tests.training.conftest import wait_for

WAIT_SECONDS = 120
_WAITS = ("-c", "import sys; sys.stdin.read()")
_PARENT = """
import os, signal, sys, time
from lstm_viz.app.child_process import ChildProcess
from lstm_viz.app.runs.trainer_process import TrainerProcess
{start}
print(child.pid, flush=True)
{then}
"""
_SLEEPS = "('-c', 'import time; time.sleep(600)')"
#: It holds the interpreter's lock as the import of torch does, but for as long as the test.
_HOLDS = "('-c', 'import ctypes; ctypes.PyDLL(None).sleep(600)')"
_ENDS = "os.kill(os.getpid(), signal.SIGKILL)"

linux = pytest.mark.skipif(sys.platform != "linux", reason="asks what only Linux has")


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
    wait_for(process.ended)
    process.kill()
    assert process.ended() == "exit 0"


# ---------------------------------------------------------------- it ends with its parent


def _child_of(start, then):
    """Return the process that a parent started which then ran the program, and died."""
    command = isolated.command("-c", _PARENT.format(start=start, then=then))
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        assert parent.wait(WAIT_SECONDS) == -signal.SIGKILL
    return child


def _ends(process):
    """Tell whether it ends; one that has, and that nobody reaps, counts."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE or process.wait(WAIT_SECONDS) is None
    except psutil.NoSuchProcess:
        return True


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
@pytest.mark.parametrize(
    "start",
    [
        f"child = ChildProcess({_SLEEPS})",
        f"child = ChildProcess({_SLEEPS}); child.write_line(b'a line')",
        f"child = TrainerProcess({_SLEEPS})",
        "child = TrainerProcess()",
        pytest.param(f"child = ChildProcess({_HOLDS})", marks=linux),
    ],
    ids=["waiting", "told", "spare", "spare that loads", "holding the lock"],
)
@pytest.mark.parametrize("seconds", [0, 0.2], ids=["at once", "later"])
def test_it_ends_with_a_parent_that_is_killed(start, seconds):
    assert _ends(_child_of(start, f"time.sleep({seconds}); {_ENDS}"))


@pytest.mark.parametrize("life_line", ["always", "until input"])
def test_it_ends_before_it_begins_where_its_parent_is_gone(life_line):
    read, write = os.pipe()
    os.close(write)
    program = isolated.command("-c", "print('began')", life_line=life_line)
    done = subprocess.run(program, stdin=read, capture_output=True, timeout=WAIT_SECONDS, check=False)
    os.close(read)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
@pytest.mark.parametrize("seconds", [0, 0.2], ids=["at once", "later"])
def test_a_trainer_with_its_command_outlives_the_window(tmp_path, seconds):
    program = "import pathlib, sys; from lstm_viz import lifeline; lifeline.release_stdin(); "
    program += f"pathlib.Path({str(tmp_path / 'said')!r}).write_text(sys.stdin.read())"
    start = (
        f"child = TrainerProcess(('-c', {program!r})); time.sleep({seconds}); child.run_command(['train'])"
    )
    assert _ends(_child_of(start, _ENDS))
    assert (tmp_path / "said").read_text() == '["train"]\n'


def test_a_line_that_is_read_just_before_the_end_of_file_counts(monkeypatch):
    """The words are read between the two looks: whoever read them has let go before."""
    ended, others = [], threading.Event()

    def read_by_then():
        others.set()
        return False

    monkeypatch.setattr(lifeline, "_released", others)
    monkeypatch.setattr(lifeline, "_has_input", read_by_then)
    monkeypatch.setattr(os, "_exit", ended.append)
    lifeline._exit_when_closed(False)
    assert not ended
    others.clear()
    monkeypatch.setattr(lifeline, "_has_input", lambda: False)
    lifeline._exit_when_closed(False)
    assert ended == [0]


def test_one_that_reads_for_itself_is_not_ended_by_the_end_of_what_it_read():
    listens = "import sys, time; from lstm_viz import lifeline; lifeline.release_stdin(); "
    process = TrainerProcess(("-c", listens + "print(sys.stdin.read()); time.sleep(0.2); print('on')"))
    process.run_command(["train"])
    wait_for(process.ended)
    assert (process.ended(), process.last_line()) == ("exit 0", "on")
    process.forget()


# ---------------------------------------------------------------- what it is given


@linux
def test_it_inherits_no_other_descriptor():
    """Whatever became inheritable: the listing opens one itself."""
    read, write = os.pipe()
    os.set_inheritable(write, True)
    process = ChildProcess(("-c", "import os; print(sorted(map(int, os.listdir('/proc/self/fd'))))"))
    wait_for(process.ended)
    assert process.printed() == "[0, 1, 2, 3]\n"
    os.close(read), os.close(write)
    process.kill()


def test_it_is_started_where_no_folder_takes_a_temporary_file(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    process = ChildProcess(("-c", "print('lost')"))
    wait_for(process.ended)
    process.kill()
    assert (process.ended(), process.printed()) == ("exit 0", "")
