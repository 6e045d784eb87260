"""The harness itself: a reader that does what none may is found, whatever it is."""

import os
import time
from pathlib import Path

import pytest

from tests.fuzz.campaign import Report
from tests.fuzz.jobs import Job, run_all
from tests.fuzz.mutators.raw import mutate_bytes
from tests.fuzz.target import Run, Target, joined, parted

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes are forked"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


def _raises(data: bytes) -> None:
    if len(data) % 2:
        raise KeyError(data)


def _executes(data: bytes) -> None:
    if len(data) % 2:
        exec("1")


def _writes_elsewhere(data: bytes) -> None:
    if len(data) % 2:
        Path("../elsewhere").write_bytes(data)


def _takes_memory(data: bytes) -> None:
    if len(data) % 2:
        bytes([1]) * (100 << 20)


def _dies(data: bytes) -> None:
    if len(data) % 2:
        os._exit(3)


def _loops(data: bytes) -> None:
    while len(data) % 2:
        time.process_time()


FAULTS = {
    "raised KeyError": _raises,
    "did compile": _executes,
    "did open": _writes_elsewhere,
    "took": _takes_memory,
    "ended the process": _dies,
    "took more than": _loops,
}


def _report(run: Run) -> Report:
    def open_(folder: Path) -> Run:
        return run

    target = Target("made-up", open_, lambda: [b"ab"], mutate_bytes, (), ("tests.fuzz.target",), 1)
    return run_all([Job(target, 1, 8, 60.0)], 1)[0]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_with_an_input_that_shows_it(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.watch.SECONDS", 0.2)
    found = _report(FAULTS[fault]).findings
    assert found and found[0].what.startswith(fault) and len(found[0].data) % 2


def test_new_lines_are_counted_and_the_inputs_that_reached_them_kept() -> None:
    def run(data: bytes) -> None:
        parted(data)

    report = _report(run)
    assert not report.findings and report.inputs == 8 and report.lines > 0


def test_a_child_of_somebody_else_that_ended_is_left_to_them() -> None:
    theirs = os.fork()
    if not theirs:
        os._exit(3)
    os.waitid(os.P_PID, theirs, os.WEXITED | os.WNOWAIT)
    try:
        assert _report(lambda data: None).inputs == 8
    finally:
        assert os.waitstatus_to_exitcode(os.waitpid(theirs, 0)[1]) == 3


@pytest.mark.parametrize("parts", [[], [("a", b"")], [("a b", b"=== a 3\n"), ("", b"\n")]])
def test_parts_are_joined_and_taken_apart(parts: list[tuple[str, bytes]]) -> None:
    assert parted(joined(parts)) == parts
