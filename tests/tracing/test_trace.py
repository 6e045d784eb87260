import dataclasses

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence

import lstm_viz
from lstm_viz.tracing import GRUTrace, JoinError, LSTMTrace, RNNTrace, join

KINDS = {nn.LSTM: LSTMTrace, nn.GRU: GRUTrace, nn.RNN: RNNTrace}


def trace_of(module, *args):
    with lstm_viz.capture(module) as capture:
        module(*args)
    return capture[""]


@pytest.mark.parametrize("kind", KINDS)
def test_quantities_in_the_order_in_which_they_are_shown(kind):
    trace = trace_of(kind(3, 4, 2, bidirectional=True), torch.randn(5, 2, 3))
    assert type(trace) is KINDS[kind]
    names = {nn.LSTM: "figcoh", nn.GRU: "rznh", nn.RNN: "h"}[kind]
    assert "".join(trace.quantities) == names
    assert all(value.shape == (2, 2, 5, 2, 4) for value in trace.quantities.values())
    assert trace.x.shape == (5, 2, 3)
    assert trace.h0.shape == (2, 2, 2, 4)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gradients", [True, False])
def test_nothing_can_be_written(kind, gradients):
    with torch.set_grad_enabled(gradients):
        trace = trace_of(kind(3, 4), torch.randn(5, 2, 3))
    assert trace.h is trace.h
    arrays = [value for value in vars(trace).values() if isinstance(value, np.ndarray)]
    assert len(arrays) == len(trace.quantities) + 3 + (kind is nn.LSTM)
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        trace.h = trace.x


@pytest.mark.parametrize("both", [False, True])
def test_input_of_a_layer(both):
    module, x = nn.LSTM(3, 4, 2, bidirectional=both), torch.randn(5, 2, 3)
    trace = trace_of(module, x)
    np.testing.assert_array_equal(trace.input_of(0), x.numpy())
    upper = nn.LSTM(4 * (1 + both), 4, bidirectional=both)
    upper.load_state_dict({n.replace("l1", "l0"): p for n, p in module.state_dict().items() if "l1" in n})
    np.testing.assert_allclose(trace_of(upper, torch.tensor(trace.input_of(1))).i[0], trace.i[1], atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "extra"), [*((kind, {}) for kind in KINDS), (nn.LSTM, {"proj_size": 2})], ids=str
)
@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
def test_one_more_word_is_the_whole_sentence(kind, extra):
    torch.manual_seed(0)
    module, x = kind(3, 4, 2, **extra), torch.randn(7, 2, 3)
    whole = trace_of(module, x)
    for kept in range(8):
        grown = whole.prefix(kept)
        assert grown.steps == kept
        for step in range(kept, 7):
            grown = join(grown, trace_of(module, x[step : step + 1], grown.state_after(step)))
        assert grown.lengths.tolist() == [7, 7]
        np.testing.assert_array_equal(grown.x, whole.x)
        for name, value in whole.quantities.items():
            np.testing.assert_allclose(grown.quantities[name], value, rtol=0, atol=1e-6)
        with pytest.raises(ValueError, match="read-only"):
            grown.h[:] = 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_state_is_torchs(kind):
    module, x = kind(3, 4, 2), torch.randn(5, 2, 3)
    _, final = module(x)
    trace = trace_of(module, x)
    ours, theirs = trace.state_after(5), final
    if kind is not nn.LSTM:
        ours, theirs = (ours,), (theirs,)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b.detach(), rtol=0, atol=1e-6)
    with pytest.raises(IndexError, match="5 steps, not 6"):
        trace.state_after(6)
    with pytest.raises(IndexError):
        trace.state_after(-1)


def test_the_proof_of_a_joined_trace_is_the_worse_of_both():
    module, x = nn.GRU(3, 4), torch.randn(5, 1, 3)
    first = trace_of(module, x)
    then = trace_of(module, x, first.state_after(5))
    assert join(dataclasses.replace(first, max_error=0.5), then).max_error == 0.5
    assert join(first, dataclasses.replace(then, max_error=0.5)).max_error == 0.5


def test_what_does_not_follow_is_not_joined():
    module, x = nn.GRU(3, 4), torch.randn(5, 2, 3)
    trace = trace_of(module, x)
    with pytest.raises(JoinError, match="does not start from"):
        join(trace, trace)
    with pytest.raises(JoinError, match="differ in the kind"):
        join(trace, trace_of(nn.RNN(3, 4), x))
    with pytest.raises(JoinError, match="differ in the kind"):
        join(trace, trace_of(module, x[:, :1]))
    both = trace_of(nn.GRU(3, 4, bidirectional=True), x)
    with pytest.raises(JoinError, match="bidirectional"):
        join(both, both)
    with pytest.raises(ValueError, match="bidirectional"):
        both.state_after(1)
    ragged = trace_of(module, pack_sequence([torch.randn(3, 3), torch.randn(2, 3)]))
    with pytest.raises(JoinError, match="ends before its last step"):
        join(ragged, trace)


def test_a_prefix_of_a_ragged_batch():
    trace = trace_of(nn.GRU(3, 4), pack_sequence([torch.randn(3, 3), torch.randn(1, 3)]))
    assert trace.prefix(2).lengths.tolist() == [2, 1]
    assert np.shares_memory(trace.prefix(2).h, trace.h)
    assert trace.state_after(2)[0, 1].isnan().all()
