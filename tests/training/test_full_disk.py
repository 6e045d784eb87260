"""A disk that is full, or refuses: a clear sentence, nothing that was written is lost, and it goes on."""

import os
import subprocess
from pathlib import Path

import pytest

from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import read_all
from tests.training.conftest import kept


def test_a_file_that_may_not_grow_any_more(start, tmp_path: Path) -> None:
    """The system itself refuses: no file may be larger than this, and the history will be."""
    asked = ["small", "--hidden", 4, "--embedding", 4, "--batch", 64, "--epochs", 9]
    assert start(*asked, "--out", tmp_path / "whole", "--quiet", place=1).wait() == 0
    for limit in (18_000, 300):
        path = tmp_path / f"limited-{limit}"
        trainer = start(*asked, "--out", path, largest_file=limit)
        assert trainer.wait() == 1
        assert f"lstm-viz train: The run cannot be written to {path}: File too large." in trainer.text
        assert "Traceback" not in trainer.text
        resume = RunFolder(path).exists()
        assert resume == (limit == 18_000)
        if resume:
            assert RunFolder(path).status().phase == "failed"
            assert "File too large" in RunFolder(path).status().message
            assert read_all(path).lines and read_all(path).damaged == 0
        again = ["--resume", path] if resume else [*asked, "--out", path]
        assert start(*again, "--quiet").wait() == 0
        assert kept(path) == kept(tmp_path / "whole")


def test_a_disk_that_is_really_full(start, tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("this system lets nobody mount a small disk")
    try:
        asked = [
            "small",
            "--hidden",
            4,
            "--embedding",
            4,
            "--batch",
            64,
            "--epochs",
            12,
            "--out",
            place / "run",
        ]
        trainer = start(*asked)
        assert trainer.wait() == 1
        assert "No space left on device" in trainer.text and "Traceback" not in trainer.text
        steps = read_all(place / "run").lines
        assert steps
        subprocess.run(["mount", "-o", "remount,size=64m", str(place)], check=True)
        assert start("--resume", place / "run", "--quiet").wait() == 0
        assert read_all(place / "run").lines[: len(steps)] == steps
        assert start(*asked[:-1], tmp_path / "whole", "--quiet").wait() == 0
        assert kept(place / "run") == kept(tmp_path / "whole")
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_folder_that_cannot_be_written(start, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "run", tmp_path / "file", Path("/proc/run")):
        trainer = start("tutorial", "--out", path)
        assert trainer.wait() in (1, 2)
        assert str(path) in trainer.text and "Traceback" not in trainer.text
        assert "lstm-viz train: " in trainer.text


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is refused to root")
def test_a_folder_that_this_person_may_not_write(start, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    trainer = start("tutorial", "--out", tmp_path / "closed" / "run")
    assert trainer.wait() == 1
    assert "Permission denied" in trainer.text
