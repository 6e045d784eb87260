"""Traces of recurrent modules: every gate of ``nn.LSTM``, ``nn.GRU``, ``nn.RNN`` and their cells."""

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
from lstm_viz.tracing.skipped import SkippedModule
from lstm_viz.tracing.storage import SavedTrace, load_trace
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
    "NoRecurrentModuleError",
    "NotCapturedError",
    "NotKeptError",
    "ProofError",
    "RNNTrace",
    "SavedTrace",
    "SkippedModule",
    "Trace",
    "Weights",
    "capture",
    "join",
    "load_trace",
    "sequences",
    "weights_of",
]
