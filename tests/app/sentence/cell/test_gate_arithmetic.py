import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from lstm_viz.app.panels.arithmetic.arithmetic_sheet import ArithmeticSheet
from lstm_viz.app.panels.arithmetic.of_cell import of_gate
from lstm_viz.app.panels.cell.values import gate_sum, step_values
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.theme import THEMES

DARK = THEMES["dark"]


@pytest.fixture
def sheet(qtbot):
    widget = ArithmeticSheet()
    qtbot.addWidget(widget)
    return widget


def _set(sheet, cell, name, column=2, unit=1):
    values = step_values(cell.view, column, unit)
    gate = gate_sum(values, cell.explain(column, unit), name)
    shown = of_gate(values, gate, cell.view, DARK)
    sheet.set_shown(shown, DARK, 800)
    return gate, shown


def _column(table, column):
    return [table.terms.index(row, column).data() for row in range(table.terms.rowCount())]


def _float(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.mark.parametrize(("kind", "name"), [("LSTM", "o"), ("GRU", "n"), ("RNN_TANH", "h")])
def test_the_shown_lines_add_up_to_the_shown_sum(sheet, cell_of, kind, name):
    gate, _ = _set(sheet, cell_of(kind, units=20, inputs=15), name)
    *terms, total = [_float(text) for text in _column(sheet.table, 3)]
    assert sum(terms) == pytest.approx(total, abs=0.0006 * len(terms))
    assert total == pytest.approx(gate.pre, abs=0.0006)
    names = _column(sheet.table, 0)
    assert "the rest of xₜ (9 more)" in names
    assert "the rest of hₜ₋₁ (14 more)" in names
    assert f"b_i{name}" in names
    assert f"b_h{name}" in names


@pytest.mark.parametrize(("direction", "read"), [(0, "hₜ₋₁"), (1, "hₜ₊₁")])
def test_its_lines_name_the_state_that_was_read(qtbot, sheet, cell_of, direction, read):
    _set(sheet, cell_of("LSTM", units=20, inputs=15, direction=direction), "f")
    shown = _column(sheet.table, 0)
    assert [name for name in shown if "hₜ" in name] == [f"the rest of {read} (14 more)"]
    qtbot.mouseClick(sheet.copy, Qt.MouseButton.LeftButton)
    copied = [line.split("\t")[0] for line in QGuiApplication.clipboard().text().splitlines()]
    assert copied == ["term", *shown]


def test_it_says_how_well_they_add_up(sheet, cell_of):
    _, shown = _set(sheet, cell_of("LSTM"), "f")
    text = sheet.proof.text()
    assert text.startswith("sum of the lines − pre-activation: ")
    assert abs(_float(text.rsplit(" ", 1)[1])) < 1e-9 and shown.holds


def test_it_says_so_when_they_do_not(cell_of):
    import msgspec

    cell = cell_of("LSTM")
    values = step_values(cell.view, 2, 1)
    gate = gate_sum(values, cell.explain(2, 1), "f")
    for pre in (gate.pre + 0.5, np.nan):
        assert not of_gate(values, msgspec.structs.replace(gate, pre=pre), cell.view, DARK).holds


def test_title_and_result(sheet, cell_of):
    gate, shown = _set(sheet, cell_of("LSTM"), "f")
    assert shown.title == "forget gate f of unit 2 at “ate”"
    assert sheet.result.text() == f"f = σ({gate.pre:.3f}) = {gate.value:.3f}".replace("-", "−")
    assert sheet.note.isHidden()


def test_a_grus_new_state_tells_of_the_reset_gate(sheet, cell_of):
    gate, _ = _set(sheet, cell_of("GRU"), "n")
    assert not sheet.note.isHidden()
    assert f"{gate.hidden_factor:.3f}" in sheet.note.text()


def test_a_word_like_html_is_text(sheet, cell_of):
    cell = cell_of("LSTM", words=("a", "b", "<img src=x>", "\ud800"))
    assert "“<img src=x>”" in _set(sheet, cell, "f")[1].title
    assert "“\ufffd”" in _set(sheet, cell, "f", column=3)[1].title


@pytest.mark.parametrize(("direction", "column"), [(0, 1), (1, 3)])
def test_its_values_lead_to_what_was_read(sheet, cell_of, direction, column):
    _set(sheet, cell_of("LSTM", direction=direction), "f")
    places = {sheet.table.terms.index(row, 0).data(): sheet.table.place_at(row, 2) for row in range(11)}
    assert places["x₄"].opened == OpenedNumber("x", index=3)
    assert (places["h₃"].opened, places["h₃"].unit, places["h₃"].column) == (OpenedNumber("h"), 2, column)
    assert places["b_if"] is None


def test_nothing_leads_to_the_initial_state(sheet, cell_of):
    _set(sheet, cell_of("LSTM"), "f", column=0)
    rows = range(sheet.table.terms.rowCount())
    places = {sheet.table.terms.index(row, 0).data(): sheet.table.place_at(row, 2) for row in rows}
    assert places["h₃"] is None and places["x₃"] is not None


def test_copy_gives_the_table_in_full(qtbot, sheet, cell_of):
    gate, _ = _set(sheet, cell_of("LSTM", units=20, inputs=15), "f")
    qtbot.mouseClick(sheet.copy, Qt.MouseButton.LeftButton)
    head, *rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert head == ["term", "weight", "value", "product"]
    assert all(len(row) == 4 for row in rows)
    assert sum(float(row[3]) for row in rows[:-1]) == pytest.approx(gate.pre, abs=1e-12)
    assert float(rows[-1][3]) == pytest.approx(gate.pre, abs=1e-12)


def test_bars_show_the_products(qtbot, sheet, cell_of):
    _set(sheet, cell_of("LSTM", units=20, inputs=15), "f")
    with qtbot.waitExposed(sheet):
        sheet.show()
    image = sheet.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {DARK.plus, DARK.minus} <= colours
