"""Startup of window and engine, and shutdown, against the import of torch."""

import subprocess
import tempfile
from collections.abc import Iterator
from statistics import median
from time import perf_counter

from lstm_viz import isolated
from lstm_viz.bench.timing import Goal, Row, counted, row

_OURS = ("-m", "lstm_viz.bench.startup_child")
#: MiB, window and engines together.
_MEMORY = 250
_TORCH = ("-c", "import time, torch; print('torch', time.perf_counter())")


def rows(*, short: bool = False) -> Iterator[Row]:
    """Run both in new processes, alternately."""
    runs = [_events(_TORCH) | _events(_OURS) for _ in range(2 if short else 7)]
    for event, name, goal in (
        ("Window", "first painted window", Goal("≤", 0.20)),
        ("Content", "page painted, ready to type", None),
        ("engine", "engine ready", Goal("≤", 1.20)),
        ("reading", "first sentence read and painted", None),
    ):
        yield row(name, "from start / import torch", [(run[event], run["torch"]) for run in runs], goal)
    closed = [(run["ended"] - run["closing"], run["torch"]) for run in runs]
    yield row("closed, until the process has ended", "from close / import torch", closed, Goal("≤", 1.0))
    memory = median(run["memory"] for run in runs)
    yield counted("memory after the first sentence", "MiB", memory, _MEMORY)


def _events(arguments: tuple[str, ...]) -> dict[str, float]:
    """Return the seconds from the start of a new process to each event that it prints."""
    with tempfile.TemporaryDirectory() as home:
        places = {"HOME": home, "XDG_CONFIG_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        started = perf_counter()  # one clock for all processes of a machine
        done = subprocess.run(
            isolated.command(*arguments),
            env=isolated.environment(**places),
            check=True,
            capture_output=True,
            text=True,
        )
        ended = perf_counter()
    printed = {name: float(number) for name, number in map(str.split, done.stdout.splitlines())}
    memory = printed.pop("memory", 0.0)
    return {event: clock - started for event, clock in printed.items()} | {
        "ended": ended - started,
        "memory": memory,
    }
