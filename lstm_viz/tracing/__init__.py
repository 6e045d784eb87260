"""What a recurrent net computed: every gate of ``nn.LSTM``, ``nn.GRU``, ``nn.RNN`` and their cells."""

from lstm_viz.tracing.capturing import Capture, capture
from lstm_viz.tracing.errors import (
    CaptureError,
    CaptureWarning,
    DropoutError,
    JoinError,
    NoRecurrentModuleError,
    NotCapturedError,
    NotKeptError,
    ProofError,
)
from lstm_viz.tracing.left_out import LeftOut
from lstm_viz.tracing.trace import GRUTrace, LSTMTrace, RNNTrace, Trace, join, sequences
from lstm_viz.tracing.weights import Weights, weights_of

__all__ = [
    "Capture",
    "CaptureError",
    "CaptureWarning",
    "DropoutError",
    "GRUTrace",
    "JoinError",
    "LSTMTrace",
    "LeftOut",
    "NoRecurrentModuleError",
    "NotCapturedError",
    "NotKeptError",
    "ProofError",
    "RNNTrace",
    "Trace",
    "Weights",
    "capture",
    "join",
    "sequences",
    "weights_of",
]
