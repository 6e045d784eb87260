"""What every test leans on: the folder of treebanks, and a watch that nothing is left behind."""

import gc
import os
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from PySide6.QtCore import QTimer

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["OMP_NUM_THREADS"] = "1"  # as the engine does: two threads on a busy machine are slower than one

_HERE = Path(__file__).parent
os.environ["FONTCONFIG_FILE"] = str(_HERE / "fonts.conf")
_DATA = Path(os.environ.get("LSTM_VIZ_DATA", _HERE.parent.parent / "shared" / "data"))

# How long an example or an answer takes is the machine's affair: what is waited for comes, or hangs.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
for _waits in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitActive, QtBot.waitExposed):
    _waits.__kwdefaults__ = {**(_waits.__kwdefaults__ or {}), "timeout": 120_000}

#: Processes that live longer than one test, by their fixture's own wish.
SHARED_PIDS: set[int] = set()
#: The timers that there are.
_TIMERS: "weakref.WeakSet[QTimer]" = weakref.WeakSet()


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
    _set_aside()
    yield
    left = [f"thread {thread.name}" for thread in set(threading.enumerate()) - threads]
    left += [f"process {pid}" for pid in _children() - children - SHARED_PIDS]
    left += [f"window {widget}" for widget in _top_levels() - widgets]
    left += _running_timers()
    assert not left, (
        f"left behind: {', '.join(left)}; close it in the test, or hand it to a fixture that does"
    )


def _children() -> set[int]:
    """Return our child processes, those too that ended and were not waited for.

    On Linux they are listed in ``/proc``; on other systems every process is examined.
    """
    tasks = Path("/proc/self/task")
    lists = list(tasks.glob("*/children")) if tasks.is_dir() else []
    if lists:
        return {int(pid) for children in lists for pid in _read(children).split()}
    return {child.pid for child in psutil.Process().children()}


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the thread has ended
        return ""


def _top_levels() -> set[str]:
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return set()
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return {repr(w) for w in widgets.QApplication.topLevelWidgets() if w.isVisible()}


def _set_aside() -> None:
    """Set aside the objects that live already, so that `_new_timers` looks at those of one test alone.

    With torch and Qt loaded there are a million, which took longer than most tests.
    """
    gc.collect()
    _TIMERS.update(_new_timers())
    gc.freeze()


def _running_timers() -> list[str]:
    from shiboken6 import isValid

    _TIMERS.update(_new_timers())
    return [f"timer {timer}" for timer in _TIMERS if isValid(timer) and timer.isActive()]


def _new_timers() -> "list[QTimer]":
    """Return the timers that were not set aside."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None or core.QCoreApplication.instance() is None:
        return []
    things = gc.get_objects()
    # few types are compared: `issubclass` of Qt's types is slow
    kinds = {kind for kind in set(map(type, things)) if issubclass(kind, core.QTimer)}
    return [thing for thing in things if type(thing) in kinds] if kinds else []
