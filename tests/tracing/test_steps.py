import numpy as np
import pytest
import torch
from torch import nn

import lstm_viz
from lstm_viz.tracing import JoinError, join

CELLS = [nn.LSTMCell, nn.GRUCell, nn.RNNCell]


def h_of(state):
    return state[0] if isinstance(state, tuple) else state


def steps_of(cell, x, state=None):
    for step in x:
        state = cell(step, state)
    return state


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("gradients", [True, False])
def test_the_steps_of_a_cell_are_one_trace(kind, gradients):
    cell, x = kind(3, 4), torch.randn(6, 2, 3)
    with torch.set_grad_enabled(gradients), lstm_viz.capture(cell) as capture:
        final = steps_of(cell, x)
        assert capture[""].steps == 6  # a loop under way is there as far as it has come
    (trace,) = capture.calls[""]
    np.testing.assert_array_equal(trace.x, x.numpy())
    np.testing.assert_allclose(trace.h[0, 0, -1], h_of(final).detach(), atol=1e-6)


def test_a_trace_of_a_loop_under_way_is_not_changed_by_what_follows():
    cell, x = nn.GRUCell(3, 4), torch.randn(6, 2, 3)
    with lstm_viz.capture(cell) as capture:
        state = steps_of(cell, x[:2])
        early = capture[""]
        steps_of(cell, x[2:], state)
    assert (early.steps, early.h.shape[2], capture[""].steps) == (2, 2, 6)


@pytest.mark.parametrize("kind", CELLS)
def test_a_state_set_anew_begins_another_trace(kind):
    cell = kind(3, 4)
    with lstm_viz.capture(cell) as capture:
        steps_of(cell, torch.randn(2, 2, 3))
        steps_of(cell, torch.randn(3, 2, 3))
        steps_of(cell, torch.randn(4, 5, 3))
    assert [trace.steps for trace in capture.calls[""]] == [2, 3, 4]
    assert max(trace.max_error for trace in capture.calls[""]) < 1e-6


def test_a_partial_reset_begins_another_trace():
    cell, x = nn.LSTMCell(3, 4), torch.randn(5, 2, 3)
    with torch.no_grad(), lstm_viz.capture(cell) as capture:
        h, c = steps_of(cell, x[:2])
        over = torch.tensor([[1.0], [0.0]])
        steps_of(cell, x[2:], (h * over, c * over))
    first, second = capture.calls[""]
    assert (first.steps, second.steps) == (2, 3)
    assert (second.h0[0, 0, 1] == 0).all()
    np.testing.assert_allclose(second.h0[0, 0, 0], first.h[0, 0, -1, 0], atol=1e-6)


def test_two_sequences_in_turn_are_never_mixed():
    cell, x = nn.GRUCell(3, 4), torch.randn(3, 2, 1, 3)
    with torch.no_grad(), lstm_viz.capture(cell) as capture:
        states = [torch.zeros(1, 4), torch.ones(1, 4)]
        for both in x:
            states = [cell(step, state) for step, state in zip(both, states, strict=True)]
    traces = capture.calls[""]
    assert sum(trace.steps for trace in traces) == 6
    given = np.concatenate([trace.x[:, 0] for trace in traces])
    np.testing.assert_array_equal(given, x.reshape(6, 3).numpy())
    for k, state in enumerate(states):
        np.testing.assert_allclose(traces[-2 + k].h[0, 0, -1], state, atol=1e-6)


def test_weights_written_to_between_steps_begin_another_trace():
    cell, x = nn.GRUCell(3, 4), torch.randn(4, 2, 3)
    with torch.no_grad(), lstm_viz.capture(cell) as capture:
        state = steps_of(cell, x[:2])
        cell.weight_hh.mul_(2)
        steps_of(cell, x[2:], state)
    assert [trace.steps for trace in capture.calls[""]] == [2, 2]
    assert max(trace.max_error for trace in capture.calls[""]) < 1e-6


def test_two_thousand_steps():
    cell, layer, x = nn.LSTMCell(2, 3), nn.LSTM(2, 3), torch.randn(2000, 1, 2)
    with torch.no_grad(), lstm_viz.capture(nn.ModuleList([cell, layer])) as capture:
        steps_of(cell, x)
        state = None
        for step in x[:500]:
            _, state = layer(step[None], state)
    assert capture["0"].steps == 2000
    assert capture["0"].max_error < 1e-5
    assert [trace.steps for trace in capture.sequences("1")] == [500]


def test_many_are_joined_at_once():
    module, x = nn.GRU(3, 4), torch.randn(6, 2, 3)
    with torch.no_grad(), lstm_viz.capture(module) as capture:
        state = None
        for step in x:
            _, state = module(step[None], state)
        module(x)
    *steps, whole = capture.calls[""]
    np.testing.assert_allclose(join(*steps).h, whole.h, atol=1e-6)
    assert join(whole) is not None
    with pytest.raises(JoinError, match="does not start from"):
        join(*steps, whole)
