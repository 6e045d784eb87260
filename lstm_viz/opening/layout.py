"""The modules that a state dict belongs to, as its names and shapes tell.

Shapes: L layers, D directions, H hidden size, G gates (LSTM 4, GRU 3, RNN 1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lstm_viz.cells import KINDS
from lstm_viz.errors import CodedText
from lstm_viz.opening.weights import Weight

RecurrentKind = Literal["LSTM", "GRU", "RNN"]


@dataclass(frozen=True, slots=True)
class RecurrentPart:
    """A recurrent module, or a cell.

    Attributes
    ----------
    path : str
        Of the module in the model; "" for the model itself.
    kind : "LSTM", "GRU" or "RNN"
        The activation of an RNN, tanh or relu, is not in a state dict.
    is_cell : bool
        Whether it is a cell, as ``nn.LSTMCell``, which has one layer and direction.
    proj_size : int
        0 without a projection.
    weights : mapping of str to Weight
        By the names of torch: ``weight_ih_l0``, of a cell ``weight_ih``.
    """

    path: str
    kind: RecurrentKind
    is_cell: bool
    input_size: int
    hidden_size: int
    num_layers: int
    bidirectional: bool
    bias: bool
    proj_size: int
    weights: Mapping[str, Weight]

    @property
    def has_nonlinearity(self) -> bool:
        """Whether its activation is an argument of the module, tanh or relu, as of ``nn.RNN``."""
        return sum(kind.name == self.kind for kind in KINDS.values()) > 1

    @property
    def output_size(self) -> int:
        """The width of its output: D·H, or D·proj_size."""
        return (self.proj_size or self.hidden_size) * (2 if self.bidirectional else 1)


@dataclass(frozen=True, slots=True)
class EmbeddingPart:
    """An embedding with ``count`` rows of ``width`` numbers."""

    path: str
    count: int
    width: int
    weight: Weight


@dataclass(frozen=True, slots=True)
class LinearPart:
    """A linear layer."""

    path: str
    in_features: int
    out_features: int
    weight: Weight
    bias: Weight | None


@dataclass(frozen=True, slots=True)
class Layout:
    """The modules of a state dict, in the order of the file.

    Attributes
    ----------
    recurrents : tuple of RecurrentPart
    embeddings : tuple of EmbeddingPart
    linears : tuple of LinearPart
    others : tuple of str
        The names of all other tensors.
    notices : tuple of CodedText
        What names and shapes do not tell, and what was taken for granted.
    """

    recurrents: tuple[RecurrentPart, ...]
    embeddings: tuple[EmbeddingPart, ...]
    linears: tuple[LinearPart, ...]
    others: tuple[str, ...]
    notices: tuple[CodedText, ...]

    def recurrent(self, path: str) -> RecurrentPart | None:
        """Return the recurrent module at a path."""
        return next((part for part in self.recurrents if part.path == path), None)

    def embedding(self, path: str | None) -> EmbeddingPart | None:
        """Return the embedding at a path."""
        return next((part for part in self.embeddings if part.path == path), None)

    def linear(self, path: str | None) -> LinearPart | None:
        """Return the linear layer at a path."""
        return next((part for part in self.linears if part.path == path), None)
