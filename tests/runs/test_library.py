"""The folder of runs: newest first, free names, and a bin from which a run can be taken out again."""

import os
from pathlib import Path

import msgspec
import pytest

from lstm_viz.runs.library import RunLibrary, default_folder, short_name
from lstm_viz.runs.settings import SMALL, TUTORIAL, TrainingSettings


def put(library: RunLibrary, name: str, when: float) -> Path:
    path = library.folder / name
    path.mkdir(parents=True)
    (path / "run.json").write_text("{}")
    os.utime(path / "run.json", (when, when))
    return path


def test_runs_are_listed_newest_first_and_nothing_else(tmp_path: Path) -> None:
    library = RunLibrary(tmp_path / "runs")
    assert library.paths() == ()
    old, new = put(library, "old", 1.0), put(library, "new", 2.0)
    (library.folder / "no run").mkdir()
    (library.folder / "file").write_text("")
    assert library.paths() == (new, old)


def test_a_run_in_the_bin_comes_back_and_keeps_its_name_free(tmp_path: Path) -> None:
    library = RunLibrary(tmp_path)
    path = put(library, "small-lstm-32", 1.0)
    binned = library.delete(path)
    assert library.paths() == () and binned.exists()
    assert library.free_path(SMALL).name == "small-lstm-32-2"
    assert library.restore(binned) == path and library.paths() == (path,)
    library.purge(library.delete(path))
    assert not path.exists() and library.free_path(SMALL) == path


def test_what_is_left_of_a_purge_is_purged_later_and_is_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = RunLibrary(tmp_path)
    binned = library.delete(put(library, "small-lstm-32", 1.0))
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", lambda path, **how: (path / "run.json").unlink())
        library.purge(binned)
    (left,) = library.trashed()
    assert left.exists() and not binned.exists()
    assert library.free_path(SMALL).name == "small-lstm-32"
    library.purge(left)
    assert library.trashed() == () and not left.exists()


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (TUTORIAL, "tutorial-lstm-6"),
        (
            msgspec.structs.replace(SMALL, bidirectional=True, decoder="crf", cell="gru"),
            "small-both-crf-gru-32",
        ),
        (TrainingSettings(corpus=("/a/en ewt.conllu",), characters=True), "en_ewt-char-lstm-64"),
        (TrainingSettings(corpus=("/a/../..",)), "lstm-64"),
        (TrainingSettings(corpus=(f"/a/{'長' * 80}.conllu",), characters=True), "長-char-lstm-64"),
    ],
)
def test_a_name_says_what_a_run_is_and_is_a_name_of_a_file(
    settings: TrainingSettings, name: str, tmp_path: Path
) -> None:
    found = short_name(settings)
    assert name in found and "/" not in found and not found.startswith(".")
    assert len(found.encode()) < 250 and RunLibrary(tmp_path).free_path(settings) == tmp_path / found


def test_runs_are_kept_among_the_persons_own_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    assert default_folder() == Path("/somewhere/lstm-viz/runs")
