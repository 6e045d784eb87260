import warnings

import pytest
import torch
from torch import nn

import lstm_viz
from lstm_viz.tracing import CaptureWarning, NoRecurrentModuleError, NotCapturedError
from tests.tracing.zoo.networks import LayerNormCell, Tagger


class Minimal(nn.Module):
    """A gated unit whose class does not tell its kind."""

    def __init__(self) -> None:
        super().__init__()
        self.i2h, self.h2h = nn.Linear(5, 18), nn.Linear(6, 18)

    def forward(self, x):
        return x


class MyLSTM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(5, 24), nn.Linear(6, 24)

    def forward(self, x):
        return x


class Held(nn.Module):
    def __init__(self, held) -> None:
        super().__init__()
        self.rnns = held

    def forward(self, x):
        return x


def quantized():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.ao.quantization.quantize_dynamic(Tagger().eval(), {nn.LSTM}, dtype=torch.qint8)


def scripted():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.script(Tagger())


PARTS = {
    "quantized": (quantized, "quantized or prepared for it"),
    "quantizable": (lambda: torch.ao.nn.quantizable.LSTM(5, 6), "quantized or prepared for it"),
    "scripted": (scripted, "before torch.jit.script"),
    "by the names of its weights": (Minimal, "computes its gates itself"),
    "by its class": (MyLSTM, "computes its gates itself"),
    "by both": (LayerNormCell, "computes its gates itself"),
    "a list": (lambda: Held([nn.LSTM(5, 6)]), "plain list; use nn.ModuleList"),
    "a tuple": (lambda: Held((nn.GRU(5, 6),)), "plain tuple; use nn.ModuleList"),
    "a dict": (lambda: Held({"a": nn.GRUCell(5, 6)}), "plain dict; use nn.ModuleDict"),
}


@pytest.mark.parametrize("name", PARTS)
def test_what_cannot_be_captured_is_said(name):
    make, reason = PARTS[name]
    part = make()
    with pytest.raises(NoRecurrentModuleError, match=reason), lstm_viz.capture(part):
        pass
    model = nn.ModuleDict({"read": nn.LSTM(5, 6), "other": part})
    with pytest.warns(CaptureWarning, match=reason), lstm_viz.capture(model) as capture:
        model["read"](torch.randn(7, 3, 5))
    assert capture["read"].max_error < 1e-6
    assert [part.path.startswith("other") for part in capture.skipped] == [True]


def test_registered_modules_in_a_plain_container_are_captured():
    model = Held([nn.LSTM(5, 6), nn.Sequential(nn.GRU(5, 6))])
    for k, module in enumerate(model.rnns):
        model.add_module(f"rnn{k}", module)
    with lstm_viz.capture(model) as capture:
        model.rnns[0](torch.randn(7, 3, 5))
    assert capture.skipped == ()
    assert capture["rnn0"] is capture[model.rnns[0]]


class SlowLSTM(nn.LSTM):
    """Computes its gates itself, as if it had none of torch's kernels."""

    def forward(self, x, state=None):
        return x, state


def test_a_subclass_that_calls_no_kernel_is_said():
    model = nn.Sequential(SlowLSTM(5, 6))
    with pytest.warns(CaptureWarning, match="no chosen module called"), lstm_viz.capture(model) as capture:
        model(torch.randn(7, 3, 5))
    with pytest.raises(NotCapturedError, match="the module at '0' did not call torch's kernel"):
        capture["0"]


def test_the_error_for_a_path_names_what_was_skipped_there():
    model = nn.DataParallel(nn.ModuleDict({"read": nn.LSTM(5, 6), "other": nn.Sequential(MyLSTM())}))
    with pytest.warns(CaptureWarning), lstm_viz.capture(model) as capture:
        pass
    for path in ("other", "other.0", "module.other"):
        with pytest.raises(NotCapturedError, match=r"; module\.other\.0 \(MyLSTM\): it computes"):
            capture[path]
    with pytest.raises(NotCapturedError, match=r"there is 'module\.read'$"):
        capture["another"]


class Hidden(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.hidden2, self.head = nn.Linear(5, 20), nn.Linear(20, 20), nn.Linear(20, 2)


class Position(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.position = nn.Parameter(torch.zeros(16, 16))
        self.layer = nn.TransformerEncoderLayer(16, 2)


OTHERS = {
    "perceptron": Hidden,
    "transformer": Position,
    "attention": lambda: nn.MultiheadAttention(8, 2),
    "convolutions": lambda: nn.Sequential(nn.Conv2d(3, 12, 3), nn.BatchNorm2d(12), nn.Conv2d(12, 12, 1)),
    "embedding": lambda: nn.Sequential(nn.Embedding(10, 10), nn.Bilinear(3, 3, 3), nn.PReLU()),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_recurrent_is_not_listed(name):
    model = nn.ModuleDict({"read": nn.LSTM(5, 6), "other": OTHERS[name]()})
    with lstm_viz.capture(model) as capture:
        model["read"](torch.randn(7, 3, 5))
    assert capture.skipped == ()
    with pytest.raises(NoRecurrentModuleError), lstm_viz.capture(model["other"]):
        pass
