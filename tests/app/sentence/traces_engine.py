"""An engine with traces: a short one, and one of more steps than a reading has."""

import sys
from pathlib import Path

import torch
from torch import nn

from lstm_viz.engine.__main__ import serve_window
from lstm_viz.engine.reader import Reader
from lstm_viz.subjects.traces import TraceSubject
from lstm_viz.tracing import Trace, capture

sys.path.insert(0, str(Path(__file__).parents[3]))  # an engine is isolated from the current folder

STEPS = 2500


def traced(module: nn.RNNBase, steps: int) -> Trace:
    torch.manual_seed(0)
    with torch.no_grad(), capture(module) as captured:
        module(torch.randn(steps, 1, module.input_size))
    return captured[""]


def long_trace() -> Trace:
    torch.manual_seed(0)
    return traced(nn.LSTM(3, 16, bidirectional=True), STEPS)


if __name__ == "__main__":
    short = TraceSubject(traced(nn.GRU(3, 5), 7), "gru", "test:short")
    sys.exit(serve_window(Reader((short, TraceSubject(long_trace(), "lstm", "test:long")))))
