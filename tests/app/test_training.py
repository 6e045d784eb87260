"""The Training page on the real trainer: train, pause, step, stop, resume, and what happens when it dies."""

import os
import signal

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from lstm_viz.app.runs.run_data import RunData
from lstm_viz.runs.history import Saved, read_all
from lstm_viz.runs.settings import TUTORIAL
from lstm_viz.uris import of_run, run_path
from tests.runs_support import write_run

LONG = msgspec.structs.replace(TUTORIAL, epochs=20_000, checkpoint_every=100)


def _control(person):
    return person.content.training.control


def _trains(person, settings=LONG, button="go"):
    """Press Train and wait until the run is selected and a step was taken."""
    person.session.state.change_training(next=settings)
    control, before = _control(person), person.session.runs.current
    person.wait(control.go.isEnabled)
    person.bot.mouseClick(getattr(control, button), Qt.MouseButton.LeftButton)
    assert control.phase == "starting"
    person.wait(lambda: person.session.runs.current is not before and person.session.runs.current.step > 0)
    return person.session.runs.current


def _presses(person, button, phase):
    person.bot.mouseClick(button, Qt.MouseButton.LeftButton)
    person.wait(lambda: _control(person).phase == phase)


def test_train_pause_step_go_on_stop_and_resume(trainee):
    data, control = _trains(trainee), _control(trainee)
    assert trainee.session.state.selection.model == f"run:{data.path}"
    assert data.name == "tutorial-lstm-6"
    assert control.go.text() == "Pause"

    trainee.bot.mouseClick(control.go, Qt.MouseButton.LeftButton)
    assert control.go.text() == "Continue"  # at once
    trainee.wait(lambda: control.phase == "paused")
    step = data.status.step
    trainee.wait(lambda: data.step == step)

    trainee.bot.mouseClick(control.one_step, Qt.MouseButton.LeftButton)
    trainee.wait(lambda: control.phase == "paused" and data.step == step + 1)
    trainee.bot.mouseClick(control.one_epoch, Qt.MouseButton.LeftButton)
    epoch = step // 2 + 1
    trainee.wait(lambda: control.phase == "paused" and data.epoch == max(epoch, (step + 1) // 2 + 1))

    _presses(trainee, control.go, "training")
    step = data.step
    trainee.wait(lambda: data.step > step)
    _presses(trainee, control.stop, "stopped")
    assert control.go.text() == "Resume" and not control.stop.isEnabled()
    step = data.step

    trainee.bot.mouseClick(control.go, Qt.MouseButton.LeftButton)
    trainee.wait(lambda: data.step > step and control.phase == "training")
    _presses(trainee, control.stop, "stopped")
    steps = data.steps.column("step")
    assert steps.tolist() == list(range(1, len(steps) + 1))


def test_a_killed_trainer_is_reported_and_its_run_can_be_resumed(trainee):
    data, control = _trains(trainee), _control(trainee)
    trainee.wait(lambda: data.status.pid)
    os.kill(data.status.pid, signal.SIGKILL)
    trainee.wait(lambda: not data.folder.is_written())
    trainee.wait(lambda: control.phase == "died")  # a first look may find lines that it wrote before
    assert "died" in control.failure.message.text()
    step = data.step
    trainee.bot.mouseClick(control.go, Qt.MouseButton.LeftButton)
    trainee.wait(lambda: control.phase == "training" and data.step > step)
    assert not control.failure.isVisible()


def test_one_step_begins_a_run_that_waits_and_closing_the_window_stops_it_with_nothing_lost(trainee):
    data, control = _trains(trainee, button="one_step"), _control(trainee)
    trainee.wait(lambda: control.phase == "paused")
    assert data.step == 1
    trainee.window.stop_asking()  # as when the desktop session ends
    trainee.window.close()
    trainee.wait(lambda: not data.folder.is_written())
    status, saved = (
        data.folder.status(),
        [line for line in read_all(data.path).lines if isinstance(line, Saved)],
    )
    assert (status.phase, status.step, saved[-1].step) == ("stopped", 1, 1)
    assert (data.path / "state" / saved[-1].state).exists()


def test_the_newest_weights_are_on_the_sentence_page_during_training(trainee):
    _trains(trainee, msgspec.structs.replace(LONG, checkpoint_every=10))
    trainee.session.state.show_page("sentence")
    person = trainee
    seen = set()
    person.session.state.reading_changed.connect(lambda reading: seen.add(reading.epoch))
    person.wait(lambda: len(seen) > 4)
    assert person.reading.model.uri == person.session.state.selection.model
    slider = person.content.top_bar.epoch
    assert slider.isVisible() and slider.value() == slider.maximum() > 3
    slider.setValue(1)
    person.wait(lambda: person.reading.epoch == 10)
    assert person.session.state.selection.epoch == 10


def test_a_run_trains_to_its_end_and_the_next_press_begins_another(trainee):
    short = msgspec.structs.replace(TUTORIAL, epochs=20)
    data, control = _trains(trainee, short), _control(trainee)
    trainee.wait(lambda: control.phase == "finished")
    assert data.step == 40 and data.epoch == 20 and control.bar.value() == 1000
    assert control.go.text() == "Train" and not control.new_run.isVisible()
    other = _trains(trainee, short)
    trainee.wait(lambda: control.phase == "finished")
    assert other is not data and other.name == "tutorial-lstm-6-2"
    assert other.steps.column("loss").tolist() == data.steps.column("loss").tolist()


def test_a_run_of_another_process_is_followed_and_controlled(trainee, tmp_path):
    """Here the somebody is the same trainer, of which this window knows nothing."""
    from lstm_viz.app.runs.trainer_process import TrainerProcess, train_arguments

    path = tmp_path / "elsewhere" / "theirs"
    process = TrainerProcess()
    process.run_command(train_arguments(LONG, path))
    try:
        trainee.wait(RunData(path).folder.exists)
        trainee.wait(lambda: (path / "checkpoints").is_dir() and any((path / "checkpoints").iterdir()))
        trainee.content.training.runs_panel.open_run(path)
        control = _control(trainee)
        trainee.wait(lambda: control.phase == "training")
        assert run_path(trainee.session.state.selection.model) == path
        trainee.bot.mouseClick(control.go, Qt.MouseButton.LeftButton)
        trainee.wait(lambda: control.phase == "paused")
        trainee.bot.mouseClick(control.stop, Qt.MouseButton.LeftButton)
        trainee.wait(lambda: process.ended() is not None)
        trainee.wait(lambda: control.phase == "stopped")
    finally:
        process.end()


@pytest.mark.parametrize("what", ["damaged", "missing"])
def test_a_training_that_cannot_start_is_reported(trainee, tmp_path, what):
    corpus = tmp_path / "bad.conllu"
    if what == "damaged":
        corpus.write_text("no treebank\n")
    settings = msgspec.structs.replace(TUTORIAL, corpus=(str(corpus),))
    trainee.session.trainer.train(settings)
    trainee.wait(trainee.content.notice.isVisible)
    assert "bad.conllu" in trainee.content.notice.text
    assert trainee.session.trainer.pending is None
    assert not list((tmp_path / "runs").glob("*"))
    assert _control(trainee).phase == "none"


def test_a_corpus_that_cannot_be_learnt_from_holds_the_button_back(trainee, tmp_path):
    corpus = tmp_path / "bad.conllu"
    corpus.write_text("no treebank\n")
    page, control = trainee.content.training, _control(trainee)
    trainee.session.opener.open([corpus])
    trainee.wait(lambda: not control.go.isEnabled())
    labels = [label.text() for label in trainee.window.findChildren(QLabel) if label.isVisible()]
    assert [text for text in labels if "bad.conllu, line 1" in text] == [page.form.corpus_error.text()]
    page.form.take_corpus(("small",))
    assert control.go.isEnabled() and not page.form.corpus_error.isVisible()  # at once
    assert "bad.conllu" not in " ".join(page.form.corpus.itemText(k) for k in range(page.form.corpus.count()))
    trainee.wait(lambda: "parameters" in page.form.summary_line.figures.text())


def test_a_run_that_cannot_be_resumed_is_reported_and_unchanged(trainee, tmp_path):
    """Its corpus is another than when it began."""
    path = write_run(tmp_path / "runs" / "old", planned_epochs=9, phase="stopped", checkpoints=True)
    trainee.session.state.pick_model(of_run(path))
    control = _control(trainee)
    trainee.wait(lambda: control.go.text() == "Resume")
    trainee.bot.mouseClick(control.go, Qt.MouseButton.LeftButton)
    trainee.wait(trainee.content.notice.isVisible)
    assert trainee.content.notice.text.startswith("The run old cannot be resumed: ")
    assert "lstm-viz" not in trainee.content.notice.text
    trainee.wait(lambda: control.phase == "stopped" and control.go.text() == "Resume")
    trainee.settle()
