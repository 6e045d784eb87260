"""Traces in the window: without the weights of the model; a long one in sections, with a timeline."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from lstm_viz.app.client.request import Priority
from lstm_viz.app.panels.cell.sheet import plain_text
from lstm_viz.app.panels.edits.edit_target import place_at, why_not
from lstm_viz.app.panels.timeline.span import Span, level_for, levels, numbers
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.selection.selection import ComparedWith
from lstm_viz.errors import MESSAGES
from lstm_viz.messages import Extremes, GateQuery, SetValue
from tests.app.sentence.traces_engine import STEPS, long_trace

TEXT = "trace"
ENGINE = "traces_engine.py"
NO_WEIGHTS = MESSAGES["subject_without_weights"]


@pytest.fixture(scope="module")
def trace():
    return long_trace()


@pytest.fixture
def long(reads):
    person = reads("test:long", unit=None)
    person.wait(lambda: person.session.state.extremes is not None)
    person.window.grab()
    return person


def test_what_needs_the_weights_says_so(reads):
    person = reads("test:short", step=2, unit=None)
    state, page = person.session.state, person.page
    state.change(unit=1)
    assert not page.matrix.timeline.isVisible() and page.side.step_panel.is_ready
    assert "σ()" not in plain_text(page.step_panel._values) and "…" not in plain_text(page.step_panel._values)
    for name in ("attribution", "ablation"):
        state.change(panel=name)
        assert page.side.panel(name).note.text() == NO_WEIGHTS and not page.side.panel(name).is_ready
    state.change(panel="decomposition")
    person.wait(lambda: state.decomposition is not None)
    assert page.side.panel("decomposition").is_ready
    for name, lack in (("r", NO_WEIGHTS), ("h", "")):
        state.change(panel="cell", opened=OpenedNumber(name))
        person.wait(lambda: page.arithmetic.is_answered)
        assert page.arithmetic.shown.note == lack
    assert place_at(state, "z", 2, None) is None and why_not(state) == NO_WEIGHTS
    state.change(edits=(SetValue("z", 0.0),), compared_with=ComparedWith("trace", "test:long"))
    person.wait(lambda: state.other is not None and state.is_up_to_date)
    person.window.grab()
    assert state.error is None is state.detail_error and not person.content.error.isVisible()
    assert not any(isinstance(query, GateQuery) for query in person.link(Priority.TYPING).queries)


def test_a_step_beyond_a_section_reads_the_next_one(long, trace):
    state, page = long.session.state, long.page
    assert long.reading.is_section and state.length == STEPS
    n = state.columns
    state.go_to(n - 1)
    long.presses(Qt.Key.Key_Right)
    view = long.reading.view
    assert (state.position, view.columns[state.column]) == (n, str(n + 1)) and view.first > 0
    np.testing.assert_array_equal(view.quantities["c"], trace.c[0, 0, view.first : view.first + n, 0])
    long.presses(Qt.Key.Key_End)
    assert state.position == STEPS - 1 == state.reading.view.first + state.column
    assert f"{STEPS}" in page.transport.label.text() and page.step_panel.title.text().startswith(
        f"Step {STEPS} "
    )
    long.presses(Qt.Key.Key_Home)
    assert state.position == 0 == state.reading.view.first
    state.change(direction=1)
    long.settle()
    assert page.transport.label.text() == f"step {STEPS} of {STEPS}"


def test_the_scroll_bar_reaches_every_column_and_the_hover_is_exact(long, trace):
    state, matrix = long.session.state, long.page.matrix
    bar = matrix.scroll_bar
    assert bar.count == STEPS
    for left in (3, 1400, STEPS - bar.pageStep()):
        bar.setValue(left)
        long.settle()
        assert bar.value() == left == state.reading.view.first + matrix.columns.first
        band = long.band("f")
        place = band.cell(matrix.columns.first + 2, 5).center()
        step = left + 2
        value = trace.f[0, 0, step, 0, 5]
        described = matrix.heatmaps.describe_at(place)
        assert f"trace.f[0, 0, {step}, 0, 5]" in described and f"{value:.6f}" in described
        assert matrix.ruler.number(matrix.columns.first) == left + 1


def test_the_timeline_has_every_extreme_at_every_zoom(long, trace):
    timeline, state = long.page.matrix.timeline, long.session.state
    assert timeline.isVisible() and timeline.span == Span.whole(STEPS)
    for zoom in range(20):
        timeline.set_span(timeline.span.zoomed(1.3, 0.3))
        timeline.repaint()
        span = timeline.span
        level = level_for(levels(state.extremes), span, 333)
        found = numbers(level, "c", span, 333)
        shown = trace.c[0, 0, int(found.starts[0]) : int(found.starts[-1]), 0]
        assert found.high.max() == shown.max() and found.low.min() == shown.min(), zoom
        assert found.starts[0] <= span.first < span.stop <= found.starts[-1]
        assert level.stride <= max(1, span.count / 333)
    point = QPointF(timeline.strip.left() + 200.5, timeline.band(3).top() + 8)
    step = timeline.step_at(point.x())
    described = timeline.describe_at(point)
    assert f"step {step + 1:,} " in described
    group = range(*state.extremes.units["c"][6:8])
    values = trace.c[0, 0, step, 0, group.start : group.stop]
    assert all(f"{one:.6f}".lstrip("-") in described for one in (values.min(), values.mean(), values.max()))


def test_the_timeline_is_zoomed_moved_and_clicked(long):
    timeline, state = long.page.matrix.timeline, long.session.state
    timeline.setFocus()
    for _ in range(8):
        long.bot.keyClick(timeline, Qt.Key.Key_Plus)
    assert timeline.span.first == 0 and timeline.span.count < STEPS / 4
    place = QPoint(int(timeline.strip.center().x()), 20)
    long.bot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=place)
    long.bot.mouseMove(timeline, place - QPoint(60, 0))
    long.bot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=place - QPoint(60, 0))
    assert timeline.span.first > 0 and state.position == 0
    long.bot.keyClick(timeline, Qt.Key.Key_0)
    assert timeline.span == Span.whole(STEPS)
    step = timeline.step_at(place.x())
    long.bot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=place)
    long.settle()
    assert state.position == step and state.column in long.page.matrix.columns.visible()


def test_numbers_that_are_none_stay_visible():
    values = np.zeros((9, 2), np.float32)
    values[4, 1] = np.nan
    found = Extremes(9, 1, {"c": (0, 3)}, {"c": values}, {"c": values}, {"c": values})
    assert np.isnan(numbers(found, "c", Span.whole(9), 3).rows[1]).any()


def test_another_model_starts_at_its_first_column(long):
    state = long.session.state
    state.go_to(STEPS - 1)
    long.settle()
    state.pick_model("test:short")
    long.settle()
    assert state.selection.first == 0 and not long.page.matrix.timeline.isVisible()
    assert state.extremes is None and state.error is None


def test_a_click_while_another_section_is_awaited_is_about_the_columns_that_are_shown(long):
    state = long.session.state
    shown = state.reading.view
    state.go_to(STEPS - 1)
    assert state.awaits_section and state.column == len(shown.columns) - 1
    state.step_to(5)
    long.settle()
    assert state.position == 5 and state.reading.view.first == shown.first
