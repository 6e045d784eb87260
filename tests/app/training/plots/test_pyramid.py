"""Buckets, windows and smoothing against what is counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.app.panels.curves.curve import Curve, SmoothedCurve, nearest, smoothed
from lstm_viz.app.panels.curves.pyramid import GrowingArray, Pyramid, plottable

NUMBERS = st.floats(-1e6, 1e6) | st.just(float("nan"))
PIECES = st.lists(st.lists(NUMBERS, max_size=40), max_size=8)


def _grown(pieces):
    pyramid = Pyramid()
    for piece in pieces:
        pyramid.extend(np.array(piece, np.float64))
    return pyramid, np.array([x for piece in pieces for x in piece], np.float64)


def _extremes(values):
    finite = values[~np.isnan(values)]
    return (finite.min(), finite.max()) if len(finite) else (np.nan, np.nan)


@given(PIECES, st.data())
def test_buckets_are_the_extremes_of_what_they_cover(pieces, data):
    pyramid, values = _grown(pieces)
    start = data.draw(st.integers(0, len(values)))
    stop = data.draw(st.integers(start, len(values)))
    most = data.draw(st.integers(1, 50))
    size, lows, highs = pyramid.buckets(start, stop, most)
    first = start // size
    assert len(lows) == len(highs) == -(-stop // size) - first <= most + 2
    for k, (low, high) in enumerate(zip(lows, highs, strict=True)):
        part = values[(first + k) * size : (first + k + 1) * size]
        np.testing.assert_equal((low, high), _extremes(part))


@given(PIECES, PIECES, st.data())
def test_what_is_cut_off_leaves_nothing_behind(before, after, data):
    pyramid, values = _grown(before)
    kept = data.draw(st.integers(0, len(values)))
    pyramid.truncate(kept)
    for piece in after:
        pyramid.extend(np.array(piece, np.float64))
    fresh, _ = _grown([values[:kept].tolist(), *after])
    for most in (1, 3, 17):
        one, other = pyramid.buckets(0, len(pyramid), most), fresh.buckets(0, len(fresh), most)
        np.testing.assert_equal(one, other)


@given(st.lists(NUMBERS, max_size=400), st.floats(0, 0.9999), st.integers(0, 400))
def test_smoothing_is_the_recursion_wherever_it_is_cut(values, share, cut):
    num = den = 0.0
    wanted = []
    for value in values:
        there = not np.isnan(value)
        num, den = share * num + (1 - share) * (value if there else 0.0), share * den + (1 - share) * there
        wanted.append(num / den if there else np.nan)
    array = np.array(values, np.float64)
    first, carry = smoothed(array[:cut], share)
    second, _ = smoothed(array[cut:], share, carry)
    np.testing.assert_allclose(np.concatenate((first, second)), wanted, rtol=1e-6, atol=1e-3)


def test_smoothing_nothing_is_the_curve_itself_and_a_constant_stays():
    values = np.array([3.0, 1.0, 2.0])
    np.testing.assert_allclose(smoothed(values, 0.0)[0], values)
    np.testing.assert_allclose(smoothed(np.full(1000, 0.7), 0.999)[0], 0.7)


@given(st.lists(st.integers(0, 60), max_size=80), st.integers(1, 9))
def test_a_step_that_comes_again_takes_the_place_of_what_was_there(steps, pieces):
    curve, wanted = Curve(), dict[int, int]()
    for k, step in enumerate(steps):
        wanted = {s: v for s, v in wanted.items() if s < step} | {step: k}
    for part in np.array_split(np.arange(len(steps)), pieces):
        curve.extend(np.array(steps, np.float64)[part], part.astype(np.float64))
    assert dict(zip(curve.steps.tolist(), curve.values.tolist(), strict=True)) == wanted


def test_smoothing_follows_when_steps_come_again():
    trail, fresh = SmoothedCurve(0.9), SmoothedCurve(0.9)
    steps, losses = np.arange(1.0, 101), np.sin(np.arange(100.0))
    trail.extend(steps, losses)
    trail.extend(steps[40:], losses[40:] + 1)
    fresh.extend(steps, np.where(steps > 40, losses + 1, losses))
    np.testing.assert_allclose(trail.smooth.values, fresh.smooth.values)
    trail.set_share(0.0)
    np.testing.assert_array_equal(trail.smooth.values, trail.raw.values)


@given(st.lists(st.integers(0, 1000), min_size=1, unique=True), st.floats(-10, 1010))
def test_the_nearest_place(places, wanted):
    ordered = np.array(sorted(places), np.float64)
    found = nearest(ordered, wanted)
    assert abs(ordered[found] - wanted) == np.abs(ordered - wanted).min()


@pytest.mark.parametrize("pixels", [50, 500, 3000])
def test_a_window_has_two_points_a_pixel_and_no_peak_is_lost(pixels):
    curve, generator = Curve(), np.random.default_rng(0)
    curve.extend(np.arange(1.0, 100_001), generator.standard_normal(100_000))
    curve.extend(np.array([100_001.0]), np.array([99.0]))
    for low, high in ((0, 100_001), (20_000, 70_000), (99_000, 200_000), (500, 510)):
        x, y = curve.window(low, high, pixels)
        seen = curve.values[(curve.steps >= low) & (curve.steps <= high)]
        assert len(x) == len(y) <= 2 * pixels + 8
        assert y.min() <= seen.min() and y.max() >= seen.max()
        x, _ = curve.samples(low, high, pixels)
        assert len(x) <= pixels + 4 and set(x) <= set(curve.steps)


def test_a_gap_stays_a_gap():
    curve = Curve()
    curve.extend(np.arange(8.0), np.array([1, 2, np.nan, np.inf, 5, -np.inf, 7, 8.0]))
    _, y = curve.window(0, 8, 100)
    np.testing.assert_array_equal(np.isnan(y), [False, False, True, True, False, True, False, False])


def test_growing_costs_the_same_however_much_there_is(monkeypatch):
    """All that is written down for 3,000 more of a million: themselves, and a bucket for each two."""
    curve = Curve()
    curve.extend(np.arange(1.0, 1_000_001), np.ones(1_000_000))
    written, extend = list[int](), GrowingArray.extend
    monkeypatch.setattr(GrowingArray, "extend", lambda self, v: (written.append(len(v)), extend(self, v))[1])
    for k in range(100):
        curve.extend(np.arange(30.0) + 1_000_001 + 30 * k, np.ones(30))
        assert len(curve.window(0, 2e6, 600)[0]) <= 2 * 600 + 8
    assert sum(written) <= 4 * 3000 + 2 * 20 * 100


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([0, 1], [1, 2, 3]),
        ([[0, 1]], [[1, 2]]),
        ([0, None], [1, 2]),
        ([0, float("nan")], [1, 2]),
        (["a"], ["b"]),
    ],
)
def test_what_pyqtgraph_cannot_take_does_not_reach_it(x, y):
    with pytest.raises(ValueError, match=r"."):
        plottable(x, y)


def test_what_is_infinite_or_would_overflow_is_a_gap():
    x, y = plottable([0, 1, 2], [1.0, np.inf, 1e305])
    assert x.dtype == y.dtype == np.float64
    np.testing.assert_array_equal(y, [1.0, np.nan, np.nan])
