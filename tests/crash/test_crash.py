"""What writes a folder is killed, loses its power, and is refused by the system at every point of its way.

``make crash`` tries every point, and prints how many there were; else it is some of each kind.
"""

import contextlib
import functools
import itertools
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.crash.attempts import Operation, attempt, attempts, points
from tests.crash.runner import LONG_TRAININGS, TRAININGS, attempts_of, plans_of, warm
from tests.crash.system import Plan
from tests.crash.writers import WRITERS, NamedFile
from tests.training.conftest import LONG

_CHUNK = 16  # attempts that a process makes at a time
#: How many attempts of each kind are made where not all are: a training takes a while.
_TRAINING = {"killed": 4, "power lost": 2, "fails once": 4, "fails from then on": 2, "out of memory": 1}
_WRITER = {"killed": 3, "power lost": 1, "fails once": 3, "fails from then on": 2}


@pytest.fixture(scope="module")
def trainers() -> Iterator[ProcessPoolExecutor]:
    with _pool(warm) as pool:
        yield pool


@pytest.fixture(scope="module")
def writers() -> Iterator[ProcessPoolExecutor]:
    """Return processes without torch: what they fork has less to copy."""
    with _pool(None) as pool:
        yield pool


@contextlib.contextmanager
def _pool(initializer: Callable[[], None] | None) -> Iterator[ProcessPoolExecutor]:
    """Return processes that fork; they are spawned, since ours may have threads."""
    count = (os.cpu_count() or 1) if LONG else 1
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer) as pool:
        for started in [pool.submit(os.getpid) for _ in range(count)]:
            started.result()
        yield pool


@pytest.mark.parametrize("operation", [*TRAININGS, *(LONG_TRAININGS if LONG else ())], ids=str)
def test_a_training_is_disturbed(
    trainers: ProcessPoolExecutor, operation: Operation, capsys: pytest.CaptureFixture[str]
) -> None:
    plans = trainers.submit(plans_of, operation.name).result()
    plans = {kind: plans[kind] for kind in operation.kinds}
    chosen = {kind: every if LONG else _some(every, _TRAINING[kind]) for kind, every in plans.items()}
    _disturb(trainers, functools.partial(attempts_of, operation.name), operation.name, chosen, capsys)


@pytest.mark.parametrize("operation", WRITERS, ids=str)
def test_a_writer_is_disturbed(
    writers: ProcessPoolExecutor, operation: Operation, capsys: pytest.CaptureFixture[str]
) -> None:
    plans = writers.submit(points, operation).result()
    chosen = {kind: every if LONG else _some(every, _WRITER.get(kind, 0)) for kind, every in plans.items()}
    _disturb(writers, functools.partial(attempts, operation), operation.name, chosen, capsys)


def _disturb(
    pool: ProcessPoolExecutor,
    attempts: Callable[[list[Plan]], list[str]],
    name: str,
    chosen: dict[str, list[Plan]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Make the attempts, and print how many they were of each kind where all are made."""
    failures = list[str]()
    for kind, plans in chosen.items():
        begun = time.monotonic()
        chunks = [plans[start : start + _CHUNK] for start in range(0, len(plans), _CHUNK)]
        found = list(itertools.chain(*pool.map(attempts, chunks)))
        failures += found
        if LONG and plans:
            with capsys.disabled():
                took = time.monotonic() - begun
                print(f"{name:45} {kind:20} {len(plans):6,} points {len(found):4,} failed {took:7.1f} s")
    assert not failures, "\n".join(failures[:20])


def _some(plans: list[Plan], count: int) -> list[Plan]:
    """Return this many of the plans, evenly spread, always the same."""
    return [plans[(2 * n + 1) * len(plans) // (2 * count)] for n in range(min(count, len(plans)))]


class _InPlace(NamedFile):
    """A writer that writes in the place of the old file, as none of ours does."""

    def write(self, place: Path, tell: Callable[[bytes], None]) -> None:
        handle = os.open(place / "file", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            os.write(handle, b"what is there after")
        finally:
            os.close(handle)


def test_what_writes_in_place_is_found() -> None:
    plans = points(_InPlace())["killed"]
    assert [bool(attempt(_InPlace(), plan)) for plan in plans] == [False, True, True, True, True]
