"""Campaigns in processes of their own, some at a time: one that dies is a finding, not the end."""

import os
import selectors
import shutil
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.fuzz.campaign import CURRENT_BYTES, Campaign, Finding, Report, current_input, name_of, quiet
from tests.fuzz.target import Target

CORPUS = Path(__file__).with_name("corpus")
#: In memory where the system has such a folder: an input of a run folder is several files.
_ROOM = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None


@dataclass(frozen=True)
class Job:
    """A campaign to come: until so many inputs were taken, or the time is over."""

    target: Target
    seed: int
    inputs: int | None
    seconds: float
    keep: bool = False


class _Process(NamedTuple):
    place: int
    pid: int
    folder: Path


def corpus_of(target: Target) -> list[bytes]:
    """Return the inputs of the corpus, in an order that is always the same."""
    return [path.read_bytes() for path in sorted((CORPUS / target.name).glob("*"))]


def run_all(jobs: Sequence[Job], at_once: int) -> list[Report]:
    """Return the reports, in the order of the jobs."""
    waiting, reports = list(enumerate(jobs)), dict[int, Report]()
    ends, under_way = selectors.DefaultSelector(), dict[int, _Process]()  # by the end of its pipe
    try:
        while waiting or under_way:
            while waiting and len(under_way) < at_once:
                place, job = waiting.pop(0)
                folder = Path(tempfile.mkdtemp(prefix="lstm-viz-fuzz-", dir=_ROOM))
                pid, pipe = _start(job, folder)
                under_way[pipe] = _Process(place, pid, folder)
                ends.register(pipe, selectors.EVENT_READ)
            for key, _ in ends.select():
                ended = under_way.pop(key.fd)
                ends.unregister(key.fd)
                os.close(key.fd)
                # Not os.wait(): that takes whichever child ended first, also one that is not ours.
                _, status = os.waitpid(ended.pid, 0)
                reports[ended.place] = _report(jobs[ended.place], ended.folder, status)
                shutil.rmtree(ended.folder, ignore_errors=True)
    finally:
        ends.close()
        for pipe, process in under_way.items():
            os.close(pipe)
            shutil.rmtree(process.folder, ignore_errors=True)
    return [reports[place] for place in range(len(jobs))]


def keep(report: Report) -> None:
    """Put what reached new lines into the corpus."""
    folder = CORPUS / report.target
    folder.mkdir(parents=True, exist_ok=True)
    for data in report.kept:
        (folder / name_of(data)).write_bytes(data)


def _start(job: Job, folder: Path) -> tuple[int, int]:
    """Return the process and the end of a pipe that is ready to be read when the process has ended."""
    (folder / "current").write_bytes(bytes(CURRENT_BYTES))
    (folder / "room").mkdir()
    sys.stdout.flush()
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return pid, ours
    status = 1
    try:  # from here on this is the other process, which never returns
        with quiet():
            campaign = Campaign(job.target, folder / "room", folder / "current", corpus_of(job.target))
            report = campaign.go(job.seed, job.inputs, job.seconds, keep=job.keep)
            (folder / "report").write_bytes(msgspec.msgpack.encode(report))
        status = 0
    except BaseException:
        (folder / "error").write_text(traceback.format_exc())
    finally:
        os._exit(status)


def _report(job: Job, folder: Path, status: int) -> Report:
    if not status:
        return msgspec.msgpack.decode((folder / "report").read_bytes(), type=Report)
    how = os.waitstatus_to_exitcode(status)
    error = folder / "error"
    what = error.read_text() if error.exists() else f"ended the process with status {how}"
    return Report(
        job.target.name, findings=[Finding(job.target.name, what, current_input(folder / "current"))]
    )
