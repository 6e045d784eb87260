"""The shapes panel in a real window: shapes of the call, what controls change, what the mouse says."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from torch import nn

from lstm_viz.app.panels.shapes.configuration import Configuration
from lstm_viz.app.panels.shapes.layout import Layout
from lstm_viz.app.panels.shapes.tensors import tensors
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.widgets.export import FigureSnapshot
from lstm_viz.app.widgets.painting import plain
from lstm_viz.messages import SetValue
from tests.app.sentence.shapes_models import LENGTHS, TEXT, packed_module  # noqa: F401  # TEXT is what `reads` types

ENGINE = "shapes_engine.py"


@pytest.fixture
def tagger(open_session, link):
    """Return what opens the window on the shapes of a tagger."""

    def open_(**selection):
        person = open_session(link, Selection(motion=False, panel="shapes", **selection))
        person.settle()
        return person

    return open_


def parameter_count(module):
    return sum(weight.numel() for weight in module.parameters())


def _panel(person):
    return person.page.side.panel("shapes")


def _says(panel, name, row, column, k):
    """Return the lines at the middle of a number of a tensor."""
    block = panel.picture.layout_.blocks[name]
    cell = block.cells(row, column)
    at = QPointF(cell.left() + (k + 0.5) / block.tensor.depth * cell.width(), cell.center().y())
    return panel.picture.describe_at(at).splitlines()


def test_the_shapes_of_a_tagger_follow_the_text(tagger):
    person = tagger()
    panel = _panel(person)
    assert panel.title.text() == "Shapes of recurrent" and panel.is_ready
    assert panel._shown.of == Configuration("LSTM", 6, 6, lengths=(5,))
    h = person.reading.view.quantities["h"]
    assert _says(panel, "output", 2, 0, 4) == [
        "output[2, 0, 4]",
        "time 3 · unit 5",
        "",
        "output, (h_n, c_n) = lstm(input)",
        "print(output[2, 0, 4])",
        f"→ {plain(float(h[2, 4]))}",
    ]
    assert "the same number as h_n[0, 0, 4]" in _says(panel, "output", 4, 0, 4)
    assert _says(panel, "c_n", 0, 0, 1)[-1] == f"→ {plain(float(person.reading.view.quantities['c'][-1, 1]))}"
    assert _says(panel, "input", 1, 0, 3)[-1] == f"→ {plain(float(person.reading.view.x[1, 3]))}"
    person.writes("The dog ate")
    assert panel._shown.of.lengths == (3,) and panel.picture.layout_.tensors["output"].sizes == (3, 1, 6)
    person.session.state.change(edits=(SetValue("f", 1.0, 1),))
    person.settle()
    assert not _says(panel, "output", 2, 0, 4)[-1].startswith("→")  # no code prints a clamped value
    person.writes("")
    assert panel.note.isVisible() and not panel.is_ready


def test_a_packed_batch_is_shown_as_it_was_called(reads):
    person = reads("live:packed", panel="shapes")
    panel, view = _panel(person), person.reading.view
    assert panel._shown.of == Configuration("LSTM", 3, 4, 2, 2, lengths=LENGTHS, packed=True)
    assert "output[-1] is not h_n[-1]" in panel.picture.accessibleDescription()
    assert _says(panel, "h_n", 3, 0, 2)[2] == "the same number as output[0, 0, 6]"
    assert _says(panel, "h_n", 0, 0, 2)[2] == "not in the output"
    assert "padding, not read" in _says(panel, "output", 3, 0, 1)
    assert person.words == list("1234") and view.sequence == 1
    person.session.state.change(layer=1, direction=1)
    person.settle()
    h = person.reading.view.quantities["h"]
    assert _says(panel, "output", 1, 1, 5)[-1] == f"→ {plain(float(h[1, 1]))}"
    assert _says(panel, "h_n", 3, 1, 1)[-1] == f"→ {plain(float(h[0, 1]))}"
    assert not _says(panel, "h_n", 3, 0, 1)[-1].startswith("→")  # another sequence
    svg = FigureSnapshot.of(panel.figure(), panel.table).svg
    assert b"<image" not in svg and b"packed_output.data" in svg
    block = panel.picture.layout_.blocks["packed.data"]
    assert "print(packed.batch_sizes[2])" in panel.picture.describe_at(block.batch_size(2).center())
    rows = {row[0]: row[1] for row in panel.table().rows}
    assert rows["packed.data"] == "(9, 3)" and rows["weight_hh_l1_reverse"] == "(16, 4)"
    counts = [row[2] for row in panel.table().rows if "_l" in row[0]]
    assert sum(counts) == parameter_count(packed_module())


def test_a_parameter_says_its_gate_and_its_code(tagger):
    panel = _panel(tagger())
    (block,) = [b for b in panel.picture.layout_.parameter_blocks if b.parameter.kind == "weight_hh"]
    at = QPointF(block.rect.left() + 1, block.rect.top() + 1)
    assert panel.picture.describe_at(at).splitlines() == [
        "weight_hh_l0[0, 0]",
        "i input · unit 1 · rows 0 to 5",
        "",
        "lstm = model.get_submodule('recurrent')",
        "print(lstm.weight_hh_l0[0, 0])",
    ]
    last = panel.picture.describe_at(block.rect.bottomRight() - QPointF(1, 1)).splitlines()
    assert last[:2] == ["weight_hh_l0[23, 5]", "o output · unit 6 · rows 18 to 23"]


def test_the_controls_change_the_shapes_until_they_are_reset(tagger):
    person = tagger()
    panel = _panel(person)
    controls, picture = panel.controls, panel.picture
    assert not controls.reset.isEnabled()
    before = picture.minimumSizeHint().height()
    for switch in (controls.batch_first, controls.packed, controls.bidirectional):
        switch.setFocus()
        person.bot.keyClick(switch, Qt.Key.Key_Return)
    person.bot.keyClick(controls.num_layers, Qt.Key.Key_Up)
    for _ in range(2):
        person.bot.keyClick(controls.batch, Qt.Key.Key_Up)
        person.bot.keyClick(controls.proj_size, Qt.Key.Key_Up)
    assert panel._shown.of == Configuration("LSTM", 6, 6, 2, 2, 2, True, True, (5, 4, 3), True)
    assert panel.title.text() == "Shapes of recurrent · changed" and controls.reset.isEnabled()
    assert picture.minimumSizeHint().height() > before
    layout = picture.layout_
    assert layout.called_sizes("output") == (5, 1, 6) and layout.called_sizes("packed.data") is None
    assert layout.parameter_counts == (
        parameter_count(nn.LSTM(6, 6, 2, bidirectional=True, proj_size=2)),
        336,
    )
    svg = FigureSnapshot.of(panel.figure(), panel.table).svg.decode()
    assert "output (3, 5, 4)  was (5, 1, 6)" in svg and "was 336" in svg
    assert set(picture.layout_.tensors) == set(tensors(panel._shown.of))
    assert not _says(panel, "output", 0, 0, 0)[-1].startswith("→")  # there is no such call
    person.writes("The dog")
    assert panel._shown.of.lengths == (2, 1, 1) and controls.packed.isChecked()
    controls.reset.click()
    assert panel._shown.is_called and not controls.packed.isChecked() and not controls.reset.isEnabled()


def test_what_was_changed_is_forgotten_with_the_module(tagger):
    person = tagger()
    panel = _panel(person)
    panel.controls.num_layers.setValue(3)
    assert panel._shown.of.num_layers == 3
    person.session.state.pick_model("preset:tutorial-gru")
    person.settle()
    assert (
        panel._shown.of == Configuration("GRU", 6, 6, lengths=(5,))
        and "c_n" not in panel.picture.layout_.tensors
    )
    assert not panel.controls.proj_size.isEnabled()


def test_an_input_without_a_batch_has_no_axis_for_it(reads):
    panel = _panel(
        reads(
            "live:single",
            panel="shapes",
        )
    )
    assert panel._shown.of == Configuration("GRU", 2, 3, batch_first=True, lengths=(4,), has_batch=False)
    assert panel.picture.layout_.tensors["output"].sizes == (4, 3)
    panel.controls.batch.setValue(2)
    assert panel.picture.layout_.tensors["output"].sizes == (2, 4, 3)


def test_a_cell_has_its_parameters_alone(reads):
    panel = _panel(reads("live:cell", panel="shapes"))
    assert not panel.picture.layout_.tensors and not panel.controls.isEnabled()
    assert [row[:2] for row in panel.table().rows] == [
        ("weight_ih", "(12, 2)"),
        ("weight_hh", "(12, 3)"),
        ("bias_ih", "(12,)"),
        ("bias_hh", "(12,)"),
    ]
    assert panel.is_ready and not panel.picture.grab().toImage().isNull()


@pytest.mark.parametrize("lengths", [(1,), (200,) * 64, tuple(range(200, 0, -4))])
def test_any_batch_is_painted_and_all_of_it_is_under_the_mouse(tagger, lengths):
    person = tagger()
    panel = _panel(person)
    for packed in (False, True):
        of = Configuration("LSTM", 3, 4, 2, 2, lengths=lengths, packed=packed, batch_first=packed)
        layout = Layout(of, 400.0, of)
        for block in layout.blocks.values():
            assert block.grid.right() <= 400.5
            tensor = block.tensor
            for row, column in {(0, 0), (tensor.rows - 1, tensor.columns - 1)}:
                place = block.cells(row, column).center()
                expected = tensor.entry(row, column, tensor.depth // 2)
                found = block.entry_at(place)
                assert (found and found.place.sequence) == (expected and expected.place.sequence)
                assert (found and found.index[:-1]) == (expected and expected.index[:-1])
        bottoms = [block.grid.bottom() for block in layout.blocks.values()]
        assert (
            layout.parameters_header.top() > max(bottoms)
            and layout.height > layout.parameters_header.bottom()
        )
    assert np.isfinite(panel.picture.minimumSizeHint().height())
