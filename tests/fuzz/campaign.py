"""Many inputs for one target, each of which is checked; those that reach new lines are kept and built on."""

import contextlib
import faulthandler
import hashlib
import mmap
import os
import struct
import time
import traceback
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import msgspec

from tests.fuzz.lines import Lines
from tests.fuzz.target import Target
from tests.fuzz.watch import BYTES, SECONDS, Audit, Resident, TooLong, alarm, bound_memory

_BATCH = 100  # inputs between two looks at the memory
_ALWAYS_TRACED, _TRACED = 100, 8  # after so many inputs, of so many one is traced
_MEASURED = 200  # of so many inputs one's memory is measured to the byte
_HANG_SECONDS = 120
_MOST_FINDINGS = 20
_LARGEST_KEPT = 6_000
CURRENT_BYTES = 4 << 20


class Finding(msgspec.Struct, frozen=True):
    """An input that did what none may, and what it did."""

    target: str
    what: str
    data: bytes


class Report(msgspec.Struct):
    """What became of the inputs for a target; times in seconds, memory in bytes."""

    target: str
    inputs: int = 0
    seconds: float = 0.0
    lines: int = 0
    new_lines: int = 0
    slowest: float = 0.0
    memory: int = 0
    findings: list[Finding] = msgspec.field(default_factory=list)
    kept: list[bytes] = msgspec.field(default_factory=list)


class Campaign:
    """The inputs for one target, in a process of its own: it bounds memory and audits until it ends.

    ``current`` is a file in which the input that is under way always stands, for whoever finds the process
    dead.
    """

    def __init__(self, target: Target, folder: Path, current: Path, corpus: Iterable[bytes]) -> None:
        os.chdir(folder)
        self._target, self._corpus = target, list(corpus)
        self.report = Report(target.name)
        self._audit, self._lines = Audit(folder), Lines(target.modules)
        self._run = target.open(folder)
        self._pool = list(target.seeds())
        self._resident: Resident | None = None
        with current.open("r+b") as file:
            self._current = mmap.mmap(file.fileno(), CURRENT_BYTES)

    def go(self, seed: int, inputs: int | None, seconds: float, *, keep: bool) -> Report:
        """Take the corpus, then new inputs, until there are so many or the time is over.

        Where they are to be kept, the inputs that reached something new are made small.
        """
        self._take_what_is_known()
        chance, start = Random(f"{seed} {self._target.name}"), time.perf_counter()
        end = start + seconds
        while time.perf_counter() < end and len(self.report.findings) < _MOST_FINDINGS:
            left = _BATCH if inputs is None else min(_BATCH, inputs - self.report.inputs)
            if left <= 0:
                break
            self._batch([self._next(chance) for _ in range(left)])
        self.report.seconds = time.perf_counter() - start
        self.report.lines = len(self._lines.reached)
        self.report.new_lines += self.report.lines
        if keep:
            self._forget_what_adds_nothing()
        return self.report

    def _take_what_is_known(self) -> None:
        """Take seeds and corpus; after the first of them, all is loaded that is loaded late."""
        with self._lines:
            for data in self._pool:
                self._try(data)
        self._audit.seen.clear()
        bound_memory()
        with self._lines:
            for data in self._pool + self._corpus:
                self._take(data)
        self._pool += self._corpus
        self.report.new_lines = -len(self._lines.reached)
        self._resident = Resident()

    def _next(self, chance: Random) -> bytes:
        newest = chance.random() < 0.3
        data = chance.choice(self._pool[-20:] if newest else self._pool)
        return self._target.mutate(chance, data, chance.choice(self._pool))

    def _batch(self, batch: list[bytes]) -> None:
        assert self._resident is not None
        faulthandler.dump_traceback_later(_HANG_SECONDS, exit=True)
        self._resident.restart()
        for data in batch:
            self._one(data)
        grown, most = self._resident.grown(), max(map(len, batch))
        self.report.memory = max(self.report.memory, grown)
        if grown > 2 * most + BYTES:
            self._find_what_took_it(batch)
        faulthandler.cancel_dump_traceback_later()

    def _one(self, data: bytes) -> None:
        self.report.inputs += 1
        number = self.report.inputs
        if number % _MEASURED == 0:
            self._measure(data)
        elif number > _ALWAYS_TRACED and number % _TRACED:
            self._take(data)
        else:
            with self._lines:
                self._take(data)
            if self._lines.new:
                self._pool.append(data)
                self.report.kept.append(data)

    def _measure(self, data: bytes) -> None:
        tracemalloc.start()
        self._take(data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        if peak > 2 * len(data) + BYTES:
            self._found(data, f"took {peak >> 20} MiB for {len(data)} bytes")

    def _find_what_took_it(self, batch: list[bytes]) -> None:
        assert self._resident is not None
        for data in batch:
            self._resident.restart()
            self._take(data)
            grown = self._resident.grown()
            if grown > 2 * len(data) + BYTES:
                self._found(data, f"took {grown >> 20} MiB for {len(data)} bytes")

    def _take(self, data: bytes) -> None:
        self._show(data)
        start = time.process_time()
        wrong = self._try(data)
        took = time.process_time() - start
        self.report.slowest = max(self.report.slowest, took)
        if self._audit.seen:
            self._found(data, f"did {self._audit.seen[0]}")
            self._audit.seen.clear()
        elif wrong:
            self._found(data, wrong)

    def _try(self, data: bytes) -> str:
        """Run an input, and return what is wrong."""
        try:
            with alarm(), self._audit:
                self._run(data)
        except self._target.allowed:
            return ""
        except TooLong:
            return f"took more than {SECONDS} s: {traceback.format_exc(limit=-3)}"
        except BaseException as error:
            return f"raised {type(error).__name__}: {_shown(error)}"
        return ""

    def _show(self, data: bytes) -> None:
        shown = data[: CURRENT_BYTES - 8]
        self._current[:8] = struct.pack("<Q", len(shown))
        self._current[8 : 8 + len(shown)] = shown

    def _found(self, data: bytes, what: str) -> None:
        """Keep a finding, of several that end alike the one with the smallest input."""
        kind = what.split("\n")[-2:] if what.startswith("raised") else what[:8]
        for place, other in enumerate(self.report.findings):
            if (other.what.split("\n")[-2:] if what.startswith("raised") else other.what[:8]) == kind:
                if len(data) < len(other.data):
                    self.report.findings[place] = Finding(self._target.name, what, data)
                return
        self.report.findings.append(Finding(self._target.name, what, data))

    def _forget_what_adds_nothing(self) -> None:
        """Keep of the inputs only those that reach something new beside seeds and corpus, made small."""
        report, self._lines = self.report, Lines(self._target.modules)
        self._reached_by(self._pool[: len(self._pool) - len(report.kept)])
        kept = []
        for data in sorted(report.kept, key=len):
            if len(data) <= _LARGEST_KEPT and (new := self._reached_by([data])):
                kept.append(self._smaller(data, new))
        report.kept = kept

    def _reached_by(self, inputs: list[bytes]) -> list[tuple[str, int]]:
        with self._lines:
            for data in inputs:
                self._try(data)
        return self._lines.new

    def _smaller(self, data: bytes, lines: list[tuple[str, int]]) -> bytes:
        """Return an input with parts left out that still reaches the lines."""
        wanted, size, tries = set(lines), len(data) // 2, 60
        while size and tries:
            for start in range(0, len(data), size):
                tries -= 1
                shorter, traced = data[:start] + data[start + size :], Lines(self._target.modules)
                with traced:
                    self._try(shorter)
                if wanted <= traced.reached:
                    data = shorter
                    break
                if not tries:
                    break
            else:
                size //= 2
        return data


def _shown(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    text = str(error)
    return f"{text[:300]}\n{''.join(traceback.format_list(frames))}\n{type(error).__name__} at {places}"


def current_input(path: Path) -> bytes:
    """Return the input that was under way in a process that is gone."""
    data = path.read_bytes()
    return data[8 : 8 + struct.unpack("<Q", data[:8])[0]]


def name_of(data: bytes) -> str:
    """Return the file name of an input."""
    return hashlib.sha256(data).hexdigest()[:12]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Let what is printed go nowhere: argparse and others speak to a person."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        yield
