"""The dots of the gates: where they stand, what is said of them, what a click does."""

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lstm_viz.app.theme import DARK
from lstm_viz.runs.files import LineFile
from lstm_viz.runs.gates import Saturation, encode
from lstm_viz.runs.settings import SMALL
from tests.runs_support import write_run


def test_a_dot_a_unit_and_gate_in_the_gates_colours(scene, run):
    shown = scene(run)
    scatter, line = shown.saturation.scatter, shown.runs.current.saturation
    image = scatter.grab().toImage()
    for gate in "fio":
        for unit in range(32):
            place = scatter.place(line.shut[gate][unit], line.open[gate][unit])
            assert (gate, unit) in scatter.dots_at(place)
        colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        assert DARK.quantity[gate] in colours
    assert "step 600" in shown.saturation.subtitle.text()
    assert "forget gate: " in scatter.accessibleDescription()


def test_the_corners(scene, run):
    scatter = scene(run).saturation.scatter
    field = scatter.field
    assert scatter.place(0, 0) == field.bottomLeft()
    assert scatter.place(1, 0) == field.bottomRight()
    assert scatter.place(0, 1) == field.topLeft()


def test_a_dot_says_its_unit_and_shares_and_a_click_follows_it(scene, tmp_path):
    run = write_run(tmp_path / "one", steps=10, epochs=1, settings=SMALL)
    _add(
        run,
        20,
        {"f": (0.25, 0.5), "i": (0.0, 0.0), "o": (0.9, 0.0)},
        {"f": (0.5, 0.25), "i": (1.0, 0.0), "o": (0.05, 0.0)},
    )
    shown = scene(run)
    scatter = shown.saturation.scatter
    place = scatter.place(0.5, 0.25).toPoint()
    QTest.mouseMove(scatter, place)
    QApplication.processEvents()
    assert scatter.hover.text().split("\n") == [
        "unit 1 · forget gate f", "share of words < 0.1  0.5", "share of words > 0.9  0.25",
    ]  # fmt: skip
    QTest.mouseClick(scatter, Qt.MouseButton.LeftButton, pos=place)
    assert shown.state.look.unit == 1
    QTest.keyClick(scatter, Qt.Key.Key_Up)
    assert shown.state.look.unit == 0
    crowd = scatter.dots_at(scatter.place(0.0, 0.0))
    assert crowd == [("i", 1), ("o", 1)]
    assert scatter.describe(crowd).endswith("and 1 more here")
    QTest.mouseMove(scatter, QPoint(1, 1))
    assert scatter.hover.isHidden()


def _add(run, step, shut, open_):
    lines = LineFile(run / "gates.jsonl")
    lines.append(encode(Saturation(step, 1, "lstm", shut, open_)))
    lines.close()


def test_it_is_live(scene, run):
    shown = scene(run)
    _add(run, 700, {"f": (0.5,)}, {"f": (0.125,)})
    shown.read()
    assert "step 700" in shown.saturation.subtitle.text()
    assert shown.saturation.table().rows == [("f", 0, 0.5, 0.125)]


@pytest.mark.parametrize(("cell", "gates"), [("gru", {"r", "z"}), ("rnn", set())])
def test_other_cells(scene, tmp_path, cell, gates):
    run = write_run(tmp_path / cell, steps=10, epochs=1, settings=msgspec.structs.replace(SMALL, cell=cell))
    shown = scene(run)
    assert {row[0] for row in shown.saturation.table().rows} == gates
    assert shown.saturation.empty.isVisible() == (not gates)
    if not gates:
        assert shown.saturation.empty.text() == "An RNN has no gates."


def test_what_makes_no_sense_is_left_out(scene, run):
    _add(run, 900, {"f": (0.5, 0.5), "q": (0.1,), "i": (0.5,)}, {"f": (0.1,), "q": (0.1,), "i": (0.25,)})
    assert scene(run).saturation.table().rows == [("i", 0, 0.5, 0.25)]
