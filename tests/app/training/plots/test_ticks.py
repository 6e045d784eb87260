"""The numbers of an axis: round, within it, few, never none where there is room."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.app.panels.curves.axes import linear_ticks, log_ticks, tick_text


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9), st.integers(2, 20))
def test_there_are_some_and_not_too_many(low, width, most):
    ticks = linear_ticks(low, low + width, most)
    assert 1 <= len(ticks) <= most + 1
    assert all(low - 1e-6 * width <= tick <= low + width * (1 + 1e-6) for tick in ticks)


@given(st.floats(-6, 6), st.floats(0.05, 8), st.integers(2, 10))
def test_a_logarithmic_axis_is_never_bare(low, width, most):
    ticks = log_ticks(low, low + width, most)
    assert 1 <= len(ticks) <= most + 2
    assert ticks == sorted(ticks)
    assert all(low - 1e-9 <= tick <= low + width + 1e-9 for tick in ticks)


@given(st.integers(0, 10**6), st.integers(4, 10**6), st.integers(2, 12))
def test_steps_are_whole(low, width, most):
    assert all(tick == round(tick) for tick in linear_ticks(low, low + width, most, whole=True))


def test_what_is_no_range_has_none():
    assert linear_ticks(1.0, 1.0, 5) == log_ticks(2.0, 1.0, 5) == []
    assert linear_ticks(math.nan, 1.0, 5) == linear_ticks(0.0, math.inf, 5) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.25, "−0.25"), (20_000, "20,000"), (0.0001, "0.0001"), (3e-7, "3e−07"), (0.3, "0.3")],
)
def test_how_they_are_written(value, text):
    assert tick_text(value) == text
