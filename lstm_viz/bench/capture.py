"""Capture against the plain forward pass and a manual loop; one appended word against a whole sentence."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_viz.bench.timing import Goal, Row, compare
from lstm_viz.tracing import Trace, capture, join, weights_of

_HIDDEN = (6, 64, 256, 1024)
_STEPS = (10, 50, 1000)
#: B, T and H of the sizes with a goal.
_SIZES = (
    (1, 50, 64), (1, 50, 256), (1, 100, 512), (64, 16, 64), (64, 16, 256), (64, 16, 512), (64, 100, 64)
)  # fmt: skip
_SHORT_SIZES = ((1, 50, 64), (64, 16, 64))


class _Way(NamedTuple):
    """A way of running a module, its capture options, and the goal for its overhead."""

    name: str
    mode: Callable[[], AbstractContextManager[Any]]
    goal: float
    kind: Callable[..., nn.RNNBase] = nn.LSTM
    packed: bool = False
    dtype: torch.dtype = torch.float32
    options: tuple[tuple[str, bool], ...] = ()


_WAYS = (
    _Way("LSTM with gradients", torch.enable_grad, 1.15),
    _Way("LSTM without gradients", torch.no_grad, 2.1),
    _Way("LSTM without gradients, exact=False", torch.no_grad, 1.2, options=(("exact", False),)),
    _Way("LSTM packed", torch.no_grad, 2, packed=True),
    _Way("LSTM float64", torch.no_grad, 2, dtype=torch.float64),
    _Way("GRU", torch.no_grad, 2, kind=nn.GRU),
    _Way("RNN", torch.no_grad, 2, kind=nn.RNN),
    _Way("GRU with gradients", torch.enable_grad, 2, kind=nn.GRU),
)


def rows(*, short: bool = False) -> list[Row]:
    """Run on one thread, with 2 layers.

    Parameters
    ----------
    short : bool
        Only some of the sizes with a goal, and fewer repetitions.
    """
    with _one_thread():
        torch.manual_seed(0)
        return list(_rows(short=short))


def _rows(*, short: bool) -> Iterator[Row]:
    seconds = 0.2 if short else 1.0
    for way in _WAYS:
        for size in _SHORT_SIZES if short else _SIZES:
            yield from _against_forward(way, size, seconds)
    for hidden in (64, 256) if short else _HIDDEN:
        for steps in (10, 50) if short else _STEPS:
            yield from _against_loop(hidden, steps, seconds)
    for hidden in (64, 256):
        yield _one_more_word(hidden, 50, seconds)
    yield from _step_by_step(128, 500, seconds)


def _against_forward(way: _Way, size: tuple[int, int, int], seconds: float) -> Iterator[Row]:
    """Measure recording a call; and recording it, reading all quantities and their verification."""
    batch, steps, hidden = size
    module = way.kind(hidden, hidden, num_layers=2, dtype=way.dtype)
    x = _packed(steps, batch, hidden) if way.packed else torch.randn(steps, batch, hidden, dtype=way.dtype)
    at, options = f"{way.name}, B {batch}, T {steps}, H {hidden}", dict(way.options)
    goal = 1.3 if way.goal < 1.3 and size == (1, 50, 64) else way.goal
    with way.mode():
        yield compare(
            f"capture, {at}",
            "readable / plain forward",
            lambda: _captured(module, x, **options),
            lambda: module(x),
            goal=Goal("≤", goal),
            seconds=seconds,
        )
        yield compare(
            f"capture, {at}",
            "read and proven / plain forward",
            lambda: _captured(module, x, **options).max_error,
            lambda: module(x),
            seconds=seconds,
        )
    if way.options:
        yield _floor(module, x, at, seconds)


def _floor(module: nn.RNNBase, x: Any, at: str, seconds: float) -> Row:
    """Measure torch alone, with the kernel that saves its gates and without: a lower bound of recording."""

    def keeping() -> None:
        with torch.enable_grad():
            module(x)

    def plain() -> None:
        with torch.no_grad():
            module(x)

    what = "kernel that keeps its gates / plain"
    return compare(f"torch alone, {at}", what, keeping, plain, seconds=seconds)


def _packed(steps: int, batch: int, inputs: int) -> nn.utils.rnn.PackedSequence:
    lengths = torch.linspace(steps / 2, steps, batch).long()
    lengths[-1] = steps
    return pack_padded_sequence(torch.randn(steps, batch, inputs), lengths, enforce_sorted=False)


def _captured(module: nn.RNNBase, x: Any, **options: bool) -> Trace:
    with capture(module, **options) as captured:  # type: ignore[arg-type]
        module(x)
    return captured[""]


def _step_by_step(hidden: int, steps: int, seconds: float) -> Iterator[Row]:
    """Measure a decoder, which is called once per step, and a loop over a cell."""
    net, cell, x = nn.LSTM(32, hidden), nn.LSTMCell(32, hidden), torch.randn(steps, 1, 1, 32)

    def run(module: nn.Module, inputs: Tensor) -> None:
        state: Any = None
        for now in inputs:
            result = module(now, state)
            state = result if module is cell else result[1]

    def captured(module: nn.Module, inputs: Tensor) -> Trace:
        with capture(module) as found:
            run(module, inputs)
        return found.sequences("")[0]

    with torch.no_grad():
        for name, module, inputs in (("nn.LSTM", net, x), ("nn.LSTMCell", cell, x[:, 0])):
            yield compare(
                f"{steps} steps one by one, {name}, H {hidden}",
                "captured and joined / plain",
                lambda module=module, inputs=inputs: captured(module, inputs).max_error,  # type: ignore[misc]
                lambda module=module, inputs=inputs: run(module, inputs),  # type: ignore[misc]
                seconds=seconds,
            )


def _against_loop(hidden: int, steps: int, seconds: float) -> Iterator[Row]:
    """Compare a manual loop without gradients with the plain forward and with capture in both modes.

    A trace is read and proven. The loop takes some 15 times as long as the plain forward, which is the most
    that capture could reach; without gradients the kernel runs twice, which halves it.
    """
    module, x = _lstm(hidden), torch.randn(steps, 1, hidden)
    name, is_goal = f"loop by hand, H {hidden}, T {steps}", (hidden, steps) == (64, 50)
    with torch.no_grad():
        yield compare(
            name, "loop / plain", lambda: _manual_loop(module, x), lambda: module(x), seconds=seconds
        )
    for gradients in ("with", "without"):
        with torch.set_grad_enabled(gradients == "with"):
            yield compare(
                name,
                f"loop / capture {gradients} gradients",
                lambda: _manual_loop(module, x),
                lambda: _traced(module, x),
                goal=Goal("≥", 14) if is_goal else None,
                seconds=seconds,
            )


def _one_more_word(hidden: int, steps: int, seconds: float) -> Row:
    module, x = _lstm(hidden), torch.randn(steps, 1, hidden)
    trace = _traced(module, x[:-1])
    return compare(
        f"one more word, H {hidden}, T {steps}",
        "one more word / whole sentence",
        lambda: join(trace, _traced(module, x[-1:], trace.state_after(steps - 1))),
        lambda: _traced(module, x),
        seconds=seconds,
    )


def _lstm(hidden: int) -> nn.LSTM:
    return nn.LSTM(hidden, hidden, num_layers=2)


def _traced(module: nn.LSTM, x: Tensor, state: Tensor | tuple[Tensor, Tensor] | None = None) -> Trace:
    with capture(module) as captured:
        module(x, state)
    trace = captured[""]
    assert trace.max_error < 1
    return trace


@torch.no_grad()
def _manual_loop(module: nn.LSTM, x: Tensor) -> list[Tensor]:
    """Return every quantity as in tutorials: a Python loop over the steps, a formula per gate."""
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
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
