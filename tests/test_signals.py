"""The window's command and the signals of the system, at moments from its first second on.

``LSTM_VIZ_LONG`` tries sixty moments by chance instead of a few.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")

_ROOT = Path(__file__).parent.parent
_LONG = bool(os.environ.get("LSTM_VIZ_LONG"))
_WAIT_SECONDS = 120
_ALL = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_CHANCE = random.Random(20260101)
#: Seconds after the program listens, and the signals that it is sent one after the other.
_TRIES = (
    [(_CHANCE.uniform(0, 3), (_CHANCE.choice(_ALL),)) for _ in range(60)]
    if _LONG
    else [(0, (signal.SIGTERM,)), (0.2, (signal.SIGHUP, signal.SIGINT)), (0.6, (signal.SIGINT,))]
)


@pytest.fixture
def start(tmp_path):
    """Return what starts the window without a screen, from a shell where its words are to be redirected."""
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    environment |= {"PYTHONPATH": str(_ROOT), "QT_QPA_PLATFORM": "offscreen"}
    started = []

    def start_(redirected=""):
        shell = ["sh", "-c", f'exec "$@" {redirected}', "sh"]
        command = [*shell, sys.executable, "-m", "lstm_viz"]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=pipe, stderr=pipe))
        return started[-1]

    yield start_
    for process in started:
        process.kill()
        process.communicate()


def _until(true):
    end = time.monotonic() + _WAIT_SECONDS
    while not (found := true()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.002)
    return found


def _listens(process):
    """Tell whether the program takes SIGTERM; elsewhere than on Linux it does once its engine is there."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return psutil.Process(process.pid).children()
    caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1


def _is_gone(process):
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE  # which nobody reaps
    except psutil.NoSuchProcess:
        return True


def _end(process, numbers):
    """Send the signals; return exit status and words, with nobody left, and print how long both took."""
    children = psutil.Process(process.pid).children(recursive=True)
    sent = time.monotonic()
    for number in numbers:
        process.send_signal(number)
    said = process.communicate(timeout=_WAIT_SECONDS)
    ended = time.monotonic()
    _until(lambda: all(map(_is_gone, children)))
    print(f"exit after {ended - sent:.3f} s, the last child after {time.monotonic() - sent:.3f} s")
    return process.returncode, *(words.decode() for words in said)


@pytest.mark.parametrize(("seconds", "numbers"), _TRIES)
def test_a_signal_ends_the_window_and_its_children(start, seconds, numbers):
    process = start()
    _until(lambda: _listens(process))
    time.sleep(seconds)  # any moment will do
    assert _end(process, numbers) == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_engine_that_is_loading_ends_with_the_window(start, number):
    process = start()
    (engine,) = _until(psutil.Process(process.pid).children)
    _until(lambda: any("torch" in each.path for each in engine.memory_maps()))
    assert _end(process, [number]) == (0 if number == signal.SIGTERM else -number, "", "")


def test_without_standard_streams_the_window_has_an_engine_and_ends_too(start):
    process = start("<&- >&- 2>&-")
    (engine,) = _until(psutil.Process(process.pid).children)
    _until(lambda: any("torch" in each.path for each in engine.memory_maps()))
    assert _end(process, [signal.SIGTERM]) == (0, "", "")
