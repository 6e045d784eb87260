"""Reads of folders in threads of their own: a disk that hangs blocks nothing else, and is reported."""

import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from lstm_viz.app.runs import folder_reads, run_lists
from lstm_viz.app.runs.folder_reads import FolderReads, within
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.shell.session import _missing_model
from lstm_viz.files.folder import Folder
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Control, RunFolder
from lstm_viz.uris import of_file, of_run
from tests.runs_support import add_epoch, write_run

IN_TIME = folder_reads.in_time


class Disk:
    """A disk that hangs whenever something below a path is opened, until it is mended."""

    def __init__(self, monkeypatch, path: Path) -> None:
        self._answers, opened = threading.Event(), Folder._open_below

        def open_below(folder: Folder):
            if path in (folder.path, *folder.path.parents):
                self._answers.wait()
            return opened(folder)

        monkeypatch.setattr(Folder, "_open_below", open_below)

    def mend(self) -> None:
        self._answers.set()


def let_end() -> None:
    """Wait for the reads that were given up, and can end by now."""
    for thread in threading.enumerate():
        if thread.name == "folder read":
            thread.join()


@pytest.fixture
def impatient(monkeypatch):
    """Let nothing be waited for, and little time be too long."""
    monkeypatch.setattr(folder_reads, "PATIENCE_SECONDS", 0.0)
    for module in ("folder_reads", "runs", "run_lists"):
        monkeypatch.setattr(f"lstm_viz.app.runs.{module}.LIMIT_SECONDS", 0.2)


def test_results_come_in_order_and_each_once(application, impatient, qtbot):
    reads, found = FolderReads(), []
    for number in range(200):
        key = number % 3
        reads.run(key, lambda number=number: number, lambda n, key=key: found.append((key, n)))
    qtbot.waitUntil(lambda: len(found) == 200)
    for key in range(3):
        assert [n for k, n in found if k == key] == list(range(key, 200, 3))
    reads.clear()


def test_what_is_there_in_time_is_handed_over_at_once(application):
    reads, found = FolderReads(), []
    reads.run("a", lambda: 7, found.append)
    assert found == [7] and not reads.is_busy("a")
    QCoreApplication.processEvents()
    assert found == [7]
    reads.clear()


def test_what_goes_wrong_in_a_read_reaches_the_window(application, impatient, qtbot):
    reads = FolderReads()
    with qtbot.captureExceptions() as raised:
        reads.run("a", lambda: 1 / 0, lambda _: None)
        qtbot.waitUntil(lambda: bool(raised))
    assert raised[0][0] is ZeroDivisionError
    reads.clear()


def test_what_was_let_go_of_never_arrives(application, impatient, qtbot, monkeypatch):
    reads, found, may_go = FolderReads(), [], threading.Event()
    reads.run("a", may_go.wait, found.append)
    with monkeypatch.context() as patch:
        patch.setattr(folder_reads, "_PARTING_SECONDS", 0.0)
        reads.clear()
    (hanging,) = (thread for thread in threading.enumerate() if thread.name == "folder reads")
    may_go.set()
    hanging.join()
    reads.run("b", lambda: "b", found.append)
    qtbot.waitUntil(lambda: found == ["b"])
    reads.clear()
    assert found == ["b"]


def test_within_a_time(application):
    may_go = threading.Event()
    assert within(60, lambda: 7, None) == 7
    assert within(0.01, may_go.wait, None) is None
    may_go.set()
    let_end()


def test_a_run_is_read_though_nothing_is_waited_for(follow, impatient, tmp_path, qtbot):
    path = write_run(tmp_path / "shelf" / "a", steps=3000, epochs=4)
    runs, _ = follow(path)
    data = runs.current
    qtbot.waitUntil(lambda: data.checkpoints == (0, 1, 2, 3, 4) and len(data.steps) == 3000)
    qtbot.waitUntil(lambda: runs.saturation_at(data, 3000) is not None)
    with qtbot.waitSignal(runs.grown):
        add_epoch(path, 3001, 5)
    qtbot.waitUntil(lambda: data.checkpoints[-1] == 5 and runs.run_epoch.epoch == 5)
    assert [entry.path for entry in runs.entries] == [path]


def test_a_list_that_is_requested_while_it_is_read_is_read_again(
    follow, impatient, tmp_path, qtbot, monkeypatch
):
    path = write_run(tmp_path / "shelf" / "a")
    (runs, _), read = follow(path), run_lists._read_library
    qtbot.waitUntil(lambda: len(runs.entries) == 1)
    has_read, may_return = threading.Event(), threading.Event()

    def held_up(folder: Path):
        found = read(folder)
        has_read.set()
        may_return.wait()
        return found

    runs._listing.stop()
    monkeypatch.setattr(run_lists, "_read_library", held_up)
    qtbot.waitUntil(lambda: not runs._reads.is_busy("library"))
    runs.relist()
    has_read.wait()
    runs.rename(path, "renamed")
    may_return.set()
    qtbot.waitUntil(lambda: runs.entries[0].name == "renamed")


def test_a_thread_that_cannot_be_started_is_retried(application, monkeypatch):
    reads, found = FolderReads(), []
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", _no_thread)
        with pytest.raises(RuntimeError, match="thread"):
            reads.run("a", lambda: 7, found.append)
    assert not reads.is_busy("a")
    reads.run("a", lambda: 7, found.append)
    assert found == [7]
    reads.clear()


def _no_thread(_):
    raise RuntimeError("can't start new thread")


def test_a_disk_that_hangs_is_reported_and_blocks_no_other(follow, impatient, tmp_path, qtbot, monkeypatch):
    here = write_run(tmp_path / "shelf" / "a", steps=40, epochs=4)
    there = write_run(tmp_path / "remote" / "b", steps=40, epochs=4)
    disk = Disk(monkeypatch, tmp_path / "remote")
    try:
        began = time.monotonic()
        runs, _ = follow(there, here, external=(str(there),))
        waited = time.monotonic() - began
        current, other = runs.current, runs.compared[0]
        qtbot.waitUntil(lambda: other.checkpoints == (0, 1, 2, 3, 4))
        qtbot.waitUntil(lambda: "has not answered" in current.error)
        qtbot.waitUntil(lambda: len(runs.entries) == 2)
        assert [bool(entry.error) for entry in runs.entries] == [False, True]
        with qtbot.waitSignal(runs.grown, check_params_cb=lambda grown: grown is other):
            add_epoch(here, 50, 5)
        with pytest.raises(RunError, match="has not answered"):
            runs.open_external(there)
        assert waited < 60  # it returned, though the disk did not answer
    finally:
        disk.mend()
    qtbot.waitUntil(lambda: current.error == "" and current.checkpoints == (0, 1, 2, 3, 4))
    runs.relist()
    qtbot.waitUntil(lambda: [entry.error for entry in runs.entries] == ["", ""])
    let_end()


def test_a_library_that_hangs_is_reported_and_a_linked_run_that_hangs_hides_no_other(
    follow, impatient, tmp_path, qtbot, monkeypatch
):
    here, there = write_run(tmp_path / "shelf" / "a"), write_run(tmp_path / "remote" / "b")
    (tmp_path / "shelf" / "linked").symlink_to(there)
    (tmp_path / "shelf" / "nothing").symlink_to(tmp_path)
    linked = tmp_path / "shelf" / "linked"
    runs, _ = follow(here)
    qtbot.waitUntil(lambda: [entry.path for entry in runs.entries if entry.run] == [here, linked])
    disk = Disk(monkeypatch, linked)
    runs.relist()
    add_epoch(here, 50, 5)
    qtbot.waitUntil(lambda: runs.relist() or any("has not answered" in e.error for e in runs.entries))
    assert next(entry for entry in runs.entries if entry.path == here).run is not None
    disk.mend()
    qtbot.waitUntil(lambda: runs.relist() or all(e.run for e in runs.entries if e.path in (here, linked)))
    monkeypatch.undo()
    monkeypatch.setattr("lstm_viz.app.runs.run_lists.LIMIT_SECONDS", 0.2)
    monkeypatch.setattr(folder_reads, "PATIENCE_SECONDS", 0.0)
    disk = Disk(monkeypatch, tmp_path / "shelf")
    qtbot.waitUntil(lambda: runs.relist() or "has not answered" in runs.library_error)
    disk.mend()
    qtbot.waitUntil(lambda: runs.relist() or not runs.library_error)
    let_end()


def test_an_action_on_a_run_on_a_disk_that_hangs_is_an_error(follow, tmp_path, monkeypatch):
    path = write_run(tmp_path / "shelf" / "a", steps=40, epochs=4)
    runs, _ = follow(path)
    disk = Disk(monkeypatch, path)
    for module in ("runs", "run_data"):
        monkeypatch.setattr(f"lstm_viz.app.runs.{module}.in_time", lambda work: IN_TIME(work, 0.05))
    with pytest.raises(OSError, match="does not answer"):
        runs.rename(path, "other")
    with pytest.raises(OSError, match="does not answer"):
        runs.current.write_control(Control(stop=True))
    disk.mend()
    let_end()


def test_the_window_opens_though_the_last_run_does_not_respond(application, tmp_path, monkeypatch):
    path = write_run(tmp_path / "run")
    selection = Selection(model=of_run(path))
    assert _missing_model(selection) is None
    disk = Disk(monkeypatch, path)
    monkeypatch.setattr("lstm_viz.app.shell.session._RESPONSE_SECONDS", 0.05)
    assert "does not answer" in _missing_model(selection) and str(path) in _missing_model(selection)
    disk.mend()
    let_end()


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "\ud800", "file/below", "", "a" * 5000])
@pytest.mark.parametrize("uri", [of_run, of_file])
def test_whatever_the_path_of_the_last_model_the_window_opens(application, tmp_path, name, uri):
    (tmp_path / "file").write_text("")
    assert "no longer exists" in _missing_model(Selection(model=uri(tmp_path / name / "run")))


def test_one_bad_folder_does_not_end_the_list(follow, tmp_path, qtbot, monkeypatch):
    """Whatever the system says of it: refused, too long a name, a broken disk, a stale handle."""
    good = [write_run(tmp_path / "shelf" / name) for name in "ac"]
    bad, status = write_run(tmp_path / "shelf" / "b"), Folder.status

    for number in (13, 36, 5, 116):

        def refuse(folder: Folder, name: str, number=number):
            if folder.path == bad:
                raise OSError(number, "refused")
            return status(folder, name)

        monkeypatch.setattr(Folder, "status", refuse)
        runs, _ = follow(good[0])
        assert {entry.path for entry in runs.entries} == set(good)
        assert not RunFolder(bad).exists()
        monkeypatch.setattr(Folder, "status", status)
        runs.relist()
        assert {entry.path for entry in runs.entries} == {*good, bad}
