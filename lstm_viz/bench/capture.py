"""Capture against the plain forward and the loop by hand; one more word against the whole sentence."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from lstm_viz.bench.timing import Goal, Row, compare
from lstm_viz.tracing import Trace, capture, join, weights_of

_HIDDEN = (6, 64, 256, 1024)
_STEPS = (10, 50, 1000)


def rows(*, short: bool = False) -> list[Row]:
    """Measure on one thread: 2 layers, one sentence at a time.

    Parameters
    ----------
    short : bool
        Only the sizes that have a goal, and less time for each.
    """
    with _one_thread():
        torch.manual_seed(0)
        return list(_rows(short=short))


def _rows(*, short: bool) -> Iterator[Row]:
    seconds = 0.3 if short else 1.0
    for hidden in (64, 256) if short else _HIDDEN:
        for steps in (10, 50) if short else _STEPS:
            yield from _against_forward(hidden, steps, seconds)
            yield from _against_loop(hidden, steps, seconds)
    for hidden in (64, 256):
        yield _one_more_word(hidden, 50, seconds)


def _against_forward(hidden: int, steps: int, seconds: float) -> Iterator[Row]:
    module, x = _lstm(hidden), torch.randn(steps, 1, hidden)
    short_sentence = 64 <= hidden <= 256 and steps <= 50
    ways = {
        "capture with gradients": (torch.enable_grad, True, 1.10),
        "capture without gradients": (torch.no_grad, True, 2.5),
        "capture without oneDNN": (torch.no_grad, False, 2.5),
    }
    for name, (mode, onednn, bound) in ways.items():
        with mode(), _onednn(enabled=onednn):
            yield compare(
                f"{name}, H {hidden}, T {steps}",
                "capture / plain forward",
                lambda: _traced(module, x),
                lambda: module(x),
                goal=Goal("≤", bound) if short_sentence else None,
                seconds=seconds,
            )


def _against_loop(hidden: int, steps: int, seconds: float) -> Iterator[Row]:
    """Set the loop without gradients, as one writes it to look into a net, against capture in both modes."""
    module, x = _lstm(hidden), torch.randn(steps, 1, hidden)
    for name, mode in {"with": torch.enable_grad, "without": torch.no_grad}.items():
        with mode():
            yield compare(
                f"loop by hand, H {hidden}, T {steps}",
                f"loop / capture {name} gradients",
                lambda: _by_hand(module, x),
                lambda: _traced(module, x),
                goal=Goal("≥", 14) if (hidden, steps) == (64, 50) else None,
                seconds=seconds,
            )


def _one_more_word(hidden: int, steps: int, seconds: float) -> Row:
    module, x = _lstm(hidden), torch.randn(steps, 1, hidden)
    kept = _traced(module, x[:-1])
    return compare(
        f"one more word, H {hidden}, T {steps}",
        "one more word / whole sentence",
        lambda: join(kept, _traced(module, x[-1:], kept.state_after(steps - 1))),
        lambda: _traced(module, x),
        seconds=seconds,
    )


def _lstm(hidden: int) -> nn.LSTM:
    return nn.LSTM(hidden, hidden, num_layers=2)


def _traced(module: nn.LSTM, x: Tensor, state: Tensor | tuple[Tensor, Tensor] | None = None) -> Trace:
    with capture(module) as captured:
        module(x, state)
    return captured[""]


@torch.no_grad()
def _by_hand(module: nn.LSTM, x: Tensor) -> list[Tensor]:
    """Return every quantity as tutorials get at it: a Python loop over the steps, a formula a gate."""
    found = []
    for layer in range(module.num_layers):
        weights = weights_of(module, layer)
        w = [matrix.T for matrix in weights.weight_ih.chunk(4)]
        u = [matrix.T for matrix in weights.weight_hh.chunk(4)]
        assert weights.bias_ih is not None
        assert weights.bias_hh is not None
        b = (weights.bias_ih + weights.bias_hh).chunk(4)
        h = c = x.new_zeros(x.shape[1], module.hidden_size)
        outputs = []
        for x_t in x:
            i = torch.sigmoid(x_t @ w[0] + h @ u[0] + b[0])
            f = torch.sigmoid(x_t @ w[1] + h @ u[1] + b[1])
            g = torch.tanh(x_t @ w[2] + h @ u[2] + b[2])
            o = torch.sigmoid(x_t @ w[3] + h @ u[3] + b[3])
            c = f * c + i * g
            h = o * torch.tanh(c)
            outputs.append(h)
            found.append(torch.stack((i, f, g, o, c, h)))
        x = torch.stack(outputs)
    return found


@contextmanager
def _onednn(*, enabled: bool) -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="TF32 acceleration")  # of Intel GPUs; says it on any switch
        with torch.backends.mkldnn.flags(enabled=enabled):
            yield


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
