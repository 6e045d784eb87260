"""A window that lives long ends as it began, whatever was done in it. The long forms are `make soak`'s."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.conftest import LONG

_MINUTES = float(os.environ.get("LSTM_VIZ_SOAK_MINUTES", "30")) if LONG else 0.0
_CYCLES = 500
_ROOT = Path(__file__).parents[2]


def _run(*arguments: object) -> None:
    """Run a driver as a process of its own, what it prints being seen as it comes."""
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=_ROOT,
        env=environment,
        capture_output=not LONG,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_everything_that_is_done_in_a_window_leaves_it_as_it_was() -> None:
    _run("tests.soak.window", _MINUTES)


@pytest.mark.skipif(not LONG, reason="tests/app/test_closing.py does it once")
def test_opened_and_closed_many_times() -> None:
    _run("tests.soak.cycles", _CYCLES)
