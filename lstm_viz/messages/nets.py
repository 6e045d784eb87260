"""Descriptions of the engine, its models and their recurrent modules."""

from typing import Literal

import msgspec

from lstm_viz.messages.base import Cell, Index
from lstm_viz.text.cut import Cut
from lstm_viz.text.segmentation import SegmentationKind


class ModelName(msgspec.Struct, frozen=True):
    """A model in the chooser."""

    name: str
    title: str


class Module(msgspec.Struct, frozen=True):
    """A recurrent module of a model, in torch's terms; ``reads`` is the kind of its columns.

    ``nonlinearity`` is that of an RNN; it has no meaning for the other cells.
    """

    path: str
    cell: Cell
    reads: Literal["words", "characters"]
    num_layers: Index
    num_directions: Index
    input_size: Index
    hidden_size: Index
    nonlinearity: Literal["tanh", "relu"] = "tanh"


class Model(msgspec.Struct, frozen=True):
    """Description of a model.

    ``epochs`` are the checkpoints that can be loaded, in order. ``about`` is one line on its training data
    and accuracy; ``home`` is its initial sentence, ``home_cut`` the segmentation of that, where a corpus has
    it. ``segmentation`` is the kind of rules that segment a typed text. ``last_sentence`` is the last
    sentence of the training, whose final state the model has saved; "" where there is none.
    """

    name: str
    title: str
    about: str
    home: str
    tags: tuple[str, ...]
    epochs: tuple[Index, ...]
    modules: tuple[Module, ...]
    home_cut: Cut | None = None
    segmentation: SegmentationKind = "english"
    last_sentence: str = ""
