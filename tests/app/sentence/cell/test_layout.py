from dataclasses import replace
from functools import lru_cache
from itertools import combinations, pairwise

import pytest
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QFont

from lstm_viz.app.panels.cell.diagrams import scene_of
from lstm_viz.app.panels.cell.frame import Basis, frame
from lstm_viz.app.panels.cell.layout import place
from lstm_viz.app.panels.cell.values import StepValues, step_values, with_sums
from lstm_viz.cells import KINDS
from tests.app.sentence.cell.conftest import build

SIZES = [(380, 250), (480, 330), (520, 360), (700, 300), (420, 600), (900, 600)]
LONG = -9999.94  # as wide as a number gets


def _wide(values: StepValues) -> StepValues:
    numbers = dict.fromkeys(values.numbers, LONG)
    return replace(values, numbers=numbers, word="W" * 60)


@lru_cache(1)
def _large_cell(kind):
    """Return a cell of 1,000 units; its random weights take longer than most of these tests."""
    return build(kind, units=1000)


def _placed(kind, unit, size, wide):
    cell = _large_cell(kind)
    values = step_values(cell.view, 2, unit)
    if unit is not None:
        values = with_sums(values, cell.explain(2, unit))
    values = _wide(values) if wide else values
    return _place(values, size)


def _place(values, size):
    return place(frame(Basis.of(values, QSizeF(*size), QFont())), values)


def _texts(layout):
    named = {
        label.symbol + label.number: label.rect for label in layout.labels if label.symbol + label.number
    }
    word = layout.word.rect.united(layout.frame.word.rect)
    return named | {"word": word, "about": layout.about.rect}


def _overlap(a: QRectF, b: QRectF) -> bool:
    return a.adjusted(0.5, 0.5, -0.5, -0.5).intersects(b.adjusted(0.5, 0.5, -0.5, -0.5))


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("unit", [None, 999])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN_TANH"])
def test_nothing_overlaps_and_nothing_is_cut(qapp, kind, *, unit, size, wide):
    layout = _placed(kind, unit, size, wide)
    texts, boxes = _texts(layout), {name: node.rect for name, node in layout.nodes.items()}
    things = list(texts.items()) + list(boxes.items())
    for (a, first), (b, second) in combinations(things, 2):
        assert not _overlap(first, second), (a, b, first, second)
    area = QRectF(0, 0, *size)
    for name, rect in things:
        assert area.contains(rect), (name, rect)
    for placed in layout.frame.wires:
        for start, end in pairwise(placed.points):
            line = QRectF(start, end).normalized().adjusted(-1.5, -1.5, 1.5, 1.5)
            for name, rect in texts.items():
                assert not _overlap(line, rect), (placed.wire, name, rect)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN_TANH"])
def test_the_stage_has_a_line_of_its_own(qapp, kind):
    layout = _placed(kind, 0, (380, 250), wide=True)
    assert not any(_overlap(layout.frame.stage, rect) for rect in _texts(layout).values())


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN_TANH"])
def test_a_gates_title_and_number_fit_in_its_box(qapp, kind):
    from PySide6.QtGui import QFontMetricsF

    layout = _placed(kind, 3, (380, 250), wide=False)
    for node in layout.nodes.values():
        assert QFontMetricsF(layout.frame.fonts.name).horizontalAdvance(node.title) < node.rect.width()
    for name, number in layout.gates.items():
        width = layout.nodes[name].number_rect.width()
        assert 0 < QFontMetricsF(layout.frame.fonts.value).horizontalAdvance(number) < width


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN_TANH"])
def test_wires_start_and_end_at_the_border_of_a_node(qapp, kind):
    layout = _placed(kind, 0, (480, 330), wide=False)
    centres = {(node.x, node.y): name for name, node in scene_of(KINDS[kind]).nodes.items()}
    started = 0
    for placed in layout.frame.wires:
        if placed.wire.end:
            assert _is_on_border(layout.nodes[placed.wire.end].rect, placed.points[-1])
        start = centres.get(placed.wire.points[0])
        if start:
            started += 1
            assert _is_on_border(layout.nodes[start].rect, placed.points[0])
            assert placed.points[0] != placed.points[1]
    assert started


def _is_on_border(rect, point):
    inner, outer = rect.adjusted(1, 1, -1, -1), rect.adjusted(-1, -1, 1, 1)
    return outer.contains(point) and not inner.contains(point)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN_TANH"])
def test_no_digit_moves_the_frame(qapp, cell_of, kind):
    cell = cell_of(kind, units=20)
    few, many = (step_values(cell.view, 2, unit) for unit in (1, 17))
    bases = [Basis.of(values, QSizeF(586, 417), QFont()) for values in (few, _wide(many))]
    assert bases[0] == bases[1]
    for other in (
        Basis.of(step_values(cell.view, 2, None), QSizeF(586, 417), QFont()),
        Basis.of(replace(few, backward=True), QSizeF(586, 417), QFont()),
        Basis.of(few, QSizeF(585, 417), QFont()),
        Basis.of(few, QSizeF(586, 417), QFont("Serif", 31)),
    ):
        assert other != bases[0]


def test_a_number_stands_by_its_symbol_however_wide_it_is(qapp, cell_of):
    layouts = [_placed("LSTM", 1, (586, 417), wide) for wide in (False, True)]
    for narrow, wide in zip(*(layout.labels for layout in layouts), strict=True):
        assert narrow.symbol_rect == wide.symbol_rect
        anchor = narrow.label.anchor[0] if narrow.label.stacked else 0.0
        ends = [label.number_rect.left() + anchor * label.number_rect.width() for label in (narrow, wide)]
        assert ends[0] == pytest.approx(ends[1])
        if narrow.number:
            assert wide.number_rect.width() > narrow.number_rect.width()


def test_every_number_of_a_scene_exists(cell_of):
    for kind in ("LSTM", "GRU", "RNN_TANH"):
        cell, scene = cell_of(kind), scene_of(KINDS[kind])
        numbers = with_sums(step_values(cell.view, 1, 0), cell.explain(1, 0)).numbers
        named = {w.number for w in scene.wires} | {label.number for label in scene.labels}
        assert named - {None} <= set(numbers)
        assert {name for name, node in scene.nodes.items() if node.kind == "gate"} <= set(numbers)


@pytest.mark.parametrize(("direction", "read", "other"), [(0, "ₜ₋₁", "ₜ₊₁"), (1, "ₜ₊₁", "ₜ₋₁")])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN_TANH"])
def test_the_symbols_name_the_state_that_was_read(qapp, cell_of, kind, *, direction, read, other):
    layout = _place(step_values(cell_of(kind, direction=direction).view, 1, 0), (480, 330))
    symbols = {label.label.number: label.symbol for label in layout.labels}
    assert symbols["h_prev"] == f"h{read}"
    if kind == "LSTM":
        assert (symbols["c_prev"], symbols["f·c_prev"]) == (f"c{read}", f"fₜ·c{read}")
    assert not any(other in label.symbol + label.label.tip for label in layout.labels)


def test_a_number_that_is_awaited_is_said_so_and_a_mean_has_none(qapp, cell_of):
    view = cell_of("RNN_TANH").view
    for unit, text in ((0, "…"), (None, "")):
        layout = _place(step_values(view, 1, unit), (480, 330))
        assert next(label.number for label in layout.labels if label.symbol == "Σ") == text
