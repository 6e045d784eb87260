import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations
from torch.utils.checkpoint import checkpoint

import lstm_viz
from lstm_viz.tracing import (
    CaptureError,
    CaptureWarning,
    NoRecurrentModuleError,
    NotCapturedError,
    weights_of,
)


class Tagger(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.characters = nn.LSTM(3, 4)
        self.encoder = nn.ModuleDict({"lstm": nn.LSTM(8, 5, 2, batch_first=True), "gru": nn.GRU(5, 6)})
        self.out = nn.Linear(6, 2)

    def forward(self, words):
        pieces = [self.characters(word)[1][0][-1] for word in words]
        x = torch.stack([torch.cat((piece, piece)) for piece in pieces])[None]
        hidden, _ = self.encoder["lstm"](input=x, hx=None)
        return self.out(self.encoder["gru"](hidden[0])[0])


def words():
    return [torch.randn(n, 3) for n in (2, 5, 1)]


def test_modules_at_any_depth_by_path_and_every_call_in_order():
    model, inputs = Tagger(), words()
    with lstm_viz.capture(model) as capture:
        model(inputs)
    assert list(capture.calls) == ["characters", "encoder.lstm", "encoder.gru"]
    assert [trace.steps for trace in capture.calls["characters"]] == [2, 5, 1]
    for word, trace in zip(inputs, capture.calls["characters"], strict=True):
        np.testing.assert_array_equal(trace.x[:, 0], word.numpy())
    assert capture["characters"] is capture.calls["characters"][-1]
    assert capture["encoder.lstm"].f.shape == (2, 1, 3, 1, 5)
    np.testing.assert_allclose(
        capture["encoder.gru"].x[:, 0], capture["encoder.lstm"].h[1, 0, :, 0], atol=1e-6
    )


def test_nothing_is_heard_afterwards_also_when_the_model_raised():
    model = Tagger()
    with pytest.raises(RuntimeError, match="got 99"), lstm_viz.capture(model) as capture:
        model([torch.randn(2, 3), torch.randn(2, 99)])
    assert len(capture.calls["characters"]) == 1
    model(words())
    assert len(capture.calls["characters"]) == 1


def test_a_module_with_two_paths_is_under_both():
    model = nn.Module()
    model.a = model.b = nn.GRU(2, 3)
    with lstm_viz.capture(model) as capture:
        model.b(torch.randn(4, 2))
    assert capture["a"] is capture["b"]
    assert len(capture.calls["a"]) == 1


def test_captures_can_be_nested():
    model = nn.LSTM(2, 3)
    with lstm_viz.capture(model) as outer:
        with lstm_viz.capture(model) as inner:
            model(torch.randn(4, 2))
        model(torch.randn(5, 2))
    assert [trace.steps for trace in inner.calls[""]] == [4]
    assert [trace.steps for trace in outer.calls[""]] == [4, 5]


def test_what_is_not_there_is_said_clearly():
    with pytest.raises(NoRecurrentModuleError, match="Linear has no"), lstm_viz.capture(nn.Linear(1, 1)):
        pass
    with (
        pytest.warns(CaptureWarning, match="no chosen module called torch's kernels in the thread"),
        lstm_viz.capture(Tagger()) as capture,
    ):
        pass
    with pytest.raises(NotCapturedError, match="'characters' did not call torch's kernel in the thread"):
        capture["characters"]
    with pytest.raises(NotCapturedError, match="there is 'characters', 'encoder"):
        capture["decoder"]
    assert issubclass(NotCapturedError, CaptureError)


@pytest.mark.parametrize("context", [torch.enable_grad, torch.no_grad, torch.inference_mode])
def test_outputs_gradients_mode_and_random_numbers_are_untouched(context):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Dropout(0.5), nn.LSTM(6, 64, 2, bidirectional=True, dropout=0.3))
    x = torch.randn(5, 2, 6)
    seen = []
    for capturing in (False, True):
        torch.manual_seed(1)
        model.zero_grad()
        with context():
            if capturing:
                with lstm_viz.capture(model) as capture:
                    output, (h, c) = model(x)
            else:
                output, (h, c) = model(x)
        if output.requires_grad:
            output.sum().backward()
        gradients = [p.grad.clone() for p in model.parameters() if p.grad is not None]
        flags = (output.requires_grad, output.is_inference(), output.stride(), model.training, type(output))
        seen.append(([output.detach(), h.detach(), c.detach(), *gradients, torch.get_rng_state()], flags))
    (plain, plain_flags), (watched, watched_flags) = seen
    assert plain_flags == watched_flags
    assert len(plain) == len(watched) == 4 + (16 if context is torch.enable_grad else 0)
    assert all(torch.equal(a, b) for a, b in zip(plain, watched, strict=True))
    assert capture["1"].max_error <= 1e-5


def test_numbers_are_those_of_the_call_whatever_changes_afterwards():
    model, x, h0 = nn.GRU(2, 3), torch.randn(4, 1, 2), torch.zeros(1, 1, 3)
    with torch.no_grad(), lstm_viz.capture(model) as capture:
        output, h_n = model(x, h0)
        trace = capture[""]
        before = {
            name: value.copy() for name, value in {**trace.quantities, "x": trace.x, "h0": trace.h0}.items()
        }
        for tensor in (*model.parameters(), x, h0, output, h_n):
            tensor.fill_(7)
    for name, value in before.items():
        np.testing.assert_array_equal(getattr(trace, name), value)


def test_an_lstm_with_gradients_keeps_its_numbers_too():
    model, x = nn.LSTM(2, 3, 2), torch.randn(4, 1, 2)
    with lstm_viz.capture(model) as capture:
        output, (h_n, c_n) = model(x)
    trace = capture[""]
    before = {name: value.copy() for name, value in {**trace.quantities, "x": trace.x}.items()}
    output.sum().backward()
    with torch.no_grad():
        for tensor in (*model.parameters(), x, output, h_n, c_n):
            tensor.fill_(7)
    for name, value in before.items():
        np.testing.assert_array_equal(getattr(trace, name), value)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
def test_parametrized_weights_as_the_call_used_them(kind):
    torch.manual_seed(0)
    module = kind(3, 4)
    parametrizations.weight_norm(module, "weight_ih_l0")
    parametrizations.spectral_norm(module, "weight_hh_l0")
    with torch.no_grad():
        module.parametrizations.weight_ih_l0.original0.mul_(3)
    vector = module.parametrizations.weight_hh_l0[0]._u
    with lstm_viz.capture(module) as capture:
        module(torch.randn(5, 2, 3))
        after_the_call = vector.clone()
        weights_of(module, 0)
    assert capture[""].max_error <= 1e-6
    assert torch.equal(vector, after_the_call)


@pytest.mark.parametrize("way", ["checkpoint", "saved on the CPU"])
def test_hooks_on_saved_tensors_are_left_alone(way):
    torch.manual_seed(0)
    module, x = nn.LSTM(3, 4, 2), torch.randn(5, 2, 3, requires_grad=True)
    runs = []

    def run(x):
        runs.append(x)
        return module(x)[0]

    with lstm_viz.capture(module) as capture:
        if way == "checkpoint":
            output = checkpoint(run, x, use_reentrant=False)
        else:
            with torch.autograd.graph.save_on_cpu():
                output = run(x)
    assert len(capture.calls[""]) == len(runs) == 1
    assert capture[""].max_error <= 1e-6
    output.sum().backward()
    assert x.grad is not None


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("gradients", [True, False])
def test_an_empty_batch(kind, gradients):
    module = kind(3, 4, 2, bidirectional=True)
    with torch.set_grad_enabled(gradients), lstm_viz.capture(module) as capture:
        module(torch.randn(5, 0, 3))
    assert capture[""].h.shape == (2, 2, 5, 0, 4)
    assert capture[""].max_error == 0


def test_step_by_step_is_the_same_as_at_once():
    torch.manual_seed(0)
    module, x = nn.LSTM(3, 4, 2), torch.randn(6, 1, 3)
    with lstm_viz.capture(module) as capture:
        module(x)
        state = None
        for step in x:
            _, state = module(step[None], state)
    whole, *steps = capture.calls[""]
    for name, value in whole.quantities.items():
        np.testing.assert_allclose(
            np.concatenate([s.quantities[name] for s in steps], axis=2), value, atol=1e-6
        )


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_says_how_far_it_is_off(kind, dtype):
    torch.manual_seed(0)
    module, x = kind(3, 4, dtype=dtype), torch.randn(5, 2, 3, dtype=dtype)
    _skip_unless_torch_runs(module, x)
    with lstm_viz.capture(module) as capture:
        module(x)
    assert capture[""].h.dtype == np.float32
    assert 0 < capture[""].max_error < 0.02


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_autocast(kind, by_hand):
    torch.manual_seed(0)
    module, x = kind(3, 4, 2), torch.randn(5, 2, 3)
    with torch.autocast("cpu", torch.bfloat16):
        _skip_unless_torch_runs(module, x)
        with lstm_viz.capture(module) as capture:
            module(x)
    assert capture[""].max_error < 0.02
    rounded = copy.deepcopy(module).bfloat16().float()
    expected = by_hand(rounded, x.bfloat16().float().numpy(), [5, 5])
    for name, value in capture[""].quantities.items():
        np.testing.assert_allclose(value, expected[name], atol=0.02)


def _skip_unless_torch_runs(module, x):
    """Skip where torch has no kernel: oneDNN runs bf16 LSTMs only on processors with AVX-512."""
    try:
        module(x)
    except RuntimeError as error:
        pytest.skip(f"torch itself cannot run {type(module).__name__} like this here: {error}")


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("gradients", [True, False])
def test_a_weight_that_is_nan_is_nan_and_no_error(kind, gradients):
    module = kind(3, 4)
    with torch.no_grad():
        module.weight_ih_l0[1, 1] = torch.nan
    with torch.set_grad_enabled(gradients), lstm_viz.capture(module) as capture:
        module(torch.randn(5, 2, 3))
    assert np.isnan(capture[""].h).any()
    assert capture[""].max_error <= 1e-6
