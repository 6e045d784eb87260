"""The bin: whatever a run folder has in the place of its lock, what was deleted can be taken back."""

import os
from pathlib import Path

import pytest

from lstm_viz.app.runs.trash import Trash
from lstm_viz.runs.library import RunLibrary
from tests.runs_support import write_run


@pytest.mark.parametrize("lock", ["none", "file", "text", "hard link", "link", "folder"])
def test_a_run_is_taken_back_whatever_its_lock_is(tmp_path: Path, lock: str) -> None:
    library = RunLibrary(tmp_path / "shelf")
    path = write_run(library.folder / "a")
    place, elsewhere = path / "lock", tmp_path / "elsewhere"
    place.unlink(missing_ok=True)
    elsewhere.write_text("")
    match lock:
        case "file" | "text":
            place.write_text(lock * (lock == "text"))
        case "hard link":
            os.link(elsewhere, place)
        case "link":
            place.symlink_to(elsewhere)
        case "folder":
            place.mkdir()
    trash = Trash(library)
    trashed = trash.delete(path)
    assert not path.exists() and trash.restore(trashed) == path and path.exists()
    trashed = trash.delete(path)
    trash.clear()
    assert library.trashed() == () and not trashed.exists() and elsewhere.read_text() == ""
