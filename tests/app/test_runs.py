"""Runs on real folders: followed as they grow, renamed, deleted and taken back."""

import pytest

from lstm_viz.app.panels.control.progress import can_resume, phase_of
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Control, RunFolder, Status
from lstm_viz.uris import of_run
from tests.runs_support import add_epoch, add_steps, write_run


def test_a_run_is_read_as_it_grows(follow, library, qtbot):
    path = write_run(library.folder / "a", steps=40, epochs=4)
    runs, _ = follow(path)
    data = runs.current
    assert (data.step, data.epoch, len(data.steps), data.checkpoints) == (40, 4, 40, (0, 1, 2, 3, 4))
    assert data.best_accuracy == max(line.dev_accuracy for line in data.epochs)
    with qtbot.waitSignal(runs.grown, check_params_cb=lambda grown: grown is data):
        add_steps(path, 41, 10, 5)
        add_epoch(path, 50, 5, 0.999)
    qtbot.waitUntil(lambda: data.checkpoints[-1] == 5)
    assert (data.step, data.epoch, data.best_accuracy) == (50, 5, 0.999)


def test_the_best_epoch_is_none_that_a_resumed_training_has_discarded(tmp_path):
    path = write_run(tmp_path / "a", steps=40, epochs=4)
    add_steps(path, 41, 10, 5)
    add_epoch(path, 50, 5, 0.999)
    add_steps(path, 31, 10, 4)
    data = RunData(path)
    data.poll()
    assert (
        data.best is data.by_epoch[data.best.epoch] and data.best_accuracy == data.best.dev_accuracy < 0.999
    )
    losses = {epoch: line.dev_loss for epoch, line in data.by_epoch.items()}
    assert data.lowest.epoch == min(losses, key=losses.get) <= 3


def test_what_was_read_is_kept_when_another_run_is_selected(follow, library):
    first, second = (write_run(library.folder / name) for name in "ab")
    runs, state = follow(first, second)
    other = runs.compared[0]
    state.pick_model(of_run(second))
    assert runs.current is other and runs.compared == ()
    state.change_training(compared=(str(first), str(second)))
    one = runs.compared[0]
    state.change_training(compared=(str(first),))
    assert runs.current is other and runs.compared == (one,)


def test_requests_are_read_back(follow, library):
    path = write_run(library.folder / "a")
    runs, _ = follow(path)
    runs.current.write_control(Control(until_step=3))
    assert RunFolder(path).control() == runs.current.control == Control(until_step=3)
    RunFolder(path).write_control(Control(stop=True))
    runs.poll()
    assert runs.current.control.stop


def test_a_new_name_is_everywhere_at_once(follow, library, qtbot):
    path = write_run(library.folder / "a")
    runs, _ = follow(path)
    with qtbot.waitSignals([runs.grown, runs.entries_changed]):
        runs.rename(path, "mein Lauf")
    assert runs.current.name == runs.entries[0].name == "mein Lauf"
    assert path.exists()


def test_a_name_is_one_line_whatever_was_written(follow, library):
    path = write_run(library.folder / "a")
    (path / "name.txt").write_text(" mein\nLauf\u2028zwei \n")
    runs, _ = follow(path)
    assert runs.current.name == runs.entries[0].name == "mein Lauf zwei"


def test_what_was_deleted_can_be_taken_back_until_the_end(follow, library):
    path, other = (write_run(library.folder / name) for name in "ab")
    runs, state = follow(path, other)
    trashed = runs.delete(other)
    assert not other.exists() and trashed.exists() and state.training.compared == ()
    assert [entry.path for entry in runs.entries] == [path]
    assert runs.restore(trashed) == other and other.exists()
    assert {entry.path for entry in runs.entries} == {path, other}
    trashed = runs.delete(other)
    runs.stop()
    assert not trashed.exists() and not other.exists() and path.exists()


def test_a_run_from_elsewhere_is_in_the_list_and_its_files_stay(follow, library, tmp_path):
    here, there = write_run(library.folder / "a"), write_run(tmp_path / "there")
    runs, state = follow(here)
    runs.open_external(there)
    runs.open_external(there)
    assert state.training.external == (str(there),)
    assert {entry.path for entry in runs.entries} == {here, there}
    runs.open_external(here)
    assert state.training.external == (str(there),)
    runs.close_external(there)
    assert [entry.path for entry in runs.entries] == [here] and there.exists()


def test_what_is_no_run_is_not_opened(follow, tmp_path):
    runs, state = follow()
    with pytest.raises(RunError, match="There is no run"):
        runs.open_external(tmp_path)
    assert state.training.external == ()


def test_damaged_and_newer_folders_are_listed_with_their_sentence(follow, library):
    for name, text in (("bad", "{"), ("new", '{"format": 99}')):
        (library.folder / name).mkdir(parents=True)
        (library.folder / name / "run.json").write_text(text)
    runs, _ = follow()
    errors = {entry.name: entry.error for entry in runs.entries}
    assert "damaged" in errors["bad"] and "newer" in errors["new"]


def test_runs_are_laid_over_and_taken_away(follow, library):
    first, second = (write_run(library.folder / name) for name in "ab")
    runs, state = follow(first)
    runs.compare(second, on=True)
    runs.compare(second, on=True)
    assert state.training.compared == (str(second),) and runs.compared[0].path == second
    runs.compare(second, on=False)
    assert runs.compared == ()


def test_a_run_that_goes_away_is_a_sentence_and_what_was_read_of_it_stays(follow, library, qtbot):
    path = write_run(library.folder / "a", steps=40, planned_epochs=9, phase="training")
    RunFolder(path).rename("mine")
    runs, _ = follow(path)
    data = runs.current
    assert phase_of(data, runs.is_live(data)) == "died" and can_resume(data, "died")
    path.rename(path.with_name("b"))
    qtbot.waitUntil(lambda: bool(data.error))
    assert "There is no run" in data.error
    assert (phase_of(data, runs.is_live(data)), data.name, len(data.steps)) == ("unknown", "mine", 40)
    path.with_name("b").rename(path)
    qtbot.waitUntil(lambda: not data.error)
    assert (data.generation, len(data.steps), data.step) == (0, 40, 40)


def test_a_long_history_is_read_in_parts_with_time_between_them(follow, library, qtbot):
    path = write_run(library.folder / "a", steps=6000, epochs=3)
    runs, _ = follow(path)
    data, parts = runs.current, []
    assert data.has_more and len(data.steps) < 3000
    runs.grown.connect(lambda grown: parts.append(len(grown.steps)))
    qtbot.waitUntil(lambda: not data.has_more)
    assert len(parts) >= 3 and parts == sorted(parts) and parts[-1] == 6000
    assert data.checkpoints == (0, 1, 2, 3)


def test_what_is_behind_is_read_sooner_than_what_is_calm(follow, library, qtbot):
    write_run(library.folder / "a", steps=6000, epochs=3)
    runs, state = follow(library.folder / "a")
    state.show_page("sentence")
    assert runs.current.has_more and runs._reading.interval() < 200


def test_a_run_that_is_loaded_for_is_live_until_its_trainer_has_spoken(follow, library):
    path = write_run(library.folder / "a", planned_epochs=9, phase="stopped")
    runs, _ = follow(path)
    data = runs.current
    assert not runs.is_live(data)
    runs.begun[path] = data.status
    assert phase_of(data, runs.is_live(data), runs.is_loaded_for(data)) == "starting"
    RunFolder(path).write_status(Status("finished", step=60, epoch=6))
    data.poll()
    assert not runs.is_loaded_for(data)
    assert phase_of(data, runs.is_live(data)) == "finished"  # though its process still ends


def test_a_run_from_elsewhere_that_is_deleted_is_off_the_list_until_it_is_taken_back(
    follow, library, tmp_path
):
    there = write_run(tmp_path / "there")
    runs, state = follow(write_run(library.folder / "a"))
    runs.open_external(there)
    trashed = runs.delete(there)
    assert state.training.external == () and there not in [entry.path for entry in runs.entries]
    assert runs.restore(trashed) == there
    assert state.training.external == (str(there),) and there in [entry.path for entry in runs.entries]


def test_the_bin_of_a_window_that_was_killed_is_emptied_at_the_next_start_but_no_other(follow, library):
    kept, left = (write_run(library.folder / name) for name in "ab")
    runs, _ = follow()
    trashed, left = runs.delete(kept), library.delete(left)
    (library.folder / ".deleted" / "notes").mkdir()
    follow()
    assert not left.exists() and trashed.exists()
    assert (library.folder / ".deleted" / "notes").exists()  # that is no run
    assert runs.restore(trashed) == kept and not RunFolder(kept).is_written()


def test_a_run_that_cannot_be_taken_back_stays_in_the_bin(follow, library):
    path = write_run(library.folder / "a")
    runs, _ = follow()
    trashed = runs.delete(path)
    (path / "in the way").mkdir(parents=True)
    with pytest.raises(OSError, match="not empty"):
        runs.restore(trashed)
    follow()
    assert RunFolder(trashed).is_written()
    (path / "in the way").rmdir()
    assert runs.restore(trashed) == path


def test_a_run_that_was_just_begun_is_no_missing_one(follow, library, qtbot):
    """Its trainer loads, and makes run.json only then."""
    path = library.folder / "a"
    path.mkdir(parents=True)
    runs, _ = follow(path)
    assert "There is no run" in runs.current.error
    runs.begun[path] = None
    runs.poll()
    assert runs.current.error == "" and phase_of(runs.current, True, True) == "starting"
    write_run(path)
    runs.poll()
    assert runs.current.error == "" and runs.current.run is not None
