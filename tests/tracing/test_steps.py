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


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("count", [2, 5])
def test_sequences_read_in_turn_are_a_trace_each(kind, count):
    cell, x = kind(3, 4), torch.randn(6, count, 2, 3)
    states: list = [None] * count
    with torch.no_grad(), lstm_viz.capture(cell) as capture:
        for step in x:
            states = [cell(now, state) for now, state in zip(step, states, strict=True)]
        steps_of(cell, x[:3, 0])
    *traces, last = capture.calls[""]
    assert (len(traces), last.steps) == (count, 3)
    for k, (trace, state) in enumerate(zip(traces, states, strict=True)):
        np.testing.assert_array_equal(trace.x, x[:, k].numpy())
        np.testing.assert_allclose(trace.h[0, 0, -1], h_of(state), atol=1e-6)


def test_sequences_read_in_turn_step_by_step_are_joined():
    module, x = nn.LSTM(3, 4), torch.randn(6, 2, 1, 2, 3)
    states: list = [None, None]
    with torch.no_grad(), lstm_viz.capture(module) as capture:
        for step in x:
            states = [module(now, state)[1] for now, state in zip(step, states, strict=True)]
    traces = capture.sequences("")
    assert [trace.steps for trace in traces] == [6, 6]
    for k, (trace, state) in enumerate(zip(traces, states, strict=True)):
        np.testing.assert_array_equal(trace.x, x[:, k, 0].numpy())
        np.testing.assert_allclose(trace.h[0, 0, -1], h_of(state)[0], atol=1e-6)


def test_a_search_that_goes_on_twice_from_one_state():
    cell, x = nn.GRUCell(3, 4), torch.randn(4, 2, 3)
    with torch.no_grad(), lstm_viz.capture(cell) as capture:
        start = steps_of(cell, x[:2])
        ends = [cell(step, start) for step in x[2:]]
    first, fork = capture.calls[""]
    assert (first.steps, fork.steps) == (3, 1)
    for trace, end in zip((first, fork), ends, strict=True):
        np.testing.assert_allclose(trace.h[0, 0, -1], end, atol=1e-6)
    np.testing.assert_allclose(fork.h0[0, 0], start, atol=1e-6)


def test_a_loop_is_given_to_the_callback_when_the_next_has_gone_on():
    cell, given = nn.GRUCell(3, 4), []
    with torch.no_grad(), lstm_viz.capture(cell, callback=lambda _, trace: given.append(trace.steps)):
        steps_of(cell, torch.randn(3, 2, 3))
        state = steps_of(cell, torch.randn(1, 2, 3))
        assert given == []
        steps_of(cell, torch.randn(4, 2, 3), state)
        assert given == [3]
    assert given == [3, 5]


def test_very_many_sequences_of_one_step():
    cell = nn.GRUCell(3, 4)
    with torch.no_grad(), lstm_viz.capture(cell) as capture:
        for step in torch.randn(100, 2, 3):
            cell(step)
    assert [trace.steps for trace in capture.calls[""]] == [1] * 100
    assert repr(capture) == "Capture(modules=1, traces=100, skipped=0)"


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
