"""What of a diagram can be taken hold of, and what a drag makes of it."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from lstm_viz.app.panels.cell.diagram import CellDiagram
from lstm_viz.app.panels.cell.values import step_values
from lstm_viz.app.theme import DARK
from lstm_viz.cells import RNN_RELU


@pytest.fixture
def diagram(qtbot):
    widget = CellDiagram()
    widget.resize(480, 330)
    qtbot.addWidget(widget)
    return widget


def _place(diagram, name):
    layout = diagram.layout_now()
    if name in layout.nodes:
        return layout.nodes[name].groove.center()
    return next(p for p in layout.labels if p.label.number == name).number_rect.center()


@pytest.mark.parametrize(("kind", "names"), [("LSTM", "ifgcoh"), ("GRU", "rznh"), ("RNN_TANH", "h")])
def test_all_that_can_be_set_can_be_dragged_and_nothing_else(diagram, cell_of, kind, names):
    values = step_values(cell_of(kind).view, 1, 2)
    diagram.set_values(values, DARK)
    for name in names:
        drag = diagram.drag_at(_place(diagram, name))
        assert drag.name == name and drag.value == pytest.approx(values.numbers[name])
    labels = [p for p in diagram.layout_now().labels if p.label.number not in (*names, None)]
    assert labels and all(diagram.drag_at(p.number_rect.center()) is None for p in labels)


def test_a_gate_moves_along_its_bar_and_stays_within_it(diagram, cell_of):
    values = step_values(cell_of("LSTM").view, 1, 2)
    diagram.set_values(values, DARK)
    groove = diagram.layout_now().nodes["f"].groove
    drag = diagram.drag_at(_place(diagram, "f"))
    quarter = groove.width() / 4
    for way in (QPointF(quarter, 0), QPointF(0, -quarter), QPointF(quarter / 2, -quarter / 2)):
        assert drag.at(drag.start + way) == pytest.approx(min(values.numbers["f"] + 0.25, 1), abs=1e-3)
    assert drag.at(drag.start + QPointF(900, 0)) == 1.0 and drag.at(drag.start - QPointF(900, 0)) == 0.0
    candidate = diagram.drag_at(_place(diagram, "g"))
    assert candidate.at(candidate.start - QPointF(900, 0)) == -1.0


def test_a_relu_is_dragged_down_to_zero_only(diagram, cell_of):
    from dataclasses import replace

    values = replace(step_values(cell_of("RNN_TANH").view, 1, 2), kind=RNN_RELU)
    diagram.set_values(values, DARK)
    drag = diagram.drag_at(_place(diagram, "h"))
    assert drag.at(drag.start + QPointF(0, 5000)) == 0.0 and drag.at(drag.start - QPointF(0, 5000)) > 10


def test_what_is_no_number_is_dragged_from_zero(diagram, cell_of):
    view = cell_of("LSTM").view
    view.quantities["c"][:] = np.nan
    diagram.set_values(step_values(view, 1, 2), DARK)
    assert diagram.drag_at(_place(diagram, "c")).value == 0.0


def test_a_fixed_diagram_and_a_mean_are_not_dragged(diagram, cell_of):
    view = cell_of("LSTM").view
    diagram.set_values(step_values(view, 1, 2), DARK, "It is fixed.")
    assert diagram.drag_at(_place(diagram, "f")) is None
    assert diagram.tip_at(_place(diagram, "f")).endswith("It is fixed.")
    diagram.set_values(step_values(view, 1, None), DARK)
    assert diagram.drag_at(_place(diagram, "f")) is None


def test_the_cursor_tells_a_drag_from_a_click(diagram, cell_of):
    diagram.set_values(step_values(cell_of("LSTM").view, 1, 2), DARK)
    node = diagram.layout_now().nodes["f"]
    for place, shape in (
        (node.title_rect.center(), Qt.CursorShape.PointingHandCursor),
        (node.groove.center(), Qt.CursorShape.SizeAllCursor),
        (_place(diagram, "c"), Qt.CursorShape.SizeAllCursor),
        (QPointF(2, 2), Qt.CursorShape.ArrowCursor),
    ):
        diagram.point_at(place)
        assert diagram.cursor().shape() == shape


def test_a_hidden_diagram_lets_go(qtbot, diagram, cell_of):
    diagram.set_values(step_values(cell_of("LSTM").view, 1, 2), DARK)
    diagram.show()
    place = _place(diagram, "f").toPoint()
    qtbot.mousePress(diagram, Qt.MouseButton.LeftButton, pos=place)
    diagram._drag = diagram._drag.moved(QPointF(place))
    with qtbot.waitSignal(diagram.dropped):
        diagram.hide()


@pytest.mark.parametrize("unit", [2, None])
def test_what_is_set_by_hand_looks_so_and_keeps_its_room(qtbot, diagram, cell_of, unit):
    from lstm_viz.app.panels.cell.equations import Equations

    view, equations = cell_of("LSTM").view, Equations()
    qtbot.addWidget(equations)
    heights, pictures = set(), set()
    for clamped in (frozenset(), frozenset("f"), frozenset("ch")):
        values = step_values(view, 1, unit, clamped)
        diagram.set_values(values, DARK)
        pictures.add(bytes(diagram.grab().toImage().constBits()))
        equations.set_values(values, None, DARK)
        heights.add(equations.sizeHint().height())
        said = clamped if unit is not None else clamped - {"f"}  # the mean of a gate is its mean all the same
        assert equations.text().count("clamped") == len(said)
    assert len(pictures) == 3 and len(heights) == 1


@pytest.mark.parametrize("size", [(380, 226), (480, 330), (900, 600)])
def test_the_sign_of_a_hand_stands_clear_of_a_gates_name_and_number(diagram, cell_of, size):
    diagram.resize(*size)
    view = cell_of("LSTM").view
    pictures = {}
    for clamped in (frozenset(), frozenset("g")):
        diagram.set_values(step_values(view, 1, 2, clamped), DARK)
        pictures[clamped] = diagram.grab().toImage()
    node, plain, marked = diagram.layout_now().nodes["g"], *pictures.values()
    title = node.title_rect.adjusted(4, 4, -4, 0).toRect()
    number = node.number_rect.adjusted(14, 0, -14, 0).toRect()
    assert plain.copy(title) == marked.copy(title) and plain.copy(number) == marked.copy(number)
    assert plain.copy(node.rect.toRect()) != marked.copy(node.rect.toRect())
