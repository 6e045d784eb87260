"""Trainers as processes that start in no time, small corpora, and what two runs must have in common."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from lstm_viz.files.checksums import sha256
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch, Line, Saved, Step, read_all
from lstm_viz.runs.settings import TrainingSettings
from tests.conftest import SHARED_PIDS

torch.set_num_threads(1)

#: ``make soak`` sets it: the long forms of the tests that can be longer.
LONG = bool(os.environ.get("LSTM_VIZ_LONG"))
WAIT_SECONDS = 300

_ROOT = Path(__file__).parents[2]
_ROW = "{}\t{}\t_\t{}\t_\t_\t_\t_\t_\t_\n"
_SENTENCES = (
    "the/DET dog/NOUN sleeps/VERB",
    "a/DET cat/NOUN",
    "dogs/NOUN eat/VERB the/DET red/ADJ apples/NOUN",
    "stop/VERB",
    "she/PRON reads/VERB the/DET book/NOUN",
    "they/PRON eat/VERB red/ADJ apples/NOUN",
    "the/DET cat/NOUN reads/VERB",
)


def conllu(*sentences: str) -> str:
    """Return sentences like ``the/DET dog/NOUN`` as CoNLL-U."""
    return "".join(
        "".join(_ROW.format(n, *pair.rsplit("/", 1)) for n, pair in enumerate(s.split(), 1)) + "\n"
        for s in sentences
    )


def write_few(path: Path) -> Path:
    """Write a corpus of a few sentences, and return its path."""
    path.write_text(conllu(*_SENTENCES), encoding="utf-8")
    return path


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus of a few sentences."""
    return write_few(tmp_path / "few.conllu")


@pytest.fixture
def few(corpus: Path) -> TrainingSettings:
    """Return settings that are trained in the blink of an eye: 4 steps an epoch, 4 epochs."""
    return few_of(corpus)


def few_of(corpus: Path) -> TrainingSettings:
    return TrainingSettings(
        corpus=(str(corpus),), hidden_size=5, embedding_size=4, batch_size=2, epochs=4, learning_rate=0.01
    )


@dataclass(frozen=True)
class Kept:
    """What a run must have in common with one that was never stopped: all but the times."""

    steps: list[Step]
    epochs: list[Epoch]
    gates: bytes
    weights: dict[str, str] = field(hash=False)


def kept(path: Path) -> Kept:
    """Return what a run left, and see that it is whole: every file is what the history says."""
    folder, lines = RunFolder(path), timeless(read_all(path).lines)
    assert read_all(path).damaged == 0
    epochs = [line for line in lines if isinstance(line, Epoch)]
    for line in epochs:
        if line.checkpoint is not None:
            assert sha256((folder.checkpoints.path / line.checkpoint).read_bytes()) == line.sha256
    weights = {file.name: sha256(file.read_bytes()) for file in sorted(folder.checkpoints.path.iterdir())}
    gates = folder.gates.read_bytes() if folder.gates.exists() else b""
    return Kept([line for line in lines if isinstance(line, Step)], epochs, gates, weights)


def timeless(lines: tuple[Line, ...]) -> list[Line]:
    """Return the steps and epochs without their times."""
    return [msgspec.structs.replace(line, time=None) for line in lines if not isinstance(line, Saved)]


class Trainer:
    """A trainer under way; ``text`` is what it has printed."""

    def __init__(self, pool: "TrainerPool", pid: int, printed: Path) -> None:
        self._pool, self._printed = pool, printed
        self.pid = pid
        self.status: int | None = None

    @property
    def text(self) -> str:
        return self._printed.read_text(encoding="utf-8")

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
            os.kill(self.pid, number)

    def wait(self) -> int:
        """Return the exit status, minus the signal's number where one ended it."""
        if self.status is None:
            self.status = int(self._pool.answer())
        return self.status


class TrainerPool:
    """Forks one trainer at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("trainer_pool.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": "1"},
            text=True,
        )
        SHARED_PIDS.add(self._process.pid)

    def answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def start(
        self,
        *arguments: object,
        printed: Path,
        largest_file: int = 0,
        more_memory: int = 0,
        environment: dict[str, str] | None = None,
        streams: str = "",
    ) -> Trainer:
        asked = {
            "arguments": [str(argument) for argument in arguments],
            "printed": str(printed),
            "largest_file": largest_file,
            "more_memory": more_memory,
            "environment": environment or {},
            "streams": streams,
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return Trainer(self, int(self.answer()), printed)

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.kill()
        self._process.wait(WAIT_SECONDS)
        self._process.stdout.close()


@pytest.fixture(scope="session")
def _trainer_pools() -> Iterator[list[TrainerPool]]:
    pools = [TrainerPool(), TrainerPool()]
    yield pools
    for pool in pools:
        pool.close()


@pytest.fixture
def start(_trainer_pools: list[TrainerPool], tmp_path: Path) -> Iterator[Callable[..., Trainer]]:
    """Return what starts a trainer: ``start("small", "--out", path)``; up to two at a time, by ``place``."""
    started: list[Trainer] = []

    def start_(*arguments: object, place: int = 0, **how: Any) -> Trainer:
        started.append(_trainer_pools[place].start(*arguments, printed=tmp_path / f"printed-{place}", **how))
        return started[-1]

    yield start_
    for trainer in started:
        if trainer.status is None:
            trainer.signal(signal.SIGKILL)
            trainer.wait()


def wait_for(true: Callable[[], object]) -> None:
    """Wait until something holds; what another process does in its own time tells nobody."""
    end = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.002)
