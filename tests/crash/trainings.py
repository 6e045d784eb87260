"""Trainings that are disturbed: what was told is kept, and the end is bit by bit the undisturbed one."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from lstm_viz.files import moving
from lstm_viz.files.checksums import sha256
from lstm_viz.runs import history
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch, HistoryReader, Line, Saved, read_all
from lstm_viz.training import command, recorder, run_controller, run_setup
from lstm_viz.training.arguments import parse
from tests.crash.attempts import KINDS, Operation, Outcome, in_child, points
from tests.crash.system import Plan
from tests.training.conftest import Kept, kept

_TINY = ("--hidden", "2", "--embedding", "2", "--quiet")
_FAILED, _REFUSED = 1, 2
_encode = history.encode  # not the one whose calls are counted


class Training(Operation):
    """A new training; the command of a person, which goes on with the run where there is one."""

    trains = True

    def __init__(self, name: str, *arguments: str, often: bool = True, kinds: Sequence[str] = KINDS) -> None:
        """``often``: a state is saved, and the status said, after every step; else only where it must be."""
        self.name, self.kinds = name, tuple(kinds)
        self._arguments, self._often = ("tutorial", *_TINY, *arguments), often
        self._expected: Kept | None = None
        self._unmeasured = False

    @property
    def expected(self) -> Kept:
        """What an undisturbed run leaves."""
        if self._expected is None:
            with tempfile.TemporaryDirectory() as scratch:
                outcome = in_child(self, Path(scratch) / "run", Plan(), Path(scratch))
                assert outcome.status == 0, str(outcome)
                self._expected = kept(Path(scratch) / "run")
        return self._expected

    def act(self, place: Path, tell: Callable[[bytes], None]) -> int:
        recorder.SAVE_SECONDS = -1.0 if self._often else 1e9
        run_controller._STATUS_SECONDS = -1.0 if self._often else 1e9
        moving._REFUSED_SECONDS = run_setup._LOCK_SECONDS = 0.05
        command.run_training = _telling(command.run_training, tell)
        arguments = ("--resume", str(place), "--quiet")
        if not _is_run(place):
            arguments = (*self._arguments, "--out", str(place))
        return command.run(parse(arguments))

    def check(self, place: Path, outcome: Outcome, plan: Plan) -> None:
        _check_whole(place, plan)
        self._window, self._seen = HistoryReader(place), list[Line]()
        self._look()
        lines = _lines_after(self.before(), place)
        found, told = [_encode(line) for line in lines], outcome.told.splitlines()
        if plan.what == "power":  # a line is synced with the next state only
            told = told[: len(found)]
        assert found[: len(told)] == told, "lines that were told are lost"
        if plan.what in ("fail", "exhaust"):
            self._check_said(place, outcome, plan)
        self._unmeasured = plan.what == "exhaust" and "were not measured" in outcome.text
        if outcome.status == 0:
            for path in self.asides():  # that they cannot be removed is no reason to end
                (place / path).unlink(missing_ok=True)
            self._check_finished(place)
            if not plan.lasting:
                _check_tidy(place)

    def _look(self) -> None:
        """Read on as a window does that follows the run."""
        while (update := self._window.new()).lines:
            assert not update.is_replaced and not update.damaged
            self._seen += update.lines

    def _check_said(self, place: Path, outcome: Outcome, plan: Plan) -> None:
        """See that a person is told what went wrong, in the terminal and, where it can be, in the window."""
        assert outcome.status in (0, _FAILED, _REFUSED), str(outcome)
        assert "Traceback" not in outcome.text, str(outcome)
        if outcome.status:
            assert "lstm-viz train: " in outcome.text, str(outcome)
            # some file systems say EACCES where another process holds the lock
            taken = plan.error == errno.EACCES and "Another trainer is writing" in outcome.text
            assert not plan.error or taken or os.strerror(plan.error) in outcome.text, str(outcome)
        assert not outcome.left_open, f"{outcome.left_open} descriptors are left open"
        status = RunFolder(place).status()
        if outcome.status and outcome.told and not plan.lasting:
            assert status is not None and status.phase == "failed" and status.message, status

    def check_end(self, place: Path) -> None:
        self._check_finished(place)
        _check_tidy(place)

    def _check_finished(self, place: Path) -> None:
        folder, lines = RunFolder(place), read_all(place).lines
        found, expected = kept(place), self.expected
        if self._unmeasured:  # the training went on, and said which gates it has no numbers of
            assert set(found.gates.splitlines()) < set(expected.gates.splitlines())
            expected = replace(expected, gates=found.gates)
        assert found == expected, "the end is another"
        self._look()
        assert tuple(self._seen) == lines
        last = [line for line in lines if isinstance(line, Saved)][-1]
        assert last.step == self.expected.steps[-1].step
        states = set(folder.states.names())
        assert last.state in states and len(states) <= 2, states
        assert sha256((folder.states.path / last.state).read_bytes()) == last.sha256

    def before(self) -> tuple[Line, ...]:
        """Return the history before the operation."""
        return ()

    def asides(self) -> list[Path]:
        """Return what a killed trainer had left aside."""
        return []


class Resuming(Training):
    """A training that was killed at a point of its own, and is resumed; that is what is disturbed."""

    def __init__(self, name: str, *arguments: str, killed_at: float, kinds: Sequence[str] = KINDS) -> None:
        """``killed_at``: at which share of all points it was killed."""
        super().__init__(name, *arguments, kinds=kinds)
        self._share, self._killed = killed_at, Path()
        self._before: tuple[Line, ...] = ()

    def prepare(self, place: Path) -> None:
        if self._killed == Path():
            self._kill()
        shutil.copytree(self._killed, place)

    def _kill(self) -> None:
        self._scratch = tempfile.TemporaryDirectory()
        scratch = Path(self._scratch.name)
        plans = sorted(_points_of_new(self)["killed"], key=lambda plan: (plan.at, plan.done))
        plan = plans[int(self._share * (len(plans) - 1))]
        in_child(self, scratch / "run", plan, scratch)
        self._killed = scratch / "run"
        self._before = read_all(self._killed).lines

    def before(self) -> tuple[Line, ...]:
        return self._before

    def asides(self) -> list[Path]:
        return [path.relative_to(self._killed) for path in self._killed.rglob(".*")]


class _New(Training):
    def prepare(self, place: Path) -> None:
        pass


def _points_of_new(training: Training) -> dict[str, list[Plan]]:
    return points(_New("", *training._arguments[1:]))


def _is_run(place: Path) -> bool:
    return os.access(place / "run.json", os.F_OK)  # it is not counted


def _telling(
    lead: Callable[..., Iterator[Line]], tell: Callable[[bytes], None]
) -> Callable[..., Iterator[Line]]:
    def telling(*arguments: Any) -> Iterator[Line]:
        with closing(lead(*arguments)) as lines:
            for line in lines:
                tell(_encode(line) + b"\n")
                yield line

    return telling


def _lines_after(before: tuple[Line, ...], place: Path) -> list[Line]:
    """Return the steps and epochs that the history has gained."""
    lines = read_all(place).lines
    assert lines[: len(before)] == before, "what was in the history is lost"
    return [line for line in lines[len(before) :] if not isinstance(line, Saved)]


def _check_tidy(place: Path) -> None:
    """See that nothing is left aside, that nobody holds the run, and that its status is how it ended."""
    left = [path.name for path in place.rglob(".*")]
    assert not left, f"left aside: {left}"
    folder = RunFolder(place)
    status = folder.read_status()
    assert status is not None and status.phase == "finished", status
    assert status.step == folder.run().steps, status
    assert not folder.is_written()


def _check_whole(place: Path, plan: Plan) -> None:
    """See that what a window reads of the folder is what was written, or not there yet."""
    folder = RunFolder(place)
    if folder.exists():
        folder.run()
    assert read_all(place).damaged == 0
    for line in read_all(place).lines:
        if isinstance(line, Epoch) and line.checkpoint:
            assert sha256((folder.checkpoints.path / line.checkpoint).read_bytes()) == line.sha256
    try:
        folder.read_status(), folder.read_control()
    except RunError:
        assert plan.what == "power"  # they are not synced: they are of the trainer that lived
