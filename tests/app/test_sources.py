"""What exported files are named after, and what their captions say."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox

from lstm_viz.app.pages.sources import reading_source, run_source
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_epoch import RunEpoch, file_name, run_epoch_of
from lstm_viz.app.selection.selection import ComparedWith
from lstm_viz.app.widgets.notices import Notice
from lstm_viz.app.widgets.panel import Source
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import SetValue
from lstm_viz.uris import of_run
from tests.runs_support import write_run


def test_a_run_is_named_with_its_epoch(tmp_path):
    data = RunData(write_run(tmp_path / "a-run", name="my <b>run</b>"))
    data.poll()
    source = run_source(data, run_epoch_of(data, 3))
    assert (source.name, source.caption) == ("a-run-epoch-3", "Run my <b>run</b> · epoch 3")
    whole = source.without_epoch()
    assert (whole.name, whole.caption) == ("a-run", "Run my <b>run</b>") and whole.without_epoch() == whole
    table = source.with_columns(Table(("epoch", "x"), [(3, 0.5)]))
    assert table == Table(("run", "epoch", "x"), [("my <b>run</b>", 3, 0.5)])
    assert source.with_columns(table) == table
    assert run_source(data, None) == run_source(None, None) == Source()


def test_the_names_of_files():
    assert file_name(None, "tags") == "tags"
    assert file_name(RunEpoch("preset:tutorial", 0, 3), "tags") == "tags"
    assert file_name(RunEpoch("run:/a/b", 0, 3), "tags") == "b-epoch-3-tags"
    assert file_name(RunEpoch("run:/a/b", 0, 3)) == "b-epoch-3"
    assert file_name(RunEpoch("run:/a/b", 0), "tags") == "b-tags"


def test_a_reading_is_named_with_its_model_and_sentence(person):
    person.writes("the dog")
    source = reading_source(person.reading)
    assert source.name == "tutorial" and source.caption.endswith(" · “the dog”")
    assert person.reading.model.title in source.caption and "epoch" not in source.caption
    assert person.page.matrix.file_name() == "tutorial-heatmaps"
    assert reading_source(None) == Source()


def test_a_comparison_names_both_readings(person):
    state = person.session.state
    state.change(compared_with=ComparedWith("the apple", "preset:tutorial-gru"))
    person.wait(lambda: person.page.comparison_model.comparison is not None)
    a, b = person.page.source().caption.split(" | B ")
    assert a.startswith("A ") and a.endswith("“The dog ate the apple”") and b.endswith("“the apple”")
    assert state.other.model.title in b and state.other.model.title not in a
    state.change(compared_with=None, edits=(SetValue("f", 0.0, 1),))
    person.settle()
    assert person.page.source().caption.endswith(" · A before, B after the edits")


def test_a_reading_of_a_run_has_its_epoch(person, tmp_path):
    path = write_run(tmp_path / "runs" / "mine", epochs=3, steps=6, checkpoints=True)
    person.session.state.pick_model(of_run(path))
    person.session.state.change(epoch=2)
    person.wait(lambda: person.reading.epoch == 2 and person.reading.model.uri == of_run(path))
    assert person.page.matrix.file_name() == "mine-epoch-2-heatmaps"
    assert "epoch 2" in person.page.source().caption


def test_a_saved_picture_of_the_window_is_named_and_its_path_reported(person, tmp_path, monkeypatch):
    monkeypatch.setattr(Notice, "PASSING_MS", 1)
    person.content.save_picture()
    dialog = person.window.findChild(QFileDialog)
    assert Path(dialog.selectedFiles()[0]).name == "tutorial-sentence.png"
    path = tmp_path / "tutorial-sentence.png"
    dialog.fileSelected.emit(str(path))
    assert path.stat().st_size
    assert person.content.notice.text == f"Saved: {path}"
    person.wait(lambda: not person.content.notice.text)
    dialog.fileSelected.emit(str(tmp_path / "no" / "x.png"))
    assert "could not be written" in person.window.findChild(QMessageBox).text()
    dialog.reject()


def test_a_dialog_opens_in_the_folder_of_the_last_one(person, tmp_path):
    person.content.save_picture()
    dialog = person.window.findChild(QFileDialog)
    dialog.setDirectory(str(tmp_path))
    dialog.findChild(QLineEdit).setText(str(tmp_path / "a.png"))
    dialog.accept()
    person.wait(lambda: (tmp_path / "a.png").exists() and not person.window.findChildren(QFileDialog))
    person.content.save_picture()
    dialog = person.window.findChild(QFileDialog)
    assert Path(dialog.selectedFiles()[0]) == tmp_path / "tutorial-sentence.png"
    dialog.reject()
