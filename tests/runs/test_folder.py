"""The small files of a run folder: written whole, read with patience, and clear about what is wrong."""

from pathlib import Path

import pytest

from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import FORMAT, Control, Corpus, Divergence, Run, RunFolder, Status
from lstm_viz.runs.settings import TUTORIAL

RUN = Run(
    created="2026-01-02T03:04:05+01:00",
    settings=TUTORIAL,
    versions={"torch": "2"},
    hashes={"a": "b"},
    tags=("X",),
    corpus=Corpus(2, 9, 2, 9, "train"),
    parameters=7,
    steps_per_epoch=2,
    epochs=3,
)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "a run")
    folder.path.mkdir()
    return folder


def test_what_is_written_is_read(folder: RunFolder) -> None:
    assert not folder.exists() and folder.status() is None and folder.control() == Control()
    folder.write_run(RUN)
    assert folder.exists() and folder.run() == RUN and folder.run().steps == 6
    status = Status(
        "failed", 3, 1, 12.5, 0.5, "Why.", Divergence("c", unit=3, word=1, words=("a", "b")), 7, "here", 1.5
    )
    folder.write_status(status)
    assert folder.status() == status
    folder.write_control(Control(until_step=7, steps_per_second=2.5, stop=True))
    assert folder.control() == Control(7, None, 2.5, True)


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (None, "run_missing", "There is no run in"),
        (b"", "run_damaged", "The run a run is damaged: run.json, "),
        (b"{}", "run_damaged", "The run a run is damaged: run.json, "),
        (b"[" * 100_000, "run_damaged", "The run a run is damaged: run.json, "),
        (b"\xff\xfe", "run_damaged", "The run a run is damaged: run.json, "),
        (f'{{"format": {FORMAT + 1}, "other": 1}}'.encode(), "run_newer", "was written by a newer LSTM Viz"),
    ],
)
def test_what_is_wrong_with_a_run_is_said(
    folder: RunFolder, content: bytes | None, code: str, sentence: str
) -> None:
    if content is not None:
        (folder.path / "run.json").write_bytes(content)
    with pytest.raises(RunError) as wrong:
        folder.run()
    assert wrong.value.code == code and sentence in str(wrong.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"phase": "asleep"}', b"\xff", b"[" * 100_000])
def test_damaged_words_are_no_words(folder: RunFolder, content: bytes) -> None:
    for name in ("status.json", "control.json"):
        (folder.path / name).write_bytes(content)
    assert folder.status() is None
    assert folder.control() == Control()


def test_a_run_has_its_folders_name_until_it_is_called_something(folder: RunFolder) -> None:
    assert folder.name == "a run"
    folder.rename("  größer \u2028")
    assert folder.name == "größer"
    folder.rename(" ")
    assert folder.name == "a run"


def test_the_lock_tells_whether_it_is_written(folder: RunFolder) -> None:
    assert not folder.is_written()
    assert list(folder.path.iterdir()) == []
    with folder.lock():
        assert folder.is_written()
    assert not folder.is_written()
