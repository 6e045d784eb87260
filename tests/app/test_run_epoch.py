"""Which moment of a run is selected, and what a run folder says of it, however the folder has changed."""

import os

import msgspec
import pytest

from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_epoch import RunEpoch, file_name, run_epoch_of
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.files.lines import LineFile
from lstm_viz.runs import history
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.gates import Saturation, encode
from lstm_viz.runs.library import RunLibrary
from lstm_viz.uris import of_run
from tests.runs_support import add_epoch, add_steps, write_run


@pytest.fixture
def data(tmp_path):
    """Return a run of 40 steps in 4 epochs that has been read."""
    read = RunData(write_run(tmp_path / "run", steps=40, epochs=4))
    read.poll()
    return read


def test_a_run_epoch_is_a_checkpoint_and_its_last_step(data):
    run = data.uri
    assert run_epoch_of(data, None) == RunEpoch(run, 0, 4, 40)
    assert run_epoch_of(data, 2) == RunEpoch(run, 0, 2, 20)
    assert run_epoch_of(data, 77) == RunEpoch(run, 0, 4, 40)
    add_epoch(data.path, 50, 5, checkpoint=False)
    data.poll()
    assert run_epoch_of(data, None).epoch == run_epoch_of(data, 5).epoch == 4


def test_a_run_that_keeps_no_checkpoints_has_the_epochs_that_were_measured(tmp_path):
    path = write_run(tmp_path / "own", steps=0, epochs=0)
    RunFolder(path).history.write_bytes(b"")
    read = RunData(path)
    read.poll()
    assert run_epoch_of(read, None) == RunEpoch(of_run(path), 0) and run_epoch_of(read, 3).epoch is None
    for epoch in (1, 2):
        add_epoch(path, 10 * epoch, epoch, checkpoint=False)
    read.poll()
    assert (run_epoch_of(read, None).step, run_epoch_of(read, 1).step) == (20, 10)


@pytest.mark.parametrize("how", ["a step", "an epoch"])
def test_where_a_training_goes_back_what_lay_after_it_is_void(data, how):
    if how == "a step":
        add_steps(data.path, 21, 1, 3)
        left = (0, 1, 2)
    else:
        add_epoch(data.path, 30, 3, accuracy=0.25)
        left = (0, 1, 2, 3)
    data.poll()
    assert data.checkpoints == left == tuple(data.by_epoch) and len(data.epochs) >= 5
    if how == "an epoch":
        assert data.by_epoch[3].dev_accuracy == 0.25
    add_epoch(data.path, 40, 4, accuracy=0.5)
    data.poll()
    assert data.by_epoch[4].dev_accuracy == 0.5 and data.checkpoints == (*left, 4)


def test_the_saturation_of_a_step_is_the_last_line_up_to_it(data):
    lines = LineFile(RunFolder(data.path).gates)
    for step, epoch in ((41, 5), (45, 5), (49, 5), (51, 6), (47, 5)):
        lines.append(encode(Saturation(step, epoch, "lstm", {"f": (step / 100,)}, {"f": (0.0,)})))
        data.poll()
        if step == 51:
            assert [data.reader.saturation_at(s).step for s in (50, 51, 60)] == [49, 51, 51]
    lines.close()
    assert data.reader.saturation_at(60).step == 47, "the training went back"
    assert (data.reader.saturation_at(40).step, data.reader.saturation_at(0)) == (40, None)


def test_another_run_in_the_same_place_is_read_from_its_start(data):
    folder, before = data.folder, data.generation
    written = folder.run()
    folder.write_run(msgspec.structs.replace(written, created="2027-01-01T00:00:00+00:00", tags=("A",)))
    with folder.history.open("r+b") as file:  # the same file, and longer than what was read
        for line in history.read_all(folder.path).lines:
            changed = msgspec.structs.replace(line, epoch=7) if line.epoch == 4 else line
            file.write(history.encode(changed) + b"\n")
        file.write(b"\n")
    assert data.poll()
    assert (data.generation, data.run.tags, run_epoch_of(data, None).epoch) == (before + 1, ("A",), 7)
    assert len(data.steps) == 40 and data.reader.saturation_at(40) is not None
    os.utime(data.path / "run.json")  # touched, as a copy is: it is the same run
    data.poll()
    assert data.generation == before + 1


def test_the_gates_are_read_anew_with_their_file(data):
    RunFolder(data.path).gates.unlink()
    data.poll()
    assert data.reader.saturation_at(40) is None


def test_the_run_epoch_is_current_in_every_slot_of_grown(application, tmp_path):
    path = write_run(tmp_path / "run", steps=40, epochs=4)
    state = State(Selection(model=of_run(path)))
    runs, epochs = Runs(state, RunLibrary(tmp_path)), []
    runs.start()
    runs.stop()
    runs.grown.connect(lambda _: epochs.append(runs.run_epoch.epoch))
    runs.run_epoch_changed.connect(lambda run_epoch: epochs.append(run_epoch and run_epoch.epoch))
    add_epoch(path, 50, 5)
    runs.poll()
    assert epochs == [5, 5]
    state.change(epoch=2)
    state.pick_model("preset:tutorial")
    assert epochs[2:] == [2, None] and runs.run_epoch is None
    runs.stop()
    runs.deleteLater()
    state.deleteLater()


def test_how_a_file_is_called():
    assert file_name(RunEpoch("run:/runs/mine", 0, 3, 30), "tags") == "mine-epoch-3-tags"
    assert (
        file_name(RunEpoch("run:/runs/mine", 0), "tags") == "mine-tags" and file_name(None, "tags") == "tags"
    )
