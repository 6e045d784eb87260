"""The short form of `make bench`: every group runs and says what it should; figures are for the machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_viz.bench import startup, timing
from lstm_viz.bench.timing import Goal, compare, row


def test_a_row_tells_the_slower_from_the_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]

    def takes(seconds: float) -> None:
        clock[0] += seconds

    monkeypatch.setattr(timing, "perf_counter", lambda: clock[0])
    line = compare("a", "two / one", lambda: takes(2), lambda: takes(1), goal=Goal("≤", 5.0), seconds=30)
    assert (line.ratio, line.p95, line.ok, line.ms_a, line.ms_b) == (2, 2, True, 2000, 1000)
    assert clock[0] == 3 * (2 + 30 / 3)  # once to warm up, once to see how long it takes, and then the pairs


def test_a_row_may_be_judged_by_its_worst() -> None:
    pairs = [(1.0, 2.0)] * 15 + [(3.0, 2.0)] * 5
    assert row("a", "b", pairs, Goal("≤", 1.0)).ok
    assert not row("a", "b", pairs, Goal("≤", 1.0), by_p95=True).ok


def test_the_program_starts_in_the_order_that_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Window, then page, then engine, then the first sentence: each a row, none of them nothing."""
    monkeypatch.setattr(startup, "_TORCH", ("-c", "import time; print('torch', time.perf_counter())"))
    lines = list(startup.rows(short=True))
    assert [line.name for line in lines] == [
        "first painted window",
        "page painted, ready to type",
        "engine ready",
        "first sentence read and painted",
        "closed, until the process has ended",
        "memory after the first sentence",
    ]
    *times, closed, _ = [line.ms_a for line in lines]
    assert times == sorted(times)
    assert times[0] > 10 and closed > 0
    assert lines[-1].ratio > 0.1  # engines are counted


def test_the_window_is_measured_and_written_down(tmp_path: Path) -> None:
    pytest.importorskip("pyqtgraph", reason="pyqtgraph is in the bench extra")
    pytest.importorskip("matplotlib", reason="matplotlib is in the bench extra")
    out = tmp_path / "bench.json"
    command = [sys.executable, "-m", "lstm_viz.bench", "--short", "--only", "window", "--json", str(out)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = json.loads(out.read_text())["rows"]
    assert len(rows) == len(printed.splitlines()) - 1 == 11
    assert all(line["ratio"] > 0 for line in rows)
