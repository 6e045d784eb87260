import re

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QFont, QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QVBoxLayout, QWidget

from lstm_viz.app.panels.cell.equations import Equations
from lstm_viz.app.panels.cell.number_texts import significant
from lstm_viz.app.panels.cell.values import step_values
from lstm_viz.app.theme import THEMES

DARK = THEMES["dark"]


@pytest.fixture
def equations(qtbot):
    widget = Equations()
    qtbot.addWidget(widget)
    widget.resize(420, 300)
    return widget


def _figures(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.\d{3}", text.replace("−", "-"))]


def test_the_lines_of_an_lstm_hold(equations, cell_of):
    cell = cell_of("LSTM")
    equations.set_values(step_values(cell.view, 2, 1), cell.explain(2, 1), DARK)
    text = equations.text()
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
    assert "nₜ = tanh(W_in·xₜ + b_in + rₜ⊙(W_hn·hₜ₋₁ + b_hn))" in equations.text()
    keep, new, z, before, h = _figures(equations.text().splitlines()[-1])
    assert keep * new + z * before == pytest.approx(h, abs=0.005)
    cell = cell_of("RNN_TANH")
    equations.set_values(step_values(cell.view, 2, 1), cell.explain(2, 1), DARK)
    assert "hₜ = tanh(W_ih·xₜ + b_ih + W_hh·hₜ₋₁ + b_hh)" in equations.text()


def test_the_equations_of_means_hold(equations, cell_of):
    equations.set_values(step_values(cell_of("LSTM").view, 2, None), None, DARK)
    text = equations.text()
    assert "mean cₜ = mean(fₜ⊙cₜ₋₁) + mean(iₜ⊙gₜ)" in text
    assert "σ" not in text
    kept, written, c = _figures(text.splitlines()[-3])
    assert kept + written == pytest.approx(c, abs=0.002)


@pytest.mark.parametrize(("direction", "read", "other"), [(0, "ₜ₋₁", "ₜ₊₁"), (1, "ₜ₊₁", "ₜ₋₁")])
@pytest.mark.parametrize(("kind", "gate"), [("LSTM", "f"), ("GRU", "r"), ("RNN_TANH", "h")])
def test_they_name_the_state_that_was_read(equations, cell_of, kind, gate, *, direction, read, other):
    cell = cell_of(kind, direction=direction)
    equations.set_values(step_values(cell.view, 2, 1), cell.explain(2, 1), DARK)
    assert f"{gate}ₜ = " in equations.text()
    assert f"·h{read} + b_h" in equations.text()
    assert (f"fₜ⊙c{read}" in equations.text()) == (kind == "LSTM")
    assert other not in equations.text() + equations.accessibleDescription()


def test_pre_activations_are_awaited_quietly(equations, cell_of):
    cell = cell_of("LSTM")
    values = step_values(cell.view, 2, 1)
    for gate_arithmetic in (None, cell.explain(2, 0), cell.explain(1, 1)):
        equations.set_values(values, gate_arithmetic, DARK)
        assert equations.text().count("…") == 4
    equations.set_values(values, cell.explain(2, 1), DARK)
    assert "…" not in equations.text()


def _centre(equations, gate) -> QPoint:
    return next(run.rect.center().toPoint() for run in equations.runs() if run.gate == gate)


def _shown(qtbot, equations, cell, unit=1):
    gate_arithmetic = cell.explain(2, unit) if unit is not None else None
    equations.set_values(step_values(cell.view, 2, unit), gate_arithmetic, DARK)
    with qtbot.waitExposed(equations):
        equations.show()


@pytest.mark.parametrize(("kind", "gates"), [("LSTM", "figoch"), ("GRU", "rznh"), ("RNN_TANH", "h")])
def test_a_click_on_a_number_names_its_gate(qtbot, equations, cell_of, kind, gates):
    _shown(qtbot, equations, cell_of(kind))
    clicked = []
    equations.number_clicked.connect(clicked.append)
    for run in equations.runs():
        qtbot.mouseClick(equations, Qt.MouseButton.LeftButton, pos=run.rect.center().toPoint())
    assert clicked == [run.gate for run in equations.runs() if run.gate]
    assert set(clicked) == set(gates)
    qtbot.mouseClick(equations, Qt.MouseButton.RightButton, pos=_centre(equations, gates[0]))
    assert len(clicked) == len([run for run in equations.runs() if run.gate])


def test_a_mean_has_no_arithmetic(qtbot, equations, cell_of):
    _shown(qtbot, equations, cell_of("LSTM"), None)
    with qtbot.assertNotEmitted(equations.number_clicked):
        for run in equations.runs():
            qtbot.mouseClick(equations, Qt.MouseButton.LeftButton, pos=run.rect.center().toPoint())
        qtbot.keyClick(equations, "f")


def test_the_cursor_points_at_a_number_and_a_tip_tells_it_all(qtbot, equations, cell_of):
    cell = cell_of("LSTM")
    _shown(qtbot, equations, cell)
    at = _centre(equations, "g")
    qtbot.mouseMove(equations, QPoint(1, 1))
    qtbot.mouseMove(equations, at)
    qtbot.waitUntil(lambda: equations.cursor().shape() == Qt.CursorShape.PointingHandCursor)
    QApplication.sendEvent(equations, QHelpEvent(QEvent.Type.ToolTip, at, equations.mapToGlobal(at)))
    value = significant(float(cell.view.quantities["g"][2, 1]))
    assert QToolTip.text() == f"g = {value}: click for its arithmetic"
    qtbot.mouseMove(equations, QPoint(1, 1))
    qtbot.waitUntil(lambda: equations.cursor().shape() == Qt.CursorShape.ArrowCursor)
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_nan_stands_out(equations, cell_of):
    cell = cell_of("LSTM")
    cell.view.quantities["f"][2, 1] = np.nan
    equations.set_values(step_values(cell.view, 2, 1), None, DARK)
    assert "NaN" in equations.text()
    assert DARK.danger in _colours(equations)


def _colours(equations):
    image = equations.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_each_theme_has_its_colours(equations, cell_of):
    cell = cell_of("LSTM")
    for theme in THEMES.values():
        equations.set_values(step_values(cell.view, 2, 1), cell.explain(2, 1), theme)
        seen = _colours(equations)
        assert {theme.panel, theme.text} <= seen
        assert sum(theme.ink[gate] in seen for gate in "figoch") >= 4
        equations.set_values(None, None, theme)
        assert _colours(equations) == {theme.panel}


def test_the_height_follows_the_arrangement_alone(qtbot, cell_of):
    page = QWidget()
    qtbot.addWidget(page)
    equations, cell = Equations(), cell_of("LSTM")
    column = QVBoxLayout(page)
    column.addWidget(QLineEdit(), 1)
    column.addWidget(equations)
    page.resize(440, 500)
    asked = _asked_for_layout(page)
    _values_of(equations, cell, 1)
    with qtbot.waitExposed(page):
        page.show()
    qtbot.waitUntil(lambda: equations.height() == equations.sizeHint().height() > 0)
    high, asked[:] = equations.height(), []
    for unit in (0, 2, 3, 4):
        _values_of(equations, cell, unit)
        QApplication.processEvents()
    assert (equations.height(), asked) == (high, [])
    page.resize(900, 500)
    qtbot.waitUntil(lambda: equations.height() == equations.sizeHint().height() < 0.8 * high)
    equations.setFont(QFont(equations.font().family(), 20))
    qtbot.waitUntil(lambda: equations.height() == equations.sizeHint().height() > high)
    assert equations.minimumSizeHint() == QSize(240, equations.height())


def _values_of(equations, cell, unit):
    equations.set_values(step_values(cell.view, 2, unit), cell.explain(2, unit), DARK)


def _asked_for_layout(page):
    """Return a list that grows with every layout that ``page`` is asked for."""
    asked, event = [], page.event

    def watched(e):
        if e.type() == QEvent.Type.LayoutRequest:
            asked.append(e.type())
        return event(e)

    page.event = watched
    return asked


def test_a_change_is_painted_once_and_no_change_not_at_all(qtbot, equations, cell_of):
    cell, painted = cell_of("LSTM"), []
    _shown(qtbot, equations, cell)
    QApplication.processEvents()
    paint = type(equations).paintEvent
    equations.paintEvent = lambda event: (painted.append(event), paint(equations, event))[1]
    _values_of(equations, cell, 3)
    QApplication.processEvents()
    QApplication.processEvents()
    assert len(painted) == 1
    _values_of(equations, cell, 3)
    QApplication.processEvents()
    assert len(painted) == 1


def _below(equations):
    return equations.grab().toImage().pixelColor(40, equations.height() - 1).name()


def test_letters_open_a_gate_all_can_be_copied_and_arrows_pass_on(qtbot, cell_of):
    keys = []

    class Page(QWidget):
        def keyPressEvent(self, event):
            keys.append(event.key())

    page = Page()
    qtbot.addWidget(page)
    editor, equations, cell = QLineEdit(), Equations(), cell_of("LSTM")
    column = QVBoxLayout(page)
    column.addWidget(editor)
    column.addWidget(equations)
    page.resize(460, 320)
    _values_of(equations, cell, 1)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    editor.setFocus()
    assert _below(equations) == DARK.panel
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert equations.hasFocus()
    assert _below(equations) == DARK.accent
    with qtbot.waitSignal(equations.number_clicked) as clicked:
        qtbot.keyClick(equations, "O")
    assert clicked.args == ["o"]
    passed = [Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End]
    passed += [Qt.Key.Key_Space, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_X]
    for key in passed:
        qtbot.keyClick(equations, key)
    assert keys == passed
    QGuiApplication.clipboard().clear()
    qtbot.keyClick(equations, "C", Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == equations.text() != ""
    assert Qt.Key.Key_C not in keys


def test_the_context_menu_copies(equations, cell_of):
    _values_of(equations, cell_of("GRU"), 1)
    assert equations.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    QGuiApplication.clipboard().clear()
    (action,) = equations.actions()
    action.trigger()
    assert "hₜ = (1 − zₜ)⊙nₜ + zₜ⊙hₜ₋₁" in QGuiApplication.clipboard().text()


def test_a_screen_reader_hears_all_of_it(equations, cell_of):
    _values_of(equations, cell_of("RNN_TANH"), 1)
    assert equations.accessibleName()
    assert equations.accessibleDescription() == equations.text() != ""


def test_none_is_empty_and_keeps_its_place(equations, cell_of):
    equations.set_values(step_values(cell_of("RNN_TANH").view, 0, 0), None, DARK)
    height = equations.sizeHint().height()
    equations.set_values(None, None, DARK)
    assert (equations.text(), equations.accessibleDescription(), equations.runs()) == ("", "", ())
    assert equations.sizeHint().height() == height > 0
    assert _colours(equations) == {DARK.panel}
