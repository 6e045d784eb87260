"""A run folder from somebody else: nothing outside of it is read, changed or deleted, and nothing waits."""

import os
import shutil
from pathlib import Path

import pytest

from lstm_viz.app.runs.run_reader import RunReader
from lstm_viz.engine.runs import RunModels
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Control, RunFolder
from lstm_viz.runs.library import RunLibrary
from lstm_viz.runs.segmenter import SegmenterFileError, read_segmenter
from lstm_viz.training import train
from tests.engine.trained import train as train_alone
from tests.training.conftest import few_of, write_few

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and FIFOs as POSIX has them")

_FILES = (
    "run.json", "model.json", "history.jsonl", "gates.jsonl", "status.json", "control.json", "name.txt",
    "lock",
    "segmenter.json", "segmenter.safetensors",
)  # fmt: skip
_FOLDERS = ("checkpoints", "state")


@pytest.fixture(autouse=True)
def _no_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: None)  # only for a crash of the machine, and slow


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run that was left in the middle."""
    folder = tmp_path_factory.mktemp("left")
    train_alone(folder / "run", few_of(write_few(folder / "few.conllu")), 12)
    RunFolder(folder / "run").rename("a run")
    RunFolder(folder / "run").write_control(Control())
    return folder / "run"


@pytest.fixture
def run(left: Path, tmp_path: Path) -> Path:
    """Return a copy of that run, to do with whatever one likes."""
    return Path(shutil.copytree(left, tmp_path / "shelf" / "run"))


def _use(path: Path) -> None:
    """Do with a folder whatever the program does with one that somebody has opened, as far as it goes."""
    reader, folder, library = RunReader(path), RunFolder(path), RunLibrary(path.parent)
    for _ in range(2):
        reader.read()
        reader.saturation_at(10)
    library.paths(), folder.is_written()
    for deed in (
        lambda: RunModels().load(path), lambda: read_segmenter(path), lambda: folder.rename("other"),
        lambda: folder.write_control(Control()),
        lambda: [None for _ in train(None, path, resume=True)],
        lambda: library.purge(library.restore(library.delete(path))),
    ):  # fmt: skip
        try:
            deed()
        except (RunError, OSError, SegmenterFileError):
            continue


def _files_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", [*_FILES, *_FOLDERS])
def test_a_link_leads_nowhere(run: Path, tmp_path: Path, name: str) -> None:
    """The file or folder itself lies outside: what a run would need is there, and it is not taken."""
    outside, inside = tmp_path / "outside", run / name
    outside.mkdir()
    if inside.exists():
        inside.rename(outside / name)
    else:
        (outside / name).write_bytes(b"dear\n")
    (outside / "letter").write_bytes(b"dear\n")
    inside.symlink_to(outside / name)
    before = _files_in(outside)
    _use(run)
    assert _files_in(outside) == before


@pytest.mark.parametrize("name", [*_FILES, *_FOLDERS])
@pytest.mark.parametrize("what", ["fifo", "/dev/zero", "folder", "file"])
def test_nothing_waits_and_nothing_is_read_without_end(run: Path, name: str, what: str) -> None:
    inside = run / name
    if inside.is_dir():
        for path in inside.iterdir():
            path.unlink()
        inside.rmdir()
    else:
        inside.unlink(missing_ok=True)
    match what:
        case "fifo":
            os.mkfifo(inside)
        case "folder":
            inside.mkdir()
        case "file":
            inside.write_bytes(b"dear\n")
        case _:
            inside.symlink_to(what)
    _use(run)


@pytest.mark.parametrize("kind", ["checkpoint", "state"])
@pytest.mark.parametrize("name", ["../../letter", "/etc/passwd", "..", "a/../../../letter", "x\0y"])
def test_a_history_names_only_files_of_its_folder(run: Path, kind: str, name: str) -> None:
    from lstm_viz.files.lines import LineFile
    from lstm_viz.runs.history import Epoch, Saved, encode

    letter = run.parent / "letter"
    letter.write_bytes(b"dear")
    history = LineFile(run / "history.jsonl")
    line = Epoch(12, 3, 1.0, 0.5, name, "0" * 64) if kind == "checkpoint" else Saved(12, 3, name, "0" * 64)
    history.append(encode(line))
    history.close()
    if kind == "checkpoint":
        with pytest.raises(RunError, match="damaged"):
            RunModels().load(run, 3)
    else:
        assert [line.step for line in train(None, run, resume=True)][-1] == 16
    assert letter.read_bytes() == b"dear"


def test_a_hard_link_as_lock_is_left_as_it_is(run: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_bytes(b"dear")
    (run / "lock").unlink(missing_ok=True)
    os.link(letter, run / "lock")
    _use(run)
    assert letter.read_bytes() == b"dear"


def test_a_folder_that_is_a_link_is_named(run: Path, tmp_path: Path) -> None:
    """And not the epoch: the others cannot be read either."""
    (run / "checkpoints").rename(tmp_path / "elsewhere")
    (run / "checkpoints").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(
        RunError, match=r"^No epoch of a run can be read: its folder checkpoints, it is a link"
    ):
        RunModels().load(run)
    history = (run / "history.jsonl").rename(tmp_path / "history.jsonl")
    (run / "history.jsonl").symlink_to(history)
    assert "history.jsonl of the run run cannot be read: it is a link" in RunReader(run).read().error
