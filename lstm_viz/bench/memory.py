"""Decomposition of the cell state per keystroke: against a double loop, and until painted."""

from collections.abc import Iterator

import numpy as np
import torch
from PySide6.QtWidgets import QApplication
from torch import nn

import lstm_viz
from lstm_viz.analysis.decomposition import (
    Doubles,
    decompose,
    half_lives,
    recurrence_in,
    score_sources,
    sources_at,
    squash,
    triangle,
)
from lstm_viz.app.shell.main import make_application
from lstm_viz.bench.engine import sentence
from lstm_viz.bench.timing import Goal, Row, compare, row
from lstm_viz.bench.window import above_floor, keys, typing_session
from lstm_viz.tracing import LSTMTrace

_WORDS, _TAGS = 50, 17
_FRAME = 1 / 60


def rows(*, short: bool = False) -> Iterator[Row]:
    """Run on one thread: the decomposition alone, and a keystroke in a window that shows it."""
    torch.set_num_threads(1)
    for hidden in (256,) if short else (64, 256):
        yield from _sums(hidden, 0.3 if short else 1.0)
    application = QApplication.instance() or make_application([])
    assert isinstance(application, QApplication)
    yield from _painted(application, 256, 24 if short else 200)


def _sums(hidden: int, seconds: float) -> Iterator[Row]:
    at = f"H {hidden}, T {_WORDS}"
    trace = _trace(hidden)
    weight = np.random.default_rng(0).normal(size=(_TAGS, hidden))
    yield compare(
        f"memory of all steps, {at}",
        "double loop / decompose",
        lambda: _double_loop(trace),
        lambda: decompose(trace),
        seconds=seconds,
    )
    yield compare(
        f"memory at a keystroke, {at}",
        "double loop / the parts shown",
        lambda: _double_loop(trace),
        lambda: _at_a_keystroke(trace, weight),
        seconds=seconds,
    )


def _trace(hidden: int) -> LSTMTrace:
    torch.manual_seed(0)
    module = nn.LSTM(64, hidden)
    with torch.no_grad(), lstm_viz.capture(module) as captured:
        module(torch.randn(_WORDS, 1, 64))
    trace = captured[""]
    assert isinstance(trace, LSTMTrace)
    return trace


def _double_loop(trace: LSTMTrace) -> Doubles:
    """Return all sources at all steps by a double loop: from each step back through the sentence."""
    f, i, g = (array[0, 0, :, 0].astype(np.float64) for array in (trace.f, trace.i, trace.g))
    found = np.zeros((len(f), len(f) + 1, f.shape[1]))
    for t in range(len(f)):
        left = np.ones(f.shape[1])
        for k in range(t, -1, -1):
            found[t, k + 1] = left * i[k] * g[k]
            left = left * f[k]
        found[t, 0] = left * trace.c0[0, 0, 0]
    return found


def _at_a_keystroke(trace: LSTMTrace, weight: Doubles) -> None:
    """Compute what the panel shows for the last word: all units, the triangle of one, the scores."""
    recurrence, step = recurrence_in(trace), trace.steps - 1
    sources = sources_at(recurrence, step)
    triangle(recurrence, 3)
    half_lives(recurrence)
    score_sources(sources, squash(trace.o[0, 0, step, 0], trace.c[0, 0, step, 0]), weight)


def _painted(application: QApplication, hidden: int, count: int) -> Iterator[Row]:
    """Measure typing into a sentence of 50 words while the decomposition of the last word is shown."""
    name = f"keystroke → painted, decomposition shown, H {hidden}, T {_WORDS}"
    with typing_session(application, hidden) as session:
        session.state.change(panel="decomposition", unit=3, caret=len(sentence(_WORDS)))
        keys(session, 10)
        assert session.state.decomposition is not None
        pairs = [(each, _FRAME) for each in keys(session, count)]
        yield row(name, "ours / a 60 Hz frame", pairs, Goal("≤", 1.0), by_p95=True)
        yield from above_floor(session, name, count, median=3.0, p95=4.0)
