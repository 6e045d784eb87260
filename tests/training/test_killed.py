"""Killed at any moment, nothing that was told is lost, and the run ends as if nothing had happened."""

import random
import signal
import time
from pathlib import Path

import pytest

from lstm_viz.files.checksums import sha256
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Epoch, HistoryReader, Line
from tests.training.conftest import LONG, kept

_KILLS = 60 if LONG else 4  # of each variant
_LONGEST_LIFE = 0.7
VARIANTS = {
    "adam, crf": ["--decoder", "crf", "--batch", 32, "--epochs", 6],
    "sgd, characters, both ways": [
        "--optimiser", "sgd", "--chars", "--char-hidden", 4, "--char-embedding", 4, "--bidirectional",
        "--batch", 64, "--epochs", 6,
    ],
}  # fmt: skip


class Witness:
    """Reads a run as the window does, and remembers every line that it was told."""

    def __init__(self, path: Path) -> None:
        self._path, self._reader = path, HistoryReader(path)
        self.lines: list[Line] = []

    def look(self) -> None:
        news = self._reader.new()
        assert not news.anew and not news.damaged
        self.lines += news.lines

    def look_until(self, end: float) -> None:
        while time.monotonic() < end:
            self.look()
            time.sleep(0.005)

    def check(self) -> None:
        """See that all of it is still there, in its order, and that named checkpoints are what was said."""
        again = HistoryReader(self._path).new()
        assert again.damaged == 0
        assert list(again.lines[: len(self.lines)]) == self.lines
        for line in again.lines:
            if isinstance(line, Epoch) and line.checkpoint:
                file = RunFolder(self._path).checkpoints.path / line.checkpoint
                assert sha256(file.read_bytes()) == line.sha256


@pytest.mark.parametrize("name", VARIANTS)
def test_killed_at_random_moments_and_resumed_it_ends_the_same(start, tmp_path: Path, name: str) -> None:
    asked = ["small", "--hidden", 6, "--embedding", 6, *VARIANTS[name], "--quiet"]
    whole = start(*asked, "--out", tmp_path / "whole", place=1)
    chance, kills, run = random.Random(name), 0, 0
    assert whole.wait() == 0
    expected = kept(tmp_path / "whole")
    while kills < _KILLS:
        run += 1
        path = tmp_path / f"run-{run}"
        witness, status = Witness(path), -1
        while status != 0:
            how = ["--resume", path, "--quiet"] if RunFolder(path).exists() else [*asked, "--out", path]
            trainer = start(*how, save_seconds=chance.choice([0.0, 0.02, 0.1]))
            if kills < _KILLS:
                witness.look_until(time.monotonic() + _LONGEST_LIFE * chance.random() ** 2)
                trainer.signal(signal.SIGKILL)
            status = trainer.wait()
            assert status in (0, -signal.SIGKILL), trainer.text
            kills += status != 0
            witness.look()
            witness.check()
        assert len(witness.lines) >= len(expected.steps) + len(expected.epochs)
        assert kept(path) == expected
        assert RunFolder(path).status().phase == "finished"
