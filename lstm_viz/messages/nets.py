"""Descriptions of the engine, its models and their recurrent modules."""

from typing import Literal

import msgspec

from lstm_viz.capabilities import Capability, lack
from lstm_viz.cells import KINDS, CellKind
from lstm_viz.errors import CodedText, ErrorCode
from lstm_viz.messages.base import Index
from lstm_viz.text.segmentation import SegmentationKind
from lstm_viz.text.tokenized_text import TokenizedText

#: What the outputs of a model are: a tag for each column, a class, the next token, or real values.
ReadoutKind = Literal["tags", "classes", "tokens", "values"]


class ModelName(msgspec.Struct, frozen=True):
    """A model in the chooser; its URI is one of `lstm_viz.uris`."""

    uri: str
    title: str


class Module(msgspec.Struct, frozen=True):
    """A recurrent module of a model, in torch's terms.

    ``cell`` is its mode, as ``nn.RNNBase.mode``; ``reads`` is what its columns are: "words", "characters",
    "steps", … ``own_columns`` is whether they are its own, like the characters of a word, and not the columns
    of the input. ``is_cell`` is whether it is a cell, like ``nn.LSTMCell``, and not a module of layers.
    """

    path: str
    cell: str
    reads: str
    num_layers: Index
    num_directions: Index
    input_size: Index
    hidden_size: Index
    own_columns: bool = False
    proj_size: Index = 0
    has_biases: bool = True
    batch_first: bool = False
    is_cell: bool = False

    def __post_init__(self) -> None:
        if self.cell not in KINDS:
            raise ValueError(f"{self.cell!r} is not a kind of cell; there are {', '.join(KINDS)}")

    @property
    def kind(self) -> CellKind:
        """The kind of the cell."""
        return KINDS[self.cell]


class CallShape(msgspec.Struct, frozen=True):
    """The shape of a call of a recurrent module.

    ``lengths`` are those of the sequences of its batch, ``is_packed`` is whether they were packed, and
    ``has_batch`` whether there was an axis for them: an input (T, I) has none.
    """

    lengths: tuple[Index, ...]
    is_packed: bool = False
    has_batch: bool = True


class Model(msgspec.Struct, frozen=True):
    """Description of a model.

    ``uri`` is that under which it is loaded, see `lstm_viz.uris`. ``epochs`` are the checkpoints that can be
    loaded, in order. ``about`` is one line on its training data and accuracy; ``home`` is its initial
    sentence, ``tokenized_home`` the segmentation of that, where a corpus has it. ``capabilities`` are what
    can be asked of it, see `lstm_viz.capabilities`. ``segmentation`` is the kind of rules that segment a
    typed text. ``last_sentence`` is the last sentence of the training, whose final state the model has saved;
    "" where there is none. ``fallback`` is the URI of the model to offer where a word is unknown; "" for
    none. ``inputs`` are the names of the inputs that it was given; without them, any text is an input.
    ``lengths`` are the numbers of their steps, 0 where one is not known. ``features`` are the names of the
    numbers of a column that is a real vector, where they have names. ``readout`` is what its outputs,
    ``tags``, are; None without outputs.
    ``is_sequential`` is whether it reads the columns one after the other, each by itself: then its state can
    be carried over to another input. ``outputs`` is whether it has outputs for each
    column, or for the input as a whole; None without outputs. ``hint`` is what is to be typed, where it is
    not a sentence; ``notices`` are what the user should know of the model, once.
    """

    uri: str
    title: str
    about: str
    home: str
    tags: tuple[str, ...]
    epochs: tuple[Index, ...]
    modules: tuple[Module, ...]
    capabilities: tuple[Capability, ...]
    tokenized_home: TokenizedText | None = None
    segmentation: SegmentationKind = "english"
    last_sentence: str = ""
    fallback: str = ""
    inputs: tuple[str, ...] = ()
    lengths: tuple[Index, ...] = ()
    features: tuple[str, ...] = ()
    readout: ReadoutKind | None = "tags"
    is_sequential: bool = True
    outputs: Literal["columns", "input"] | None = "columns"
    hint: CodedText | None = None
    notices: tuple[CodedText, ...] = ()

    @property
    def is_real(self) -> bool:
        """Whether its outputs are real values, and not classes with probabilities."""
        return self.readout == "values"

    def lacks(self, capability: Capability) -> ErrorCode | None:
        """Return the error of a query that needs a capability; None if the model has it."""
        return None if capability in self.capabilities else lack(capability, self.capabilities)
