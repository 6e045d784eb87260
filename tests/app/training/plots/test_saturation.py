"""The dots of the gates: positions, descriptions, clicks."""

import xml.etree.ElementTree as ET

import msgspec
import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lstm_viz.app.panels.saturation.axes import Axes
from lstm_viz.app.theme import DARK
from lstm_viz.app.widgets.figure import Figure
from lstm_viz.files.lines import LineFile
from lstm_viz.runs.gates import Saturation, encode
from lstm_viz.runs.settings import SMALL
from tests.runs_support import add_epoch, write_run


def test_a_dot_a_unit_and_gate_in_the_gates_colours(scene, run):
    shown = scene(run)
    scatter, line = shown.saturation.scatter, shown.runs.current.reader.saturation_at(600)
    image = scatter.grab().toImage()
    for gate in "fio":
        for unit in range(32):
            place = scatter.place(line.closed[gate][unit], line.open[gate][unit])
            assert (gate, unit) in scatter.dots_at(place)
        colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        assert DARK.quantity[gate] in colours
    assert shown.saturation.subtitle.text().startswith("epoch 10 · as of step 600 · ")
    assert "forget gate: " in scatter.accessibleDescription()


def _texts(scatter):
    root = ET.fromstring(Figure(scatter).svg())
    return {"".join(node.itertext()).strip() for node in root.iter() if node.tag.endswith("}text")}


def test_axes_and_corners_are_named_at_every_size(scene, run):
    scatter = scene(run).saturation.scatter
    scatter.parentWidget().layout().removeWidget(scatter)
    for size in ((150, 150), (300, 230), (700, 400)):
        scatter.resize(*size)
        texts = _texts(scatter)
        assert {"always closed", "always open"} <= texts
        assert any(text.startswith("left-saturated: ") and text.endswith("< 0.1") for text in texts)
        assert any(text.startswith("right-saturated: ") and text.endswith("> 0.9") for text in texts)
        assert any(text.startswith("always at one end") for text in texts)
        assert "unit 1" in texts
    assert "left-saturated: share of words with the gate < 0.1" in texts
    assert "always at one end, open or closed" in texts
    assert "mostly between 0.1 and 0.9" in texts


def test_the_corners(scene, run):
    scatter = scene(run).saturation.scatter
    field = scatter.field
    assert scatter.place(0, 0) == field.bottomLeft()
    assert scatter.place(1, 0) == field.bottomRight()
    assert scatter.place(0, 1) == field.topLeft()


def test_a_dot_shows_its_unit_and_shares_and_a_click_selects_it(scene, tmp_path):
    run = write_run(tmp_path / "one", steps=10, epochs=1, settings=SMALL)
    _add(
        run,
        10,
        {"f": (0.25, 0.5), "i": (0.0, 0.0), "o": (0.9, 0.0)},
        {"f": (0.5, 0.25), "i": (1.0, 0.0), "o": (0.05, 0.0)},
    )
    shown = scene(run)
    scatter = shown.saturation.scatter
    place = scatter.place(0.5, 0.25).toPoint()
    QTest.mouseMove(scatter, place)
    QApplication.processEvents()
    assert scatter.hover.text().split("\n") == [
        "unit 2 · forget gate f", "share of words < 0.1  0.5", "share of words > 0.9  0.25",
    ]  # fmt: skip
    QTest.mouseClick(scatter, Qt.MouseButton.LeftButton, pos=place)
    assert shown.state.selection.unit == 1
    QTest.keyClick(scatter, Qt.Key.Key_Up)
    assert shown.state.selection.unit == 0
    crowd = scatter.dots_at(scatter.place(0.0, 0.0))
    assert crowd == [("i", 1), ("o", 1)]
    assert scatter.describe(crowd).endswith("and 1 more here")
    QTest.mouseMove(scatter, QPoint(1, 1))
    assert scatter.hover.isHidden()


def _add(run, step, closed, open_, epoch=1):
    lines = LineFile(run / "gates.jsonl")
    lines.append(encode(Saturation(step, epoch, "lstm", closed, open_)))
    lines.close()


def test_a_line_is_shown_as_soon_as_its_epoch_has_ended(scene, run):
    shown = scene(run)
    _add(run, 620, {"f": (0.25,)}, {"f": (0.25,)}, epoch=11)
    _add(run, 640, {"f": (0.5,)}, {"f": (0.125,)}, epoch=11)
    shown.read()
    assert shown.saturation.subtitle.text().startswith("epoch 10 · as of step 600 · ")
    add_epoch(run, 660, 11)
    shown.read()
    assert shown.saturation.subtitle.text().startswith("epoch 11 · as of step 640 · ")
    assert shown.saturation.table().rows == [(640, "f", 1, 0.5, 0.125)]


def test_it_follows_the_picked_epoch(scene, run):
    shown = scene(run)
    panel = shown.saturation
    for epoch, step in ((5, 300), (6, 300), (9, 300), (4, 1), (1, 1), (10, 600)):
        shown.state.change(epoch=epoch)  # the folder has lines of the steps 1, 300 and 600
        assert panel.subtitle.text().startswith(f"epoch {epoch} · as of step {step} · ")
        line = shown.runs.current.reader.saturation_at(step)
        assert [row[3] for row in panel.table().rows if row[1] == "f"] == list(line.closed["f"])
    shown.state.change(epoch=0)
    assert panel.note.isVisible() and not panel.is_ready and panel.run_epoch is None


def test_a_readout_of_other_dots_is_hidden(scene, tmp_path):
    run = write_run(tmp_path / "one", steps=10, epochs=1, settings=SMALL)
    _add(run, 10, {"f": (0.5,)}, {"f": (0.125,)})
    shown = scene(run)
    scatter = shown.saturation.scatter
    QTest.mouseMove(scatter, scatter.place(0.5, 0.125).toPoint())
    assert scatter.hover.isVisible()
    shown.state.pick_model("preset:tutorial")
    assert scatter.hover.isHidden()


@pytest.mark.parametrize(("cell", "gates"), [("gru", {"r", "z"}), ("rnn", set())])
def test_other_cells(scene, tmp_path, cell, gates):
    run = write_run(tmp_path / cell, steps=10, epochs=1, settings=msgspec.structs.replace(SMALL, cell=cell))
    shown = scene(run)
    assert {row[1] for row in shown.saturation.table().rows} == gates
    assert shown.saturation.note.isVisible() == (not gates)
    if not gates:
        assert shown.saturation.note.text() == "An RNN has no gates."


def test_what_makes_no_sense_is_left_out(scene, run):
    _add(run, 600, {"f": (0.5, 0.5), "q": (0.1,), "i": (0.5,)}, {"f": (0.1,), "q": (0.1,), "i": (0.25,)})
    assert scene(run).saturation.table().rows == [(600, "i", 1, 0.5, 0.25)]


def test_the_ticks_leave_room_for_a_ringed_dot_at_the_origin(application):
    image = QImage(300, 230, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        Axes(QRectF(50, 20, 200, 150), 300, 230, DARK).paint(painter)
    beside, below = QRect(43, 163, 6, 14), QRect(43, 172, 14, 5)  # the ring has a radius of 7 pixels
    painted = [
        (x, y)
        for place in (beside, below)
        for x in range(place.left(), place.right() + 1)
        for y in range(place.top(), place.bottom() + 1)
        if image.pixelColor(x, y).alpha()
    ]
    assert painted == []
