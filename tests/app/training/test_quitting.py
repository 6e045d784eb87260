"""Closing the window while it trains: the question, its answers, and what the next start reports."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from lstm_viz.app.runs.trainer import Trainer
from lstm_viz.app.runs.trainer_process import TrainerProcess
from lstm_viz.app.shell.background_runs import BackgroundRuns
from lstm_viz.app.shell.quitting import Quitting
from lstm_viz.app.shell.window import Window
from lstm_viz.app.widgets.notices import Notice
from lstm_viz.runs.folder import Control, RunFolder, Status
from lstm_viz.uris import of_run
from tests.runs_support import write_run


class Closing:
    """A window that trains: its trainer has reported, and sleeps."""

    def __init__(self, desk, trainer, process):
        self.desk, self.trainer, self.process, self.window = desk, trainer, process, Window()
        self.folder = desk.runs.current.folder
        self.window.may_close = Quitting(self.window, trainer).may_close
        self.window.closed.connect(trainer.close)
        self.window.show()

    @property
    def boxes(self):
        return [box for box in self.window.findChildren(QMessageBox) if box.isVisible()]

    def answers(self, text):
        (box,) = self.boxes
        button = next(button for button in box.buttons() if text in button.text().replace("&", ""))
        self.desk.bot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def closing(open_desk, tmp_path):
    path = write_run(tmp_path / "shelf" / "a", planned_epochs=9, phase="stopped")
    desk, process = open_desk(path), TrainerProcess(("-c", "import time; time.sleep(600)"))
    trainer = Trainer(desk.state, desk.runs, lambda: process)
    trainer.resume(desk.runs.current)
    RunFolder(path).write_status(Status(phase="training", pid=process.pid))
    made = Closing(desk, trainer, process)
    yield made
    process.kill()
    for thing in (made.window, trainer):
        thing.deleteLater()


def test_it_is_asked_once_and_cancel_changes_nothing(closing):
    assert not closing.window.close() and not closing.window.close()
    assert "“a”" in closing.boxes[0].text()
    closing.answers("Cancel")
    assert closing.window.isVisible() and not closing.boxes
    assert closing.process.ended() is None and closing.folder.control() == Control()
    assert not closing.window.close() and closing.boxes


def test_the_training_continues_in_the_background(closing):
    closing.window.close()
    assert closing.boxes[0].defaultButton().text() == "Continue in the &background"
    closing.answers("background")
    assert not closing.window.isVisible()
    assert closing.process.ended() is None and closing.folder.control() == Control()


def test_the_training_is_stopped(closing):
    closing.window.close()
    closing.answers("stop")
    assert not closing.window.isVisible() and closing.folder.control().stop


def test_the_end_of_the_desktop_session_asks_nothing(closing):
    closing.window.close()
    assert closing.boxes
    closing.window.stop_asking()
    QApplication.closeAllWindows()  # as a signal does
    assert not closing.window.isVisible() and closing.folder.control().stop


@pytest.mark.parametrize("how", ["stopped already", "ended"])
def test_nothing_is_asked_where_nothing_goes_on(closing, how):
    if how == "ended":
        closing.process.kill()
    else:
        closing.trainer.request(closing.desk.runs.current, stop=True)
    assert closing.window.close() and not closing.boxes


@pytest.fixture
def notice(qtbot):
    notice = Notice()
    qtbot.addWidget(notice)
    return notice


def test_the_next_start_reports_what_is_in_training_and_shows_it(open_desk, tmp_path, notice):
    path = write_run(tmp_path / "shelf" / "a", planned_epochs=9, phase="training")
    desk = open_desk(None)
    BackgroundRuns(desk.state, desk.runs, notice)
    with RunFolder(path).lock():
        desk.runs.relist()
        assert notice.text == "In training in the background: “a”"
        desk.bot.mouseClick(notice.button, Qt.MouseButton.LeftButton)
        assert desk.state.selection.model == of_run(path) and desk.state.training.shown and not notice.text
        desk.runs.relist()
    assert not notice.text


def test_a_training_in_view_is_not_reported(open_desk, tmp_path, notice):
    path = write_run(tmp_path / "shelf" / "a", planned_epochs=9, phase="training")
    desk = open_desk(path)
    desk.runs.entries = ()
    BackgroundRuns(desk.state, desk.runs, notice)
    with RunFolder(path).lock():
        desk.runs.relist()
    assert not notice.text
