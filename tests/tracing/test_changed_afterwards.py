"""What a call used is what its trace is made of, whatever is written to afterwards, and in whatever way."""

import threading

import numpy as np
import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

import lstm_viz
from lstm_viz.tracing import CaptureError, ProofError, reading

KINDS = [nn.LSTM, nn.GRU, nn.RNN]


def quantities(trace):
    return {name: value.copy() for name, value in trace.quantities.items()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("steps", [1, 9])
@pytest.mark.parametrize("gradients", [True, False])
def test_writes_through_data_to_a_bias(kind, steps, gradients):
    module, x = kind(3, 4), torch.randn(steps, 2, 3)
    with torch.set_grad_enabled(gradients), lstm_viz.capture(module) as capture:
        module(x)
        expected = quantities(capture[""])
        capture.clear()
        module(x)
        module.bias_ih_l0.data[:2].fill_(5)
        module(x)
    first, second = capture.calls[""]
    for name, value in expected.items():
        np.testing.assert_allclose(first.quantities[name], value, atol=1e-6)
    assert max(first.max_error, second.max_error) < 1e-6
    assert np.abs(second.h - first.h).max() > 1e-3


def test_writes_to_weights_that_torch_does_not_count():
    with torch.inference_mode():
        module, x = nn.LSTMCell(3, 4), torch.randn(2, 3)
        with lstm_viz.capture(module) as capture:
            module(x)
            module.bias_ih[4:8].fill_(5)
            module(x)
    first, second = capture.calls[""]
    assert max(first.max_error, second.max_error) < 1e-6
    assert (second.f > first.f + 0.1).all()


def test_dropout_is_drawn_again_beside_other_threads():
    torch.manual_seed(0)
    module = nn.GRU(3, 64, num_layers=3, dropout=0.5)
    with lstm_viz.capture(module) as capture:
        for _ in range(4):
            module(torch.randn(20, 8, 3))
    errors = []
    readers = [
        threading.Thread(target=lambda trace=trace: errors.append(trace.max_error))
        for trace in capture.calls[""]
    ]
    torch.manual_seed(1)
    expected = torch.rand(1000)
    torch.manual_seed(1)
    for reader in readers:
        reader.start()
    assert torch.equal(torch.rand(1000), expected)
    for reader in readers:
        reader.join()
    assert len(errors) == 4 and max(errors) < 1e-5


def test_a_trace_is_read_among_fake_tensors():
    module = nn.GRU(3, 4)
    with lstm_viz.capture(module) as capture:
        module(torch.randn(5, 2, 3))
    with FakeTensorMode():
        assert capture[""].max_error < 1e-6


def test_a_reading_that_is_interrupted_can_be_tried_again(monkeypatch):
    def interrupted(recorded):
        raise KeyboardInterrupt

    module = nn.LSTM(3, 4)
    with lstm_viz.capture(module) as capture:
        module(torch.randn(5, 2, 3))
    with monkeypatch.context() as patched:
        patched.setattr(reading, "call_of", interrupted)
        with pytest.raises(KeyboardInterrupt):
            _ = capture[""].f
    assert capture[""].max_error < 1e-6


def test_a_proof_that_fails_holds_nothing_and_is_told_again(monkeypatch):
    module = nn.GRU(3, 4)
    with lstm_viz.capture(module, quantities="z") as capture, monkeypatch.context() as patched:
        patched.setattr(reading, "_find", lambda call: (_ for _ in ()).throw(ProofError("wrong")))
        module(torch.randn(5, 2, 3))
    for _ in range(3):
        with pytest.raises(CaptureError, match="wrong") as told:
            _ = capture[""].z
        depth, frame = 0, told.tb
        while frame is not None:
            depth, frame = depth + 1, frame.tb_next
    assert depth < 6


def test_steps_that_start_anew_near_zero_are_no_sequence():
    module = nn.GRU(3, 4)
    with torch.no_grad(), lstm_viz.capture(module) as capture:
        for parameter in module.parameters():
            parameter.mul_(1e-4)
        module(torch.randn(2, 1, 3))
        _, state = module(torch.randn(2, 1, 3))
        module(torch.randn(2, 1, 3), state)
    assert [trace.steps for trace in capture.sequences("")] == [2, 4]


def test_a_module_that_is_called_module():
    model = nn.Module()
    model.module, model.other = nn.LSTM(3, 4), nn.LSTM(3, 4)
    with lstm_viz.capture(model, modules="module") as capture:
        model.module(torch.randn(5, 2, 3))
    assert list(capture.calls) == ["module"]


def test_a_biased_cell_with_one_bias():
    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.w, self.u, self.b = (nn.Parameter(torch.randn(16, n)) for n in (3, 4, 1))

        def forward(self, x):
            state = torch.zeros(2, 4), torch.zeros(2, 4)
            return torch.lstm_cell(x, state, self.w, self.u, None, self.b[:, 0])

    model = Own()
    with lstm_viz.capture(model) as capture:
        model(torch.randn(2, 3))
    assert capture[""].max_error < 1e-6
