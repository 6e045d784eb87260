"""Attempts: an operation is disturbed as planned, in a process of its own, then it is done again undisturbed.

What holds of the folder between the two, and after them, is the operation's to say (`Operation`).
"""

import errno
import json
import os
import re
import signal
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.crash.allocations import Allocations
from tests.crash.system import ALLOCATES, CHANGES, REFUSED, Call, Plan, System

_IN_MEMORY = Path("/dev/shm")
_RAISED = 70  # the exit status of a process that ends with an exception
KINDS = ("killed", "power lost", "fails once", "fails from then on", "out of memory")


@dataclass(frozen=True)
class Outcome:
    """How a process ended.

    ``status`` is minus the number of the signal that ended it. ``calls``, ``allocations`` and ``left_open``,
    descriptors of the folder, are known of a process that was not killed; ``told`` are the bytes that it
    wrote with ``tell``.
    """

    status: int
    text: str
    told: bytes
    calls: tuple[Call, ...] = ()
    allocations: tuple[str, ...] = ()
    left_open: int = 0

    def __str__(self) -> str:
        """Return how it ended, with the places of a traceback that are ours."""
        places = re.findall(r'File ".*?(lstm_viz/\S+)", line (\d+)', self.text)
        last = (self.text.strip().splitlines() or [""])[-1]
        return " < ".join([f"status {self.status}: {last}", *(":".join(place) for place in places[::-1])])


class Operation:
    """Something that is done to a folder, and what must hold of it whenever it is disturbed."""

    name: str
    #: Whether it allocates with torch.
    trains = False
    #: How it is disturbed.
    kinds = KINDS

    def __str__(self) -> str:
        return self.name

    def prepare(self, place: Path) -> None:
        """Make the folder as it is before."""

    def act(self, place: Path, tell: Callable[[bytes], None]) -> int:
        """Do it, again or for the first time, and return the exit status; ``tell`` what is acknowledged."""
        raise NotImplementedError

    def check(self, place: Path, outcome: Outcome, plan: Plan) -> None:
        """See that nothing is lost or damaged after it was disturbed."""

    def check_end(self, place: Path) -> None:
        """See that all is as if nothing had happened, once it is done again undisturbed."""


def points(operation: Operation) -> dict[str, list[Plan]]:
    """Return every plan to disturb an operation with, by what happens."""
    with _scratch() as made:
        scratch = Path(made)
        place = scratch / "place"
        operation.prepare(place)
        outcome = in_child(operation, place, Plan(), scratch)
    assert outcome.status == 0, str(outcome)
    assert not outcome.left_open, "descriptors are left open"
    return plans(outcome.calls, outcome.allocations if operation.trains else ())


def plans(calls: tuple[Call, ...], allocations: tuple[str, ...]) -> dict[str, list[Plan]]:
    """Return the plans for these calls.

    Killed after a call is killed before the next one, and a write that has written nothing is killed before.
    """
    numbered = list(enumerate(calls, 1))
    changes = [(n, call) for n, call in numbered if call.name in CHANGES]
    parts = [(n, done) for n, call in changes if call.name == "write" for done in _parts(call.size)]
    return {
        "killed": [Plan("kill", n) for n, _ in changes] + [Plan("kill", n, done) for n, done in parts],
        "power lost": [Plan("power", n) for n, _ in changes] + [Plan("power", n, done) for n, done in parts],
        "fails once": [Plan("fail", n, error=error) for n, _ in numbered for error in REFUSED]
        + [Plan("fail", n) for n, call in numbered if call.name in ALLOCATES]
        + [Plan("fail", n, done, error) for n, done in parts for error in (errno.ENOSPC, errno.EIO)],
        "fails from then on": [
            Plan("fail", n, error=error, lasting=True)
            for n, call in numbered
            for error in REFUSED
            if call.name in REFUSED[error]
        ],
        "out of memory": [Plan("exhaust", n) for n in range(1, len(allocations) + 1)],
    }


def _parts(size: int) -> list[int]:
    """Return how many bytes of a write are written before it is disturbed."""
    return sorted({1, size // 2, size - 1} - {0, size}) if size > 1 else []


def attempt(operation: Operation, plan: Plan) -> str:
    """Disturb an operation and repeat it; return what does not hold, "" where all does."""
    with _scratch() as made:
        scratch = Path(made)
        place = scratch / "place"
        operation.prepare(place)
        outcome = in_child(operation, place, plan, scratch)
        try:
            assert (outcome.status == -signal.SIGKILL) == (plan.what in ("kill", "power")), str(outcome)
            operation.check(place, outcome, plan)
            again = in_child(operation, place, Plan(), scratch)
            assert again.status == 0, f"the second time: {again}"
            operation.check_end(place)
        except Exception as error:  # also what cannot be read
            where = traceback.extract_tb(error.__traceback__)[-1]
            return f"{operation.name}, {plan}: {error!r} ({Path(where.filename).name}:{where.lineno})"
    return ""


def attempts(operation: Operation, plans: Sequence[Plan]) -> list[str]:
    """Return what does not hold after each of these plans."""
    return [failure for plan in plans if (failure := attempt(operation, plan))]


def in_child(operation: Operation, place: Path, plan: Plan, scratch: Path) -> Outcome:
    """Do it in a process of its own, disturbed as planned."""
    text, told, said = (scratch / name for name in ("text", "told", "said"))
    pid = os.fork()
    if not pid:
        _be_the_child(operation, place, plan, (text, told, said))
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    calls, allocations, left_open = json.loads(said.read_bytes() or b"[[], [], 0]")
    return Outcome(
        status,
        text.read_text(encoding="utf-8", errors="replace"),
        told.read_bytes(),
        tuple(Call(*call) for call in calls),
        tuple(allocations),
        left_open,
    )


def _be_the_child(operation: Operation, place: Path, plan: Plan, files: tuple[Path, ...]) -> None:
    status = _RAISED
    try:
        text, told, said = (os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for path in files)
        os.dup2(text, 1), os.dup2(text, 2)
        write, system, allocations = os.write, System(place, plan), Allocations(plan)
        system.put_in_place()
        if operation.trains:
            allocations.put_in_place()
        try:
            status = operation.act(place, lambda data: write(told, data) and None)
        except BaseException:
            write(text, traceback.format_exc().encode())
        write(said, json.dumps([system.calls, allocations.names, len(system.descriptors)]).encode())
    finally:
        os._exit(status)


def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None)
