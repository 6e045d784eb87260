"""The control panel over run folders: what it shows, and what it requests."""

import pytest
from PySide6.QtCore import QEvent, QObject, Qt

from lstm_viz.app.panels.control.control_panel import ControlPanel
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.trainer import Trainer
from lstm_viz.app.runs.trainer_process import TrainerProcess
from lstm_viz.runs.folder import Control, RunFolder, Status
from lstm_viz.runs.library import RunLibrary
from lstm_viz.runs.settings import SMALL
from lstm_viz.uris import of_run
from tests.runs_support import add_epoch, add_steps, write_run


def _no_process():
    raise OSError(2, "No such file or directory")


@pytest.fixture
def open_panel(open_desk, tmp_path):
    """Return what opens the panel on a run, beside a trainer that cannot start a process."""
    trainers = []

    def open_(**run):
        path = write_run(tmp_path / "shelf" / "a", **run) if run else None
        desk = open_desk(path)
        trainer = Trainer(desk.state, desk.runs, _no_process)
        trainers.append(trainer)
        panel = ControlPanel(desk.state, desk.runs, trainer)
        desk.show(panel, 340, 220)
        return desk, panel

    yield open_
    for trainer in trainers:
        trainer.close()
        trainer.deleteLater()


@pytest.fixture
def live(open_panel):
    """Return a panel over a run that somebody writes: the test itself."""
    desk, panel = open_panel(steps=60, epochs=6, planned_epochs=12, phase="training")
    lock = desk.runs.current.folder.lock()
    lock.acquire()
    desk.wait(lambda: panel.phase == "training")
    yield desk, panel
    lock.release()


def _press(desk, button):
    desk.bot.mouseClick(button, Qt.MouseButton.LeftButton)


def _write_status(desk, **status):
    RunFolder(desk.runs.current.path).write_status(Status(**status))


def test_without_a_run_it_shows_what_to_do(open_panel):
    _, panel = open_panel()
    assert panel.title.text() == "No run yet" and panel.phase == "none"
    assert "press Train" in panel.run_status.place.text()
    assert panel.go.text() == "Train" and panel.go.isEnabled() and not panel.stop.isEnabled()
    assert not panel.bar.isVisible() and not panel.failure.isVisible()


def test_a_live_run_is_described(live):
    _, panel = live
    assert panel.title.text() == "Run a" and panel.phase_label.text() == "training"
    assert panel.run_status.place.text() == "epoch 7 of 12 · step 60 of 120 · 1s left"
    assert panel.run_status.pace.text().startswith("38.2k tokens/s · best accuracy 0.")
    assert panel.run_status.safety.text().endswith(" ago · safe to close")
    assert panel.bar.value() == 500
    assert [b.text() for b in (panel.go, panel.one_step, panel.one_epoch, panel.stop)] == [
        "Pause", "One step", "One epoch", "Stop",
    ]  # fmt: skip


def test_a_press_shows_at_once_and_is_requested(live):
    desk, panel = live
    folder = desk.runs.current.folder
    _press(desk, panel.go)
    assert (panel.go.text(), panel.phase) == ("Continue", "pausing")
    assert folder.control() == Control(until_step=0)
    _write_status(desk, phase="paused", step=60, epoch=6)
    desk.wait(lambda: panel.phase == "paused")
    _press(desk, panel.one_step)
    _press(desk, panel.one_step)
    assert folder.control() == Control(until_step=62) and panel.phase == "training"
    _press(desk, panel.one_epoch)
    assert folder.control() == Control(until_epoch=7)
    _press(desk, panel.go)
    assert folder.control() == Control() and panel.go.text() == "Pause"
    _press(desk, panel.stop)
    assert folder.control() == Control(stop=True) and panel.phase == "stopping"
    assert not any(b.isEnabled() for b in (panel.go, panel.one_step, panel.one_epoch, panel.stop))


def test_slow_motion_is_requested_and_kept_for_the_next_run(live):
    desk, panel = live
    _press(desk, panel.go)
    panel.pace.setCurrentIndex(2)
    panel.pace.activated.emit(2)
    assert desk.runs.current.folder.control() == Control(until_step=0, steps_per_second=2.0)
    assert desk.state.training.pace == 2.0


def test_a_stopped_run_keeps_its_slow_motion(open_panel):
    desk, panel = open_panel(steps=60, epochs=6, planned_epochs=12, phase="stopped")
    desk.runs.current.folder.write_control(Control(until_step=60, steps_per_second=5.0, stop=True))
    desk.wait(lambda: panel.pace.currentText() == "5 steps a second")
    panel._trainer.resume(desk.runs.current)
    assert desk.runs.current.folder.control() == Control(steps_per_second=5.0)
    panel.pace.activated.emit(2)
    assert panel.pace.currentText() == "2 steps a second"
    assert desk.runs.current.folder.control() == Control(steps_per_second=2.0)


def test_the_requests_of_another_window_are_shown(live):
    desk, panel = live
    desk.runs.current.folder.write_control(Control(until_step=0, steps_per_second=5.0))
    desk.wait(lambda: panel.go.text() == "Continue" and panel.pace.currentText() == "5 steps a second")


@pytest.mark.parametrize(
    ("phase", "resumes"), [("finished", False), ("stopped", True), ("training", True), ("failed", True)]
)
def test_what_has_ended_can_be_resumed_where_it_makes_sense(open_panel, phase, resumes):
    planned = 6 if phase == "finished" else 12
    _, panel = open_panel(steps=60, epochs=6, planned_epochs=planned, phase=phase)
    assert panel.go.text() == ("Resume" if resumes else "Train") and panel.go.isEnabled()
    assert panel.new_run.isVisible() == resumes
    assert panel.stop.isVisible() and not panel.stop.isEnabled()
    if phase == "training":
        assert panel.phase_label.text() == "died"
        assert "after step 60" in panel.failure.message.text()


def test_a_trainer_that_cannot_be_started_is_a_sentence(open_panel):
    desk, panel = open_panel(steps=60, epochs=6, planned_epochs=12, phase="stopped")
    errors = []
    panel._trainer.failed.connect(errors.append)
    _press(desk, panel.go)
    assert errors == ["The run a cannot be resumed: No such file or directory."]
    _press(desk, panel.new_run)
    assert errors[1].startswith("A run cannot be written to") and panel.phase == "stopped"


def test_numbers_that_diverged_are_reported_with_their_place(open_panel):
    desk, panel = open_panel(steps=60, epochs=6, nan=True)
    failure = panel.failure
    assert panel.phase_label.text() == "failed" and not panel.new_run.isVisible()
    assert failure.message.text() == "The loss of step 60 is not a number."
    assert failure.place.text() == (
        "First non-finite value: candidate g (NaN), unit 4, layer 1, forward, at word 3, “ate”"
    )
    _press(desk, failure.show_button)
    selection = desk.state.selection
    assert (selection.text, selection.step, selection.unit) == ("The dog ate the apple", 2, 3)
    assert not desk.state.training.shown


def test_the_sentence_of_a_run_that_is_not_selected_is_opened_with_its_own_model(open_panel, tmp_path):
    desk, panel = open_panel(steps=60, epochs=6)
    other = RunData(write_run(tmp_path / "other", steps=60, epochs=6, nan=True))
    other.poll()
    panel.failure.show_run(other, "failed")  # one that has only begun is shown before it is selected
    _press(desk, panel.failure.show_button)
    assert desk.state.selection.model == of_run(other.path) and desk.state.selection.step == 2


def test_one_step_and_one_epoch_of_a_stopped_run_resume_it(open_panel, monkeypatch):
    desk, panel = open_panel(steps=60, epochs=6, planned_epochs=12, phase="stopped")
    asked = []
    monkeypatch.setattr(panel._trainer, "resume", lambda data, control: asked.append(control))
    _press(desk, panel.one_step)
    _press(desk, panel.one_epoch)
    assert asked == [Control(until_step=61), Control(until_epoch=7)]


def test_a_killed_run_counts_one_step_from_where_it_was_saved(open_panel, monkeypatch):
    desk, panel = open_panel(steps=60, epochs=6, planned_epochs=12, phase="training")
    add_steps(desk.runs.current.path, 61, 15, 7)
    add_epoch(desk.runs.current.path, 70, 7)
    desk.wait(lambda: desk.runs.current.step == 75 or desk.runs.current.epoch == 7)
    asked = []
    monkeypatch.setattr(panel._trainer, "resume", lambda data, control: asked.append(control))
    _press(desk, panel.one_step)
    _press(desk, panel.one_epoch)
    assert asked == [Control(until_step=61), Control(until_epoch=7)]


def test_no_second_run_is_started_while_one_is_trained(live, monkeypatch):
    desk, panel = live
    started, refused = [], []
    monkeypatch.setattr(panel._trainer, "train", lambda *of: started.append(of))
    panel.refused.connect(refused.append)
    panel.train()
    assert refused == ["The run a is being trained: stop it before you train a new one."] and not started
    desk.state.pick_model("preset:tutorial")
    panel.set_form_error("bad.conllu, line 1: no tab.")
    panel.train()
    assert refused[1:] == ["bad.conllu, line 1: no tab."] and not started
    panel.set_form_error("")
    panel.train()
    assert len(started) == 1


def test_a_form_error_blocks_new_runs_only(open_panel, live):
    desk, panel = live
    panel.set_form_error("bad.conllu, line 1: no tab.")
    assert panel.go.isEnabled()
    desk.state.pick_model("preset:tutorial")
    assert not panel.go.isEnabled() and not panel.one_step.isEnabled()
    assert panel.go.toolTip() == "bad.conllu, line 1: no tab."
    panel.set_form_error("")
    assert panel.go.isEnabled()


def test_a_form_error_does_not_keep_a_run_from_being_resumed(open_panel):
    _, panel = open_panel(steps=60, epochs=6, planned_epochs=12, phase="stopped")
    panel.set_form_error("bad.conllu, line 1: no tab.")
    assert panel.go.isEnabled() and panel.one_epoch.isEnabled() and not panel.new_run.isEnabled()


def test_a_run_of_a_custom_loop_shows_what_it_has(open_panel):
    desk, panel = open_panel(steps=60, epochs=6)
    (desk.runs.current.path / "status.json").unlink()
    desk.wait(lambda: desk.runs.current.status is None)
    assert panel.run_status.place.text() == "epoch 6 of 6 · step 60 of 60"


def test_the_bar_is_not_painted_before_all_else(live):
    """Qt's own bar paints itself at once, and the half of the window that was updated already with it."""
    desk, panel = live
    painted = []
    watcher = _Watcher(painted)
    panel.bar.installEventFilter(watcher)
    panel.bar.repaint()
    assert painted  # so it would be seen
    painted.clear()
    _write_status(desk, phase="training", step=90, epoch=9)
    desk.runs.poll()
    panel._grown(desk.runs.current)
    assert panel.bar.value() == 750 and not painted
    desk.wait(lambda: painted)


class _Watcher(QObject):
    def __init__(self, painted):
        super().__init__()
        self._painted = painted

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self._painted.append(event)
        return False


def test_what_cannot_be_started_leaves_no_folder(open_desk, tmp_path, monkeypatch):
    desk, errors = open_desk(None), []
    trainer = Trainer(desk.state, desk.runs, _no_process)
    trainer.failed.connect(errors.append)
    trainer.train(SMALL)
    monkeypatch.setattr(RunFolder, "write_control", _no_room)
    trainer.train(SMALL)
    monkeypatch.setattr(RunLibrary, "free_path", _no_room)
    trainer.train(SMALL)
    assert [message.rsplit(": ", 1)[1] for message in errors] == [
        "No such file or directory.",
        *["full."] * 2,
    ]
    assert not list(desk.runs.library.folder.glob("*")) and trainer.pending is None
    trainer.deleteLater()


def _no_room(*_):
    raise OSError(28, "full")


@pytest.mark.parametrize("has_said", [False, True])
def test_a_trainer_that_is_still_loading_is_not_waited_for_when_the_window_is_closed(
    open_desk, tmp_path, has_said
):
    path = write_run(tmp_path / "shelf" / "a", planned_epochs=9, phase="stopped")
    desk, process = open_desk(path), TrainerProcess(("-c", "import time; time.sleep(600)"))
    trainer = Trainer(desk.state, desk.runs, lambda: process)
    trainer.resume(desk.runs.current)
    if has_said:
        RunFolder(path).write_status(Status(phase="training", pid=process.pid))
    trainer.close()
    assert (process.ended() is None) == RunFolder(path).control().stop == has_said
    process.kill()
    trainer.deleteLater()


def test_damage_is_reported_beside_what_is_shown(open_panel):
    desk, panel = open_panel(steps=60, epochs=6)
    path = desk.runs.current.path
    lines = (path / "history.jsonl").read_bytes().split(b"\n")
    lines[3] = lines[3].replace(b'"loss":', b'"loss":9')
    (path / "history.jsonl").write_bytes(b"\n".join(lines))
    (path / "status.json").write_bytes(b"{")
    (path / "gates.jsonl").write_bytes((path / "gates.jsonl").read_bytes().replace(b'"step":', b'"stop":', 1))
    desk.state.pick_model("preset:tutorial")
    desk.state.pick_model(of_run(path))
    text = panel.failure.message.text()
    assert "status.json" in text and "damaged" in text
    assert "history.jsonl that were left out: 1 (4)" in text and "gates.jsonl that were left out: 1" in text
    assert panel.phase_label.text() == "" and "died" not in text
    assert len(desk.runs.current.steps) == 59
