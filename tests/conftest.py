"""What every test leans on: the folder of treebanks, and a watch that nothing is left behind."""

import gc
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["OMP_NUM_THREADS"] = "1"  # as the engine does: two threads on a busy machine are slower than one

_HERE = Path(__file__).parent
os.environ["FONTCONFIG_FILE"] = str(_HERE / "fonts.conf")
_DATA = Path(os.environ.get("LSTM_VIZ_DATA", _HERE.parent.parent / "shared" / "data"))

# How long an example or an answer takes is the machine's affair: what is waited for comes, or hangs.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
for _waits in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitActive, QtBot.waitExposed):
    _waits.__kwdefaults__["timeout"] = 120_000

#: Processes that live longer than one test, by their fixture's own wish.
SHARED_PIDS: set[int] = set()


def pytest_collection_finish() -> None:
    """Set aside what the imports brought: the watch below looks at every object that is not."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of treebanks and of the tutorial's printed numbers."""
    if not _DATA.is_dir():
        pytest.skip(f"no treebanks at {_DATA}: set LSTM_VIZ_DATA to their folder")
    return _DATA


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    """Fail a test that leaves a thread, a child process, a top-level widget or a running timer behind."""
    threads, children, widgets = set(threading.enumerate()), _children(), _top_levels()
    yield
    left = [f"thread {thread.name}" for thread in set(threading.enumerate()) - threads]
    left += [f"process {pid}" for pid in _children() - children - SHARED_PIDS]
    left += [f"window {widget}" for widget in _top_levels() - widgets]
    left += _running_timers()
    assert not left, (
        f"left behind: {', '.join(left)}; close it in the test, or hand it to a fixture that does"
    )


def _children() -> set[int]:
    """Return our child processes; Linux lists them, elsewhere every process is looked at."""
    tasks = Path("/proc/self/task")
    lists = list(tasks.glob("*/children")) if tasks.is_dir() else []
    if lists:
        found = {int(pid) for children in lists for pid in _read(children).split()}
        return {pid for pid in found if psutil.pid_exists(pid) and not _is_zombie(pid)}
    return {child.pid for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE}


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the thread has ended
        return ""


def _is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _top_levels() -> set[str]:
    widgets = sys.modules.get("PySide6.QtWidgets")
    application = widgets.QApplication.instance() if widgets else None
    if application is None:
        return set()
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return {repr(w) for w in widgets.QApplication.topLevelWidgets() if w.isVisible()}


def _running_timers() -> list[str]:
    core = sys.modules.get("PySide6.QtCore")
    if core is None or core.QCoreApplication.instance() is None:
        return []
    from shiboken6 import isValid

    timers = (thing for thing in gc.get_objects() if issubclass(type(thing), core.QTimer))
    return [f"timer {timer}" for timer in timers if isValid(timer) and timer.isActive()]
