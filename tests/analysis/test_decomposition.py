"""The sources add up to the state, and each is what is left when nothing else had been written."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_viz
from lstm_viz.analysis.decomposition import (
    decompose,
    half_lives,
    recurrence_in,
    recurrence_of,
    score_sources,
    sources_at,
    squash,
    triangle,
)
from lstm_viz.cells import LSTM

BOUND = {torch.float32: 2e-6, torch.float64: 1e-14}
CELLS = {"LSTM": (nn.LSTM, {}), "LSTM projecting": (nn.LSTM, {"proj_size": 2}), "GRU": (nn.GRU, {})}


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _trace(cell="LSTM", *, lengths=(6,), layers=1, both=False, dtype=torch.float32, given_state=True, seed=0):
    torch.manual_seed(seed)
    kind, extra = CELLS[cell]
    module = kind(3, 4, layers, bidirectional=both, dtype=dtype, **extra)
    x = 2 * torch.randn(max(lengths), len(lengths), 3, dtype=dtype)
    packed = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
    h0 = torch.rand(layers * (1 + both), len(lengths), module.proj_size or 4, dtype=dtype) - 0.5
    c0 = torch.randn(layers * (1 + both), len(lengths), 4, dtype=dtype)
    state = (h0, c0) if kind is nn.LSTM else h0
    with torch.no_grad(), lstm_viz.capture(module) as captured:
        module(packed, state if given_state else None)
    return captured[""]


def _one_by_one(trace, layer, direction, sequence, length):
    """Run the recurrence once a source, with all other writes left out: it is linear once its gates are."""
    parts = {
        name: a[layer, direction, :length, sequence].astype(float) for name, a in trace.quantities.items()
    }
    if "c" in parts:
        keep, write, start = parts["f"], parts["i"] * parts["g"], trace.c0
    else:
        keep, write, start = parts["z"], (1 - parts["z"]) * parts["n"], trace.h0
    found = np.zeros((length, length + 1, keep.shape[1]))
    for source in range(length + 1):
        alive = start[layer, direction, sequence].astype(float) if source == 0 else np.zeros(keep.shape[1])
        for t in reversed(range(length)) if direction else range(length):
            alive = keep[t] * alive + (write[t] if source == t + 1 else 0.0)
            found[t, source] = alive
    return found


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    cell=st.sampled_from(list(CELLS)),
    lengths=st.lists(st.integers(1, 12), min_size=1, max_size=3),
    layers=st.integers(1, 3),
    both=st.booleans(),
    dtype=st.sampled_from(list(BOUND)),
    given_state=st.booleans(),
    seed=st.integers(0, 99),
)
@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
def test_the_sources_add_up_whatever_the_module(cell, lengths, layers, both, dtype, given_state, seed):
    trace = _trace(
        cell, lengths=lengths, layers=layers, both=both, dtype=dtype, given_state=given_state, seed=seed
    )
    state = trace.h if cell == "GRU" else trace.c
    for layer in range(layers):
        for direction in range(1 + both):
            for sequence, length in enumerate(lengths):
                found = decompose(trace, layer, direction, sequence)
                assert found.shape == (trace.steps, trace.steps + 1, 4)
                expected = state[layer, direction, :, sequence]
                np.testing.assert_allclose(found.sum(axis=1), expected, rtol=0, atol=BOUND[dtype])
                by_one = _one_by_one(trace, layer, direction, sequence, length)
                np.testing.assert_allclose(found[:length, : length + 1], by_one, rtol=0, atol=1e-14)
                assert (found[:length, length + 1 :] == 0).all()
                assert np.isnan(found[length:]).all()


def test_what_is_read_later_is_not_there_yet():
    trace = _trace(both=True)
    forward, backward = (decompose(trace, direction=d) for d in (0, 1))
    for t in range(6):
        assert (forward[t, t + 2 :] == 0).all() and (forward[t, 1 : t + 2] != 0).all()
        assert (backward[t, 1 : t + 1] == 0).all() and (backward[t, t + 1 :] != 0).all()
        assert (forward[t, 0] != 0).all() and (backward[t, 0] != 0).all()


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
@pytest.mark.parametrize("direction", [0, 1])
def test_the_parts_of_a_keystroke_are_those_of_the_whole(cell, direction):
    trace = _trace(cell, both=True, lengths=(7,))
    whole, recurrence = decompose(trace, direction=direction), recurrence_in(trace, direction=direction)
    for step in range(7):
        np.testing.assert_allclose(sources_at(recurrence, step), whole[step], rtol=1e-12)
    np.testing.assert_allclose(triangle(recurrence, 2), whole[:, :, 2], rtol=1e-12)
    np.testing.assert_allclose(triangle(recurrence, None), whole.mean(axis=2), rtol=1e-12)


@pytest.mark.parametrize("direction", [0, 1])
def test_what_has_decayed_in_a_long_text_changes_nothing(direction):
    trace = _trace(both=True, lengths=(300,), seed=3)
    recurrence = recurrence_in(trace, direction=direction)
    by_unit = [triangle(recurrence, unit) for unit in range(4)]
    for step in (0, 17, 150, 299):
        at = sources_at(recurrence, step)
        np.testing.assert_allclose(np.stack(by_unit, -1)[step], at, rtol=1e-12, atol=1e-29)
        np.testing.assert_allclose(triangle(recurrence, None)[step], at.mean(axis=1), rtol=1e-12, atol=1e-29)
    assert any((np.tril(found, -200) == 0).all() for found in by_unit) or direction


def test_an_rnn_says_why_it_has_none():
    module = nn.RNN(3, 4)
    with torch.no_grad(), lstm_viz.capture(module) as captured:
        module(torch.randn(5, 1, 3))
    with pytest.raises(ValueError, match="no gate that keeps"):
        decompose(captured[""])


# ------------------------------------------------------------ what is held by hand


def _quantities(steps=5, units=3):
    generator = np.random.default_rng(0)
    gates = {name: generator.uniform(0.1, 0.9, (steps, units)) for name in "ifgo"}
    c = np.empty((steps, units))
    return gates | {"c": c, "h": c}


def _follow(quantities, clamped, values, start, backward):
    """Let c follow from the gates, except where it is held."""
    f, i, g, c = (quantities[name] for name in "figc")
    before = start
    for t in reversed(range(len(f))) if backward else range(len(f)):
        c[t] = before = np.where(clamped[t], values[t], f[t] * before + i[t] * g[t])


@pytest.mark.parametrize("backward", [False, True])
def test_a_clamped_state_cuts_off_the_past(backward):
    quantities, start = _quantities(), np.array([1.0, -2.0, 0.5])
    clamped = np.zeros((5, 3), bool)
    clamped[2, 1] = clamped[3, 2] = clamped[1, 2] = True
    _follow(quantities, clamped, np.full((5, 3), 7.0), start, backward)
    recurrence = recurrence_of(LSTM, quantities, {"c": start}, backward=backward, clamped=clamped)
    for step in range(5):
        alive = sources_at(recurrence, step)
        np.testing.assert_allclose(alive.sum(axis=0), quantities["c"][step], atol=1e-14)
        for unit in range(3):
            np.testing.assert_allclose(triangle(recurrence, unit)[step], alive[:, unit], atol=1e-15)
    at = sources_at(recurrence, 2)[:, 1]
    assert at[3] == 7.0 and np.count_nonzero(at) == 1


def test_nothing_of_a_broken_past_gets_through_a_cut():
    quantities, clamped = _quantities(), np.zeros((5, 3), bool)
    quantities["f"][1] = quantities["i"][0] = np.nan
    quantities["c"][:] = 1.0
    clamped[3] = True
    recurrence = recurrence_of(LSTM, quantities, {"c": np.full(3, np.nan)}, clamped=clamped)
    assert np.isfinite(sources_at(recurrence, 3)).all() and np.isfinite(sources_at(recurrence, 4)).all()
    assert np.isfinite(triangle(recurrence, 0)[3:]).all()
    assert np.isnan(sources_at(recurrence, 2)[0]).all()


# ------------------------------------------------------------ half-lives and scores


def test_half_lives_of_known_gates():
    keep = np.array([[0.5, 1.0, 0.0, 0.25, np.nan], [0.5, 1.0, 0.9, 1.0, 0.5]])
    quantities = {"f": keep, "i": keep, "g": keep, "c": keep}
    found = half_lives(recurrence_of(LSTM, quantities, {"c": np.zeros(5)}))
    np.testing.assert_allclose(found, [1.0, np.inf, 0.0, 1.0, np.nan])


def test_scores_are_a_sum_over_the_sources():
    trace = _trace(dtype=torch.float64)
    weight = np.random.default_rng(1).normal(size=(3, 4))
    for step in range(6):
        readout = squash(trace.o[0, 0, step, 0], trace.c[0, 0, step, 0])
        shares = score_sources(decompose(trace)[step], readout, weight)
        np.testing.assert_allclose(shares.sum(axis=0), weight @ trace.h[0, 0, step, 0], atol=1e-12)


def test_at_zero_the_squash_is_the_gate_alone():
    o, c = np.array([0.3, 0.3, 0.3]), np.array([0.0, 1e-9, 2.0])
    np.testing.assert_allclose(squash(o, c), [0.3, 0.3, 0.3 * np.tanh(2.0) / 2.0])


def test_the_analysis_is_there_without_torch():
    code = "import sys, lstm_viz.analysis; assert 'torch' not in sys.modules; lstm_viz.analysis.decompose"
    subprocess.run([sys.executable, "-c", code], check=True)
