"""The list of runs, by mouse and by key; what differs between them."""

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox

from lstm_viz.app.panels.runs.colours import run_colour
from lstm_viz.app.panels.runs.differences import Differences, differing
from lstm_viz.app.panels.runs.runs_panel import RunsPanel
from lstm_viz.app.theme import DARK, LIGHT
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.settings import SMALL, TUTORIAL
from lstm_viz.uris import of_run
from tests.runs_support import write_run

GRU = msgspec.structs.replace(SMALL, cell="gru", learning_rate=0.02)


@pytest.fixture
def library(tmp_path):
    """Return a folder of runs: two that trained, one that is damaged."""
    folder = tmp_path / "shelf"
    write_run(folder / "small-lstm-32", settings=SMALL)
    write_run(folder / "small-gru-32", settings=GRU, phase="stopped", seed=2)
    (folder / "bad").mkdir()
    (folder / "bad" / "run.json").write_text("{")
    return folder


@pytest.fixture
def desk(open_desk, library):
    return open_desk(library / "small-lstm-32")


@pytest.fixture
def notices():
    return []


@pytest.fixture
def panel(desk, notices):
    panel = RunsPanel(desk.state, desk.runs)
    panel.notice_requested.connect(lambda *what: notices.append(what))
    desk.show(panel, 340, 300)
    return panel


def _line(panel, name):
    return next(line for line in panel.model.lines if line.name == name)


def _place(panel, name, x=120):
    row = next(row for row, line in enumerate(panel.model.lines) if line.name == name)
    return QPoint(x, panel.view.visualRect(panel.model.index(row)).center().y())


def _click(desk, panel, name, x=120, modifier=Qt.KeyboardModifier.NoModifier):
    desk.bot.mouseClick(
        panel.view.viewport(), Qt.MouseButton.LeftButton, modifier, pos=_place(panel, name, x)
    )


def test_every_run_is_a_line_with_its_accuracy_and_how_it_stands(panel, desk):
    assert {line.name for line in panel.model.lines} == {"small-lstm-32", "small-gru-32", "bad"}
    lstm, gru, bad = (_line(panel, name) for name in ("small-lstm-32", "small-gru-32", "bad"))
    assert lstm.current and lstm.colour == run_colour(DARK, 0) and lstm.phase == ""
    assert lstm.accuracy == f"{desk.runs.current.best_accuracy:.4f}"
    assert (gru.phase, gru.colour) == ("stopped", "")
    assert "learning rate: 0.02" in gru.about and "cell: GRU" in gru.about
    assert not bad.readable and "damaged" in bad.about
    index = panel.model.index(panel.model.row_of(gru.path))
    text = panel.model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert text == f"small-gru-32, {gru.accuracy}, stopped, 2026-01-02 03:04"


def test_a_press_picks_a_run_and_one_with_ctrl_or_on_its_dot_lays_it_over(panel, desk, library):
    _click(desk, panel, "small-gru-32", modifier=Qt.KeyboardModifier.ControlModifier)
    assert desk.state.training.compared == (str(library / "small-gru-32"),)
    assert _line(panel, "small-gru-32").colour == run_colour(DARK, 1)
    assert panel.compare.isEnabled()
    _click(desk, panel, "small-gru-32", x=12)
    assert desk.state.training.compared == () and not panel.compare.isEnabled()
    _click(desk, panel, "small-lstm-32", x=12)
    assert desk.state.training.compared == ()  # the current one is there anyway
    _click(desk, panel, "small-gru-32")
    assert desk.state.selection.model == of_run(library / "small-gru-32")
    assert _line(panel, "small-gru-32").current and not _line(panel, "small-lstm-32").colour


def test_the_keys_do_the_same(panel, desk, library):
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.model.index(panel.model.row_of(library / "small-gru-32")))
    desk.bot.keyClick(panel.view, Qt.Key.Key_Space)
    assert desk.state.training.compared == (str(library / "small-gru-32"),)
    desk.bot.keyClick(panel.view, Qt.Key.Key_Return)
    assert desk.state.selection.model == of_run(library / "small-gru-32")
    assert desk.state.training.compared == ()


def test_a_damaged_run_shows_why_it_is_not_opened(panel, desk, notices):
    model = desk.state.selection.model
    _click(desk, panel, "bad")
    assert desk.state.selection.model == model and "damaged" in notices[-1][0]
    _click(desk, panel, "bad", x=12)
    assert desk.state.training.compared == ()
    menu = panel.menu_of(panel.model.index(panel.model.row_of(_line(panel, "bad").path)))
    assert [action.text().split("\t")[0] for action in menu.actions()] == ["Open its folder", "Delete…"]


def test_a_run_is_renamed_in_place(panel, desk, library):
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.model.index(panel.model.row_of(library / "small-gru-32")))
    desk.bot.keyClick(panel.view, Qt.Key.Key_F2)
    editor = panel.view.findChild(QLineEdit)
    assert editor.text() == "small-gru-32"
    editor.selectAll()
    desk.bot.keyClicks(editor, "with a GRU")
    desk.bot.keyClick(editor, Qt.Key.Key_Return)
    desk.wait((library / "small-gru-32" / "name.txt").exists)
    assert (library / "small-gru-32" / "name.txt").read_text() == "with a GRU"
    assert _line(panel, "with a GRU").path == library / "small-gru-32"


def test_a_name_being_typed_survives_what_is_new(panel, desk, library):
    panel.view.setCurrentIndex(panel.model.index(panel.model.row_of(library / "small-gru-32")))
    desk.bot.keyClick(panel.view, Qt.Key.Key_F2)
    editor = panel.view.findChild(QLineEdit)
    editor.setText("half a na")
    desk.runs.grown.emit(desk.runs.current)
    assert panel.view.findChild(QLineEdit) is editor and editor.text() == "half a na"
    desk.bot.keyClick(editor, Qt.Key.Key_Escape)


def test_deleting_needs_confirmation_and_can_be_undone(panel, desk, library, notices):
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.model.index(panel.model.row_of(library / "small-lstm-32")))
    desk.bot.keyClick(panel.view, Qt.Key.Key_Delete)
    box = panel.findChild(QMessageBox)
    assert "small-lstm-32" in box.text() and box.defaultButton().text() == "Keep"
    assert (library / "small-lstm-32").exists()
    delete = next(button for button in box.buttons() if button.text() == "Delete")
    desk.bot.mouseClick(delete, Qt.MouseButton.LeftButton)
    assert not (library / "small-lstm-32").exists()
    assert desk.state.selection.model == "preset:tutorial" and desk.runs.current is None
    text, button, action = notices[-1]
    assert (text, button) == ("“small-lstm-32” was deleted.", "Undo")
    action()
    assert (library / "small-lstm-32").exists()
    assert desk.state.selection.model == of_run(library / "small-lstm-32")
    panel.undo()
    assert "No run was deleted" in notices[-1][0]


def test_what_is_being_trained_is_not_deleted(panel, desk, library, notices):
    lock = desk.runs.current.folder.lock()
    with lock:
        desk.runs.relist()
        panel.ask_to_delete(_line(panel, "small-lstm-32"))
    assert panel.findChild(QMessageBox) is None
    assert "stop it first" in notices[-1][0]


def test_use_these_settings(panel, desk):
    menu = panel.menu_of(panel.model.index(panel.model.row_of(_line(panel, "small-gru-32").path)))
    next(action for action in menu.actions() if action.text() == "Use these settings").trigger()
    assert desk.state.training.next == GRU


def test_its_folder_is_opened_by_the_system(panel, desk, library, monkeypatch, notices):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or False)
    menu = panel.menu_of(panel.model.index(panel.model.row_of(_line(panel, "bad").path)))
    menu.actions()[0].trigger()
    assert opened == [str(library / "bad")] and str(library / "bad") in notices[-1][0]


def test_a_run_from_elsewhere_is_opened_and_taken_off_again(panel, desk, tmp_path, monkeypatch, notices):
    there = write_run(tmp_path / "there")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(there))
    desk.bot.mouseClick(panel.open_button, Qt.MouseButton.LeftButton)
    assert desk.state.selection.model == of_run(there)
    menu = panel.menu_of(panel.model.index(panel.model.row_of(there)))
    next(action for action in menu.actions() if action.text() == "Remove from the list").trigger()
    assert desk.state.training.external == () and there.exists()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    desk.bot.mouseClick(panel.open_button, Qt.MouseButton.LeftButton)
    assert "There is no run" in notices[-1][0]


def test_it_is_painted_in_both_themes(panel, desk):
    dark = panel.grab().toImage()
    desk.state.set_theme(LIGHT)
    light = panel.grab().toImage()
    assert _line(panel, "small-lstm-32").colour == run_colour(LIGHT, 0)
    assert dark != light


def test_only_what_differs_is_in_the_table(panel, desk):
    assert differing([SMALL, GRU]) == ["cell", "learning_rate"]
    assert differing([TUTORIAL, TUTORIAL]) == []
    _click(desk, panel, "small-gru-32", x=12)
    panel.show_differences()
    dialog = panel.window().findChild(Differences)
    lines = [line.split("\t") for line in dialog.text().splitlines()]
    assert lines[0] == ["", "small-lstm-32", "small-gru-32"]
    assert lines[1:3] == [["cell", "LSTM", "GRU"], ["learning rate", "0.01", "0.02"]]
    assert [line[0] for line in lines[3:]] == ["best accuracy", "parameters"]
    desk.bot.keyClick(dialog, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == dialog.text()
    _click(desk, panel, "small-gru-32", x=12)
    assert dialog.table.columnCount() == 1 and "to overlay it" in dialog.hint.text()
    dialog.close()


def test_the_table_is_forgotten_when_it_is_closed(panel, desk):
    panel.show_differences()
    dialog = panel.window().findChild(Differences)
    with desk.bot.waitSignal(dialog.destroyed):
        dialog.close()
    desk.runs.grown.emit(desk.runs.current)
    desk.state.change_training(smoothing=0.5)
    assert panel.window().findChild(Differences) is None  # what went wrong in a slot fails the test


def test_a_menu_is_about_its_line_wherever_that_has_gone(panel, desk, library):
    path = library / "small-gru-32"
    menu = panel.menu_of(panel.model.index(panel.model.row_of(path)))
    write_run(library / "newest", settings=SMALL)
    desk.runs.relist()
    assert panel.model.lines[0].name == "newest"
    _action(menu, "Rename").trigger()
    assert panel.view.findChild(QLineEdit).text() == "small-gru-32"
    _action(menu, "Show").trigger()
    assert desk.state.selection.model == of_run(path)


def test_a_run_that_went_while_its_menu_was_open_is_left_alone(panel, desk, library):
    path, model = library / "small-gru-32", desk.state.selection.model
    menu = panel.menu_of(panel.model.index(panel.model.row_of(path)))
    path.rename(library.parent / "gone")
    desk.runs.relist()
    _action(menu, "Rename").trigger()
    _action(menu, "Show").trigger()
    assert desk.state.selection.model == model


def test_a_run_with_a_loading_trainer_shows_it_and_is_not_deleted(panel, desk, library, notices):
    data = desk.runs.current
    data.folder.write_status(msgspec.structs.replace(data.status, phase="training"))
    data.poll()
    desk.runs.grown.emit(data)
    assert _line(panel, "small-lstm-32").phase == "died"
    for path in (data.path, library / "small-gru-32"):
        desk.runs.begun[path] = RunFolder(path).status()
    desk.runs.grown.emit(data)
    assert _line(panel, "small-lstm-32").phase == "starting…"
    data.folder.write_status(msgspec.structs.replace(data.status, time=2.0))
    data.poll()
    desk.runs.grown.emit(data)
    assert _line(panel, "small-lstm-32").phase == "died"  # that trainer spoke, and holds the folder no more
    panel.ask_to_delete(_line(panel, "small-gru-32"))
    assert panel.findChild(QMessageBox) is None and "stop it first" in notices[-1][0]


def test_a_failed_undo_can_be_retried(panel, desk, library, notices):
    path = library / "small-gru-32"
    panel.delete(path, "small-gru-32")
    (path / "in the way").mkdir(parents=True)
    panel.undo()
    assert "could not be restored" in notices[-1][0]
    (path / "in the way").rmdir()
    panel.undo()
    assert (path / "run.json").exists()


def _action(menu, text):
    return next(action for action in menu.actions() if action.text().split("\t")[0] == text)
