"""What a recurrent net computed: every gate of every step of ``nn.LSTM``, ``nn.GRU`` and ``nn.RNN``."""

from lstm_viz.tracing.errors import (
    CaptureError,
    DropoutError,
    JoinError,
    NoRecurrentModuleError,
    NotCapturedError,
)
from lstm_viz.tracing.hooks import Capture, capture
from lstm_viz.tracing.trace import GRUTrace, LSTMTrace, RNNTrace, Trace, join
from lstm_viz.tracing.weights import Weights, weights_of

__all__ = [
    "Capture",
    "CaptureError",
    "DropoutError",
    "GRUTrace",
    "JoinError",
    "LSTMTrace",
    "NoRecurrentModuleError",
    "NotCapturedError",
    "RNNTrace",
    "Trace",
    "Weights",
    "capture",
    "join",
    "weights_of",
]
