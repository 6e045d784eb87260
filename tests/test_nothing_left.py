"""Every test is watched: what it leaves running fails it, also where a fixture of more tests has made it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent
_TESTS = """
import subprocess, sys, threading
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

kept = []

@pytest.fixture(scope="module")
def shared(qapp):
    timer = QTimer()
    yield timer
    timer.stop()

def test_stopped(shared):
    timer = QTimer()
    timer.start(100_000)
    timer.stop()

def test_timer(shared):
    kept.append(QTimer())
    kept[-1].start(100_000)

def test_shared_timer(shared):
    kept.pop().stop()
    shared.start(100_000)

def test_window(shared):
    shared.stop()
    kept.append(QWidget())
    kept[-1].show()

def test_thread(shared):
    kept.pop().hide()
    kept.append(threading.Event())
    threading.Thread(target=kept[-1].wait, name="waits").start()

def test_process(shared):
    kept.pop().set()
    while threading.active_count() > 1:
        pass
    kept.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))

def test_zombie(shared):
    kept.pop().communicate()
    kept.append(subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE))
    kept[-1].stdout.read()

def test_nothing(shared):
    kept.pop().communicate()
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what pytest prints of tests that leave something behind."""
    folder = tmp_path_factory.mktemp("left")
    (folder / "test_left.py").write_text(_TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", "-rE"]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    return done.stdout


@pytest.mark.parametrize(
    ("test", "what"),
    [
        ("timer", "timer <PySide6.QtCore.QTimer"),
        ("shared_timer", "timer <PySide6.QtCore.QTimer"),
        ("window", "window <PySide6.QtWidgets.QWidget"),
        ("thread", "thread waits"),
        ("process", "process "),
        ("zombie", "process "),
    ],
)
def test_what_is_left_is_an_error(output: str, test: str, what: str) -> None:
    report = output.partition(f"ERROR at teardown of test_{test} _")[2]
    assert f"left behind: {what}" in report.partition("ERROR at teardown")[0]


def test_what_is_ended_is_none(output: str) -> None:
    assert "8 passed, 6 errors" in output
