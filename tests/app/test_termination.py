"""The signals of the system in a program without a window: they end it at whatever moment, with status 0."""

import signal
import subprocess
import sys

import pytest

from lstm_viz import isolated

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
WAIT_SECONDS = 120
_PROGRAM = """
import ctypes, signal, sys, time
from lstm_viz.app.shell import termination
from lstm_viz.app.shell.termination import Termination
{first}
ours = Termination()
{then}
print("ready", flush=True)
{last}
"""
_ALL = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.fixture
def program():
    """Return what starts a program with the parts that are given, and waits until it is ready."""
    started = []

    def start(first="signal.signal(signal.SIGHUP, signal.SIG_DFL)", then="", last=""):  # as if without nohup
        command = isolated.command("-c", _PROGRAM.format(first=first, then=then, last=last))
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        assert started[-1].stdout.readline() == b"ready\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _end(process):
    output, errors = process.stdout.read(), process.stderr.read()  # what was read already is in their buffers
    return process.wait(WAIT_SECONDS), output.decode(), errors.decode()


@pytest.mark.parametrize("number", _ALL)
def test_a_program_that_is_busy_elsewhere_ends_at_once(program, number):
    process = program(last="ctypes.CDLL(None).sleep(600), ctypes.CDLL(None).sleep(600)")
    process.send_signal(number)
    assert _end(process) == (0, "", "")


@pytest.mark.parametrize("number", _ALL)
def test_what_can_be_closed_is_closed_once(program, number):
    then = "import threading; asked = threading.Event()\n"
    then += "ours.close_with(lambda: (print('closing', flush=True), asked.set()))"
    process = program(then=then, last="asked.wait(); sys.stdin.readline(); print('saved'); ours.finish()")
    process.send_signal(number)
    assert process.stdout.readline() == b"closing\n"
    for again in _ALL:
        process.send_signal(again)
    assert _end(process) == (0, "saved\n", "")


def test_what_does_not_close_is_ended(program):
    then = "termination._GRACE_SECONDS = 0.01; ours.close_with(lambda: None)"
    process = program(then=then, last="time.sleep(600)")
    process.send_signal(signal.SIGTERM)
    assert _end(process) == (0, "", "")


def test_a_program_that_has_finished_cannot_be_interrupted(program):
    process = program(then="ours.finish()", last="print('go'); sys.stdin.readline(); sys.exit(3)")
    for number in _ALL:
        process.send_signal(number)
    assert _end(process) == (3, "go\n", "")


def test_under_nohup_the_end_of_the_terminal_is_none(program):
    process = program(first="signal.signal(signal.SIGHUP, signal.SIG_IGN)", last="time.sleep(600)")
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)
    assert _end(process) == (0, "", "")
    assert signal.SIGHUP < signal.SIGTERM  # of two that wait, the lower is delivered first
