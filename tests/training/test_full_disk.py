"""A disk that is full at any write: a clear sentence, nothing that was written is lost, and it goes on."""

import errno
import io
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import Line, read_all
from lstm_viz.runs.settings import Settings
from lstm_viz.training import train
from tests.training.conftest import LONG, Kept, kept, timeless

_FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Disk:
    """Counts what is asked of the disk, and refuses it from some time on."""

    def __init__(self, full_at: int = 0, lasting: bool = True) -> None:
        self.count, self.full_at, self.lasting = 0, full_at, lasting

    def ask(self) -> None:
        self.count += 1
        if self.full_at and (self.count >= self.full_at if self.lasting else self.count == self.full_at):
            raise _FULL

    def guarded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def ask_first(*arguments: Any, **named: Any) -> Any:
            self.ask()
            return function(*arguments, **named)

        return ask_first

    def half_written(self, handle: int, data: bytes) -> int:
        """Write as a disk does that fills up: half of it, and then no more."""
        try:
            self.ask()
        except OSError:
            if len(data) > 20:
                self.count -= 1
                return _write(handle, data[: len(data) // 2])
            raise
        return _write(handle, data)


_write, _open, _path_open = os.write, os.open, Path.open


class _Wary(io.FileIO):
    """A file whose disk may be full; what is buffered is written at every write."""

    disk: Disk

    def write(self, data: Any) -> int:
        self.disk.ask()
        return super().write(data)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Put a counting disk under everything that the run folder is written with."""
    disk = Disk()

    def path_open(path: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        if "w" not in mode:
            return _path_open(path, mode, *more, **named)
        disk.ask()
        file = _Wary(path, "w")
        file.disk = disk
        return file

    def open_(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & os.O_CREAT and "lock" not in str(path):
            disk.ask()
        return _open(path, flags, *more, **named)

    monkeypatch.setattr("lstm_viz.training.recorder.SAVE_SECONDS", 0.0)
    monkeypatch.setattr(
        "lstm_viz.training.conductor._SAY_SECONDS", 1e9
    )  # else how often depends on the clock
    monkeypatch.setattr(Path, "open", path_open)
    monkeypatch.setattr(os, "open", open_)
    monkeypatch.setattr(os, "write", disk.half_written)
    monkeypatch.setattr(os, "fsync", disk.guarded(lambda handle: None))
    monkeypatch.setattr(os, "mkdir", disk.guarded(os.mkdir))
    monkeypatch.setattr(os, "replace", disk.guarded(os.replace))
    yield disk
    disk.full_at = 0


@pytest.fixture
def settings(few: Settings) -> Settings:
    return msgspec.structs.replace(few, epochs=2, batch_size=4, hidden_size=3, embedding_size=3)


def whole(settings: Settings, path: Path) -> Kept:
    for _ in train(settings, path):
        pass
    return kept(path)


def until_refused(settings: Settings, path: Path) -> tuple[list[Line], RunError | None]:
    told: list[Line] = []
    try:
        for line in train(settings, path):
            told.append(line)
    except RunError as error:
        return told, error
    return told, None


@pytest.mark.parametrize("lasting", [True, False], ids=["from then on", "that once"])
def test_full_at_the_nth_write(settings: Settings, tmp_path: Path, disk: Disk, lasting: bool) -> None:
    expected = whole(settings, tmp_path / "whole")
    writes, refused = disk.count, 0
    assert writes > 60
    for n in range(1, writes + 1, 1 if LONG else 7):
        path = tmp_path / f"full-{n}"
        disk.count, disk.full_at, disk.lasting = 0, n, lasting
        told, error = until_refused(settings, path)
        if error is not None:
            refused += 1
            assert error.kind == "unwritable"
            assert str(path) in str(error) and "No space left on device" in str(error)
        disk.full_at = 0
        left = read_all(path).lines if path.exists() else ()
        assert timeless(left)[: len(told)] == timeless(told), n
        assert read_all(path).damaged == 0
        resume = RunFolder(path).exists()
        for _ in train(None if resume else settings, path, resume=resume):
            pass
        assert kept(path) == expected, n
        asides = [f for f in path.rglob(".*") if f.name.startswith((".epoch", ".step", ".run", ".model"))]
        assert not asides
    assert refused > (writes // (1 if LONG else 7)) * 0.6


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
            assert "File too large" in RunFolder(path).status().sentence
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
