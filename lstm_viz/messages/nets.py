"""What the window must know of the engine and its models to draw around them."""

from typing import Literal

import msgspec

from lstm_viz.messages.base import Cell, Index, Message, Number
from lstm_viz.text.cut import Cut
from lstm_viz.text.segmentation import SegmentationKind


class Hello(Message, frozen=True):
    """The engine's first word: it has loaded, and this is what it can read with."""

    pid: Number
    models: tuple["ModelName", ...]


class ModelName(msgspec.Struct, frozen=True):
    """A line of the chooser."""

    name: str
    title: str


class Module(msgspec.Struct, frozen=True):
    """A recurrent module of a model, in torch's words; ``reads`` says what its columns are.

    ``nonlinearity`` makes h of an RNN's sum; of the other cells it says nothing.
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
    """What the window must know of a model to draw around it.

    ``epochs`` are the checkpoints that can be read, in order. ``about`` is one line on what it was trained
    on and how well it does; ``home`` the sentence it is first shown with, ``home_cut`` the words of that,
    where a corpus has it. ``segmentation`` says by which rules a typed text is cut. ``last_sentence`` is the
    one that it read last in training, whose final state it keeps; "" where there is none.
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
