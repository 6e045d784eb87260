import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from lstm_viz.app.sentence.cell import Equations, step_values
from lstm_viz.app.theme import THEMES

DARK = THEMES["dark"]


@pytest.fixture
def equations(qtbot):
    widget = Equations()
    qtbot.addWidget(widget)
    widget.resize(420, 300)
    return widget


def _plain(label: QLabel) -> str:
    document = QTextDocument()
    document.setHtml(label.text())
    return document.toPlainText()


def _figures(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.\d{3}", text.replace("−", "-"))]


def test_the_lines_of_an_lstm_hold(equations, cell_of):
    cell = cell_of("LSTM")
    equations.set_values(step_values(cell.view, 2, 1), cell.explain(2, 1), DARK)
    text = _plain(equations)
    assert "fₜ = σ(W_if·xₜ + b_if + W_hf·hₜ₋₁ + b_hf)" in text
    lines = dict(
        zip("figoch", [_figures(line) for line in text.splitlines() if line.startswith("=")], strict=True)
    )
    for gate, function in (("f", "sigmoid"), ("i", "sigmoid"), ("g", "tanh"), ("o", "sigmoid")):
        pre, value = lines[gate]
        expected = np.tanh(pre) if function == "tanh" else 1 / (1 + np.exp(-pre))
        assert value == pytest.approx(expected, abs=0.0015)
    f, before, i, g, c = lines["c"]
    assert f * before + i * g == pytest.approx(c, abs=0.005)
    o, inner, h = lines["h"]
    assert o * np.tanh(inner) == pytest.approx(h, abs=0.003)


def test_a_gru_and_an_rnn_have_their_own(equations, cell_of):
    cell = cell_of("GRU")
    equations.set_values(step_values(cell.view, 2, 1), cell.explain(2, 1), DARK)
    assert "nₜ = tanh(W_in·xₜ + b_in + rₜ⊙(W_hn·hₜ₋₁ + b_hn))" in _plain(equations)
    keep, new, z, before, h = _figures(_plain(equations).splitlines()[-1])
    assert keep * new + z * before == pytest.approx(h, abs=0.005)
    cell = cell_of("RNN")
    equations.set_values(step_values(cell.view, 2, 1), cell.explain(2, 1), DARK)
    assert "hₜ = tanh(W_ih·xₜ + b_ih + W_hh·hₜ₋₁ + b_hh)" in _plain(equations)


def test_the_equations_of_means_hold(equations, cell_of):
    equations.set_values(step_values(cell_of("LSTM").view, 2, None), None, DARK)
    text = _plain(equations)
    assert "mean cₜ = mean(fₜ⊙cₜ₋₁) + mean(iₜ⊙gₜ)" in text
    assert "σ" not in text
    assert "<a " not in equations.text()
    kept, written, c = _figures(text.splitlines()[-3])
    assert kept + written == pytest.approx(c, abs=0.002)


def test_pre_activations_are_awaited_quietly(equations, cell_of):
    cell = cell_of("LSTM")
    values = step_values(cell.view, 2, 1)
    for explanation in (None, cell.explain(2, 0), cell.explain(1, 1)):
        equations.set_values(values, explanation, DARK)
        assert _plain(equations).count("…") == 4
    equations.set_values(values, cell.explain(2, 1), DARK)
    assert "…" not in _plain(equations)


def test_a_click_on_a_number_names_its_gate(qtbot, equations, cell_of):
    cell = cell_of("LSTM")
    equations.set_values(step_values(cell.view, 2, 1), cell.explain(2, 1), DARK)
    with qtbot.waitExposed(equations):
        equations.show()
    line = equations.fontMetrics().height()
    clicked = []
    equations.gate_clicked.connect(clicked.append)
    for y in range(line // 2, equations.height(), line // 2):
        for x in range(30, 110, 8):
            qtbot.mouseClick(equations, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    assert set(clicked) == set("figo")


def test_the_keyboard_reaches_a_number(qtbot, equations, cell_of):
    cell = cell_of("LSTM")
    equations.set_values(step_values(cell.view, 2, 1), cell.explain(2, 1), DARK)
    with qtbot.waitActive(equations):
        equations.show()
        equations.activateWindow()
    equations.setFocus()
    qtbot.keyClick(equations, Qt.Key.Key_Tab)
    with qtbot.waitSignal(equations.gate_clicked) as clicked:
        qtbot.keyClick(equations, Qt.Key.Key_Return)
    assert clicked.args[0] in "figo"


def test_nan_stands_out(equations, cell_of):
    cell = cell_of("LSTM")
    cell.view.quantities["f"][2, 1] = np.nan
    equations.set_values(step_values(cell.view, 2, 1), None, DARK)
    assert f"color:{DARK.danger}" in equations.text()
    assert "NaN" in _plain(equations)


def test_gates_stand_in_two_columns_where_there_is_room(qtbot, equations, cell_of):
    cell = cell_of("LSTM")
    equations.set_values(step_values(cell.view, 2, 1), cell.explain(2, 1), DARK)
    with qtbot.waitExposed(equations):
        equations.show()
    high = equations.heightForWidth(equations.width())
    equations.resize(900, 300)
    assert equations.heightForWidth(900) < 0.8 * high
    equations.resize(420, 300)
    assert equations.heightForWidth(420) == high


def test_text_can_be_copied_and_arrows_pass_on(qtbot, cell_of):
    keys = []

    class Page(QWidget):
        def keyPressEvent(self, event):
            keys.append(event.key())

    page = Page()
    qtbot.addWidget(page)
    equations = Equations()
    QVBoxLayout(page).addWidget(equations)
    page.resize(460, 320)
    cell = cell_of("LSTM")
    equations.set_values(step_values(cell.view, 2, 1), cell.explain(2, 1), DARK)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    equations.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        qtbot.keyClick(equations, key)
    assert keys == [Qt.Key.Key_Left, Qt.Key.Key_Right]
    equations.setSelection(0, len(_plain(equations)))
    qtbot.keyClick(equations, "C", Qt.KeyboardModifier.ControlModifier)
    assert "cₜ = fₜ⊙cₜ₋₁ + iₜ⊙gₜ" in QGuiApplication.clipboard().text()


def test_none_is_empty(equations, cell_of):
    equations.set_values(step_values(cell_of("RNN").view, 0, 0), None, DARK)
    equations.set_values(None, None, DARK)
    assert equations.text() == ""
