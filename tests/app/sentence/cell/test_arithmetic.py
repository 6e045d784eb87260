import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from lstm_viz.app.sentence.cell import Arithmetic, gate_sum, step_values
from lstm_viz.app.theme import THEMES

DARK = THEMES["dark"]


@pytest.fixture
def arithmetic(qtbot):
    widget = Arithmetic()
    qtbot.addWidget(widget)
    return widget


def _set(panel, cell, name, column=2, unit=1):
    values = step_values(cell.view, column, unit)
    gate = gate_sum(values, cell.explain(column, unit), name)
    panel.set_gate(values, gate, DARK)
    return gate


def _column(table, column):
    return [table.item(row, column).text() for row in range(table.rowCount())]


def _float(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.mark.parametrize(("kind", "name"), [("LSTM", "o"), ("GRU", "n"), ("RNN", "h")])
def test_the_shown_lines_add_up_to_the_shown_sum(arithmetic, cell_of, kind, name):
    gate = _set(arithmetic, cell_of(kind, units=20, inputs=15), name)
    *terms, total = [_float(text) for text in _column(arithmetic.table, 3)]
    assert sum(terms) == pytest.approx(total, abs=0.0006 * len(terms))
    assert total == pytest.approx(gate.pre, abs=0.0006)
    names = _column(arithmetic.table, 0)
    assert "the rest of xₜ (9 more)" in names
    assert "the rest of hₜ₋₁ (14 more)" in names
    assert f"b_i{name}" in names
    assert f"b_h{name}" in names


@pytest.mark.parametrize(("direction", "read"), [(0, "hₜ₋₁"), (1, "hₜ₊₁")])
def test_its_lines_name_the_state_that_was_read(qtbot, arithmetic, cell_of, direction, read):
    _set(arithmetic, cell_of("LSTM", units=20, inputs=15, direction=direction), "f")
    shown = _column(arithmetic.table, 0)
    assert [name for name in shown if "hₜ" in name] == [f"the rest of {read} (14 more)"]
    qtbot.mouseClick(arithmetic.copy, Qt.MouseButton.LeftButton)
    copied = [line.split("\t")[0] for line in QGuiApplication.clipboard().text().splitlines()]
    assert copied == ["term", *shown]


def test_it_says_how_well_they_add_up(arithmetic, cell_of):
    _set(arithmetic, cell_of("LSTM"), "f")
    text = arithmetic.proof.text()
    assert text.startswith("sum of the lines − pre-activation: ")
    assert abs(_float(text.rsplit(" ", 1)[1])) < 1e-9
    assert f"#proof {{ color: {DARK.muted}" in arithmetic.styleSheet()


def test_it_says_so_when_they_do_not(arithmetic, cell_of):
    import msgspec

    cell = cell_of("LSTM")
    values = step_values(cell.view, 2, 1)
    gate = gate_sum(values, cell.explain(2, 1), "f")
    for pre in (gate.pre + 0.5, np.nan):
        arithmetic.set_gate(values, msgspec.structs.replace(gate, pre=pre), DARK)
        assert f"#proof {{ color: {DARK.danger}" in arithmetic.styleSheet()


def test_title_and_result(arithmetic, cell_of):
    gate = _set(arithmetic, cell_of("LSTM"), "f")
    assert arithmetic.title.text() == "forget gate f of unit 1 at “ate”"
    assert arithmetic.result.text() == f"f = σ({gate.pre:.3f}) = {gate.value:.3f}".replace("-", "−")
    assert arithmetic.factor.isHidden()


def test_a_grus_new_state_tells_of_the_reset_gate(arithmetic, cell_of):
    gate = _set(arithmetic, cell_of("GRU"), "n")
    assert not arithmetic.factor.isHidden()
    assert f"{gate.hidden_factor:.3f}" in arithmetic.factor.text()


def test_a_word_like_html_is_text(arithmetic, cell_of):
    _set(arithmetic, cell_of("LSTM", words=("a", "b", "<img src=x>", "\ud800")), "f")
    assert "“<img src=x>”" in arithmetic.title.text()
    assert arithmetic.title.textFormat() == Qt.TextFormat.PlainText
    _set(arithmetic, cell_of("LSTM", words=("a", "b", "<img src=x>", "\ud800")), "f", column=3)
    assert "“\ufffd”" in arithmetic.title.text()


def test_copy_gives_the_table_in_full(qtbot, arithmetic, cell_of):
    gate = _set(arithmetic, cell_of("LSTM", units=20, inputs=15), "f")
    qtbot.mouseClick(arithmetic.copy, Qt.MouseButton.LeftButton)
    head, *rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert head == ["term", "weight", "value", "product"]
    assert all(len(row) == 4 for row in rows)
    assert sum(float(row[3]) for row in rows[:-1]) == pytest.approx(gate.pre, abs=1e-12)
    assert float(rows[-1][3]) == pytest.approx(gate.pre, abs=1e-12)


def test_it_opens_within_the_screen_and_escape_gives_the_focus_back(qtbot, cell_of):
    window = QWidget()
    qtbot.addWidget(window)
    editor = QLineEdit()
    QVBoxLayout(window).addWidget(editor)
    panel = Arithmetic(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    editor.setFocus()
    _set(panel, cell_of("LSTM", units=20, inputs=15), "f")
    screen = QGuiApplication.primaryScreen().availableGeometry()
    with qtbot.waitExposed(panel):
        panel.open_at(screen.bottomRight() + QPoint(-5, -5))
    assert screen.contains(panel.geometry())
    qtbot.keyClick(QApplication.focusWidget() or panel, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not panel.isVisible())
    qtbot.waitUntil(editor.hasFocus)


def test_bars_show_the_products(qtbot, arithmetic, cell_of):
    _set(arithmetic, cell_of("LSTM", units=20, inputs=15), "f")
    with qtbot.waitExposed(arithmetic):
        arithmetic.open_at(QPoint(0, 0))
    image = arithmetic.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {DARK.plus, DARK.minus} <= colours
