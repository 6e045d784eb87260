"""Saved plots: pictures of the right size, drawings that are XML, tables with every digit."""

import csv
import struct
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
)

from lstm_viz.app.theme import DARK
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.export import FigureSnapshot, write_snapshot
from lstm_viz.app.widgets.figure import Figure
from lstm_viz.app.widgets.panel import Panel
from lstm_viz.app.widgets.tables import Table, csv_text
from lstm_viz.runs.settings import SMALL
from tests.runs_support import write_run

TABLE = Table(("a", "b"), [(1, 0.1), ("x, y", None)])
PANELS = ("loss", "second_plot", "saturation")


class _Plain(Panel):
    def table(self):
        return TABLE


def _write(path, panel):
    write_snapshot(path, FigureSnapshot.of(panel.figure(), panel.table))


def _dialog(panel):
    panel.ask_to_save()
    return panel.findChild(QFileDialog)


@pytest.fixture
def plain(application, qtbot):
    """Return a panel of no plots: a word and a button."""
    widget = _Plain()
    layout = QHBoxLayout(widget)
    for child in (QLabel("word"), QPushButton()):
        layout.addWidget(child)
    widget.setStyleSheet(
        "QWidget { background: #ffffff; color: #000000; } QPushButton { background: #ff0000; border: none; }"
    )
    widget.resize(200, 60)
    widget.set_ready(True)
    widget.show()
    qtbot.addWidget(widget)
    return widget


@pytest.mark.parametrize("name", PANELS)
def test_a_picture_is_twice_as_fine_as_the_screen(scene, run, tmp_path, name):
    panel = getattr(scene(run), name)
    _write(tmp_path / "plot.png", panel)
    data = (tmp_path / "plot.png").read_bytes()
    assert struct.unpack(">II", data[16:24]) == (2 * panel.width(), 2 * panel.height())
    image = QImage.fromData(data)
    colours = {
        image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(image.height())
    }
    assert len(colours) > 30 and DARK.panel in colours


@pytest.mark.parametrize("name", PANELS)
def test_a_drawing_is_lines_and_letters(scene, run, tmp_path, name):
    panel = getattr(scene(run, second_plot="norms"), name)
    _write(tmp_path / "plot.svg", panel)
    root = ET.parse(tmp_path / "plot.svg").getroot()
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert root.attrib["viewBox"].split() == ["0", "0", str(panel.width()), str(panel.height())]
    assert tags.count("path") + tags.count("polyline") + tags.count("polygon") > 3
    texts = {"".join(element.itertext()).strip() for element in root.iter() if element.tag.endswith("}text")}
    assert any(panel.title.text() in text for text in texts)
    assert not {"save", "log", "all"} & texts


@pytest.mark.parametrize("name", ["loss", "second_plot"])
def test_lines_scale_with_a_drawing_and_none_is_a_bitmap(scene, run, name):
    root = ET.fromstring(getattr(scene(run), name).figure().svg())
    assert not [element for element in root.iter() if element.tag.endswith("}image")]
    assert _stroked_in_device_pixels(root) == []


def _stroked_in_device_pixels(element, stroke="none"):
    """Return the elements whose outline keeps its width when the drawing is enlarged."""
    if element.tag.endswith("}clipPath"):
        return []
    stroke = element.attrib.get("stroke", stroke)
    fixed = element.attrib.get("vector-effect") == "non-scaling-stroke" and stroke != "none"
    found = [element.attrib] if fixed else []
    return found + [each for child in element for each in _stroked_in_device_pixels(child, stroke)]


def test_a_plot_has_the_titles_of_its_axes(scene, run):
    shown = scene(run)
    for panel, title in ((shown.loss, "NLL per word"), (shown.second_plot, "share of right tags")):
        root = ET.fromstring(panel.figure().svg())
        texts = {"".join(e.itertext()).strip() for e in root.iter() if e.tag.endswith("}text")}
        assert {"step", title} <= texts


def test_a_long_title_is_smaller_in_a_figure_and_whole(application, qtbot):
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(120, 20)
    label.show_text("a title that is much longer than its label")
    assert label.text() in "".join(ET.fromstring(Figure(label).svg()).itertext())


def test_a_caption_is_below_and_all_of_it_is_there(plain):
    caption = " ".join(f"word{k}" for k in range(40))
    figure = Figure(plain, caption)
    assert figure.size.width() == plain.width() and figure.size.height() > plain.height() + 40
    text = " ".join("".join(ET.fromstring(figure.svg()).itertext()).split())
    assert all(f"word{k}" in text for k in range(40))


def test_a_table_has_every_digit_of_the_folder(scene, run, tmp_path):
    panel = scene(run, smoothing=0.0).loss
    _write(tmp_path / "loss.csv", panel)
    with (tmp_path / "loss.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    steps = panel._runs.current.steps
    stepped = [row for row in rows if row["loss"]]
    assert [int(row["step"]) for row in stepped] == list(range(1, 601))
    for name, column in (("loss", "loss"), ("smoothed_loss", "loss"), ("learning_rate", "learning_rate")):
        assert [float(row[name]) for row in stepped] == steps.column(column).tolist()
    measured = {int(row["step"]): float(row["validation_loss"]) for row in rows if row["validation_loss"]}
    assert measured == {epoch.step: epoch.dev_loss for epoch in panel._runs.current.epochs}
    assert {row["run"] for row in rows} == {"a run"}


@pytest.mark.parametrize("kind", ["accuracy", "rate", "norms"])
def test_the_other_tables(scene, run, tmp_path, kind):
    other = write_run(tmp_path / "other", steps=50, epochs=5, settings=SMALL, name="other")
    panel = scene(run, second_plot=kind, compared=(str(other),)).second_plot
    table = panel.table()
    columns = {
        "accuracy": ("dev_accuracy",),
        "rate": ("learning_rate",),
        "norms": ("gradient_norm", "weight_norm"),
    }
    assert table.header == ("run", "step", *columns[kind])
    assert {row[0] for row in table.rows} == {"a run", "other"}
    if kind == "norms":
        wanted = panel._runs.current.steps.column("weight_norm")
        np.testing.assert_array_equal([row[3] for row in table.rows if row[0] == "a run"], wanted)


def test_cells_that_are_empty_or_need_quotes():
    assert csv_text(TABLE) == 'a,b\n1,0.1\n"x, y",\n'


def test_controls_are_not_in_the_picture(plain):
    image = QImage.fromData(plain.figure().png())
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert "#ff0000" not in colours
    assert len(colours) > 2, "the word is there"
    grabbed = plain.grab().toImage()
    assert "#ff0000" in {grabbed.pixelColor(x, y).name() for x in range(200) for y in range(60)}


def test_the_screen_is_as_before(scene, run):
    shown = scene(run)
    shown.loss.plot.setFocus()
    QApplication.processEvents()
    before = shown.loss.grab().toImage()
    shown.loss.figure().png()
    QApplication.processEvents()
    assert shown.loss.grab().toImage() == before


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "csv", "tsv"])
def test_the_dialog_writes_the_format_of_the_suffix(plain, tmp_path, suffix):
    path = tmp_path / f"plot.{suffix}"
    dialog = _dialog(plain)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    starts = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "csv": b"a,b\n", "tsv": b"a\tb\n"}
    assert path.read_bytes().startswith(starts[suffix])


def test_the_kind_that_is_picked_completes_a_name_without_one(plain):
    dialog = _dialog(plain)
    dialog.filterSelected.emit("CSV (*.csv)")
    assert dialog.defaultSuffix() == "csv"
    dialog.reject()


@pytest.mark.parametrize("name", ["no-such-folder/plot.png", "plot.bmp"])
def test_an_error_while_writing_is_reported(plain, tmp_path, name):
    dialog = _dialog(plain)
    dialog.fileSelected.emit(str(tmp_path / name))
    dialog.reject()
    (box,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()]
    assert name in box.text() and "could not be written" in box.text()
    assert "Errno" not in box.text()
    box.close()
    QApplication.processEvents()


def test_a_file_that_was_there_stays_when_writing_fails(plain, tmp_path):
    (tmp_path / "plot.png").mkdir()
    (tmp_path / "plot.png" / "kept").write_text("kept")
    with pytest.raises(OSError, match=r"."):
        _write(tmp_path / "plot.png", plain)
    assert (tmp_path / "plot.png" / "kept").read_text() == "kept"
