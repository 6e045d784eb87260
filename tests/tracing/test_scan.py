import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.tracing.scan import scan


def plainly(f, w, c):
    states = []
    for f_t, w_t in zip(f, w, strict=True):
        c = f_t * c + w_t
        states.append(c)
    return np.array(states)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(steps=st.integers(1, 1200), seed=st.integers(0, 99))
def test_blocks_side_by_side_give_what_step_by_step_gives(steps, seed):
    random = np.random.default_rng(seed)
    f, w, c0 = random.random((steps, 2, 3)), random.normal(size=(steps, 2, 3)), random.normal(size=(2, 3))
    np.testing.assert_allclose(scan(f, w, c0), plainly(f, w, c0), rtol=0, atol=1e-12)


@pytest.mark.parametrize("forget", [0.0, 1e-30, 1.0])
def test_gates_at_their_ends(forget):
    f, w, c0 = (
        np.full((500, 4), forget, np.float32),
        np.full((500, 4), 0.25, np.float32),
        np.ones(4, np.float32),
    )
    np.testing.assert_allclose(scan(f, w, c0), plainly(f, w, c0), rtol=1e-6)


def test_time_may_run_backwards_in_memory():
    random = np.random.default_rng(0)
    f, w = random.random((2, 300, 3))[:, ::-1], random.random((2, 300, 3))[:, ::-1]
    f, w, c0 = np.moveaxis(f, 1, 0), np.moveaxis(w, 1, 0), random.random((2, 3))
    np.testing.assert_allclose(scan(f, w, c0), plainly(f, w, c0), rtol=0, atol=1e-12)
