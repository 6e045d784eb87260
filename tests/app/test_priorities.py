"""Whoever computes for the window, but not at its keys, lets the window go first."""

import subprocess
import sys

import psutil
import pytest

from lstm_viz.app.client.engine_process import ENGINE, ENGINE_BACKGROUND
from lstm_viz.app.runs.trainer_process import PREFORK


@pytest.mark.skipif(not hasattr(psutil.Process, "nice"), reason="no such thing here")
@pytest.mark.parametrize(("module", "later"), [(ENGINE, 0), (ENGINE_BACKGROUND, 5), (PREFORK, 5)])
def test_trainer_and_the_engine_behind_the_training_page_stand_back(module, later, qtbot):
    with subprocess.Popen([sys.executable, *module], stdin=subprocess.PIPE) as process:
        try:
            qtbot.waitUntil(lambda: later == 0 or _nice(process) >= _own() + later, timeout=120_000)
            assert _nice(process) == _own() + later
        finally:
            process.kill()


def _own() -> int:
    return psutil.Process().nice()


def _nice(process) -> int:
    return psutil.Process(process.pid).nice()
