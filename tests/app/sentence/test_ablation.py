"""One unit is followed everywhere: picked by click, chooser and keys, or the mean over all."""

import numpy as np
from PySide6.QtCore import QPoint, Qt

from lstm_viz.app.panels.cell.number_texts import significant
from lstm_viz.app.widgets.labels import unit_name


def _follows(person, unit):
    state, page = person.session.state, person.page
    assert state.selection.unit == unit
    assert page.matrix.heatmaps._unit == unit
    assert page.step_panel.unit.currentText() == ("mean of all units" if unit is None else unit_name(unit))
    column = state.column
    for name, values in person.reading.view.quantities.items():
        number = values[column].mean() if unit is None else values[column, unit]
        assert np.isclose(page.step_panel._values.numbers[name], number, atol=1e-6), name
    who = "mean over" if unit is None else unit_name(unit)
    assert who in page.step_panel.diagram.accessibleDescription()
    if unit is not None:
        assert state.gate_arithmetic.unit == unit
        pre = next(gate.pre for gate in state.gate_arithmetic.gates if gate.name == "f")
        assert np.isclose(person.page.step_panel._values.numbers["pre_f"], pre)


def test_a_click_picks_the_unit_of_the_row(person):
    for unit in (5, 2):
        person.clicks(person.page.matrix.heatmaps, person.band("o").cell(1, unit).center().toPoint())
        _follows(person, unit)
    assert significant(float(person.band("o").values[1, 2])) in _numbers_told(person, "o")


def _numbers_told(person, gate):
    return significant(person.page.step_panel._values.numbers[gate])


def test_the_chooser_picks(person):
    chooser = person.page.step_panel.unit
    assert [chooser.itemText(k) for k in range(chooser.count())] == [
        "mean of all units",
        *(f"unit {k}" for k in range(1, 7)),
    ]
    chooser.setFocus()
    person.presses(Qt.Key.Key_Down, on=chooser)
    _follows(person, 1)
    chooser.setCurrentIndex(0)
    chooser.activated.emit(0)
    _follows(person, None)


def test_the_keys_follow_the_next_unit_and_stop_at_the_ends(person):
    for unit in (1, 2, 3, 4, 5, 5):
        person.presses(Qt.Key.Key_Down)
        _follows(person, unit)
    for unit in (4, 3, 2, 1, 0, 0):
        person.presses(Qt.Key.Key_Up)
        _follows(person, unit)


def test_the_mean_has_its_key_and_is_left_by_the_arrows(person):
    person.bot.keyClick(person.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    person.settle()
    _follows(person, None)
    person.presses(Qt.Key.Key_Right)
    _follows(person, None)
    person.presses(Qt.Key.Key_Down)
    _follows(person, 0)


def test_a_model_of_fewer_units_takes_its_last(person):
    person.picks_model("preset:english")
    units = person.reading.view.module.hidden_size
    person.session.state.change(unit=units - 1)
    person.settle()
    _follows(person, units - 1)
    person.picks_model("preset:tutorial")
    _follows(person, 5)


def test_the_equations_stand_on_the_true_numbers(person):
    person.presses(Qt.Key.Key_Right)
    person.presses(Qt.Key.Key_Down)
    view, values = person.reading.view, person.page.step_panel._values.numbers
    q = {name: float(a[1, 1]) for name, a in view.quantities.items()}
    assert np.isclose(values["c"], q["f"] * float(view.quantities["c"][0, 1]) + q["i"] * q["g"], atol=1e-6)
    text = person.page.step_panel.equations.text()
    for name in "ifgoch":
        assert f"{abs(q[name]):.3f}" in text


def test_a_gate_opens_its_arithmetic(person):
    panel = person.page.step_panel
    place = panel.diagram.layout_now().nodes["i"].rect.center().toPoint()
    person.clicks(panel.diagram, place)
    arithmetic = person.page.arithmetic
    assert arithmetic.isVisible()
    assert "unit 1 at “The”" in arithmetic.title.text()
    gate = next(gate for gate in person.session.state.gate_arithmetic.gates if gate.name == "i")
    total = gate.input_products.sum() + gate.hidden_products.sum() + gate.input_bias + gate.hidden_bias
    assert np.isclose(total, gate.pre)
    assert arithmetic.sheet.result.text() == f"i = σ({gate.pre:.3f}) = {gate.value:.3f}".replace("-", "−")


def test_a_name_shows_its_quantity_alone_and_again_all(person):
    heatmaps = person.page.matrix.heatmaps
    person.clicks(heatmaps, person.band("g").rect.topLeft().toPoint() + QPoint(30, 20))
    assert heatmaps.names() == ("g",)
    assert person.band("g").rect.height() == heatmaps.height()
    person.clicks(heatmaps, QPoint(30, 20))
    assert heatmaps.names() == ("f", "i", "g", "c", "o", "h")


def test_the_steps_input_unfolds(person):
    button, heatmaps = person.page.inputs_button, person.page.matrix.heatmaps
    assert "x" not in heatmaps.names() and button.text().endswith("(word: 6)")
    person.clicks(button)
    assert heatmaps.names()[-1] == "x"
    assert np.array_equal(person.band("x").values, person.reading.view.x)
    person.clicks(heatmaps, person.band("x").cell(2, 4).center().toPoint())
    assert (person.session.state.selection.step, person.session.state.selection.unit) == (2, 0)
    person.clicks(button)
    assert "x" not in heatmaps.names()
