"""The protocol of a subject: everything that engine and analysis need to know of a model.

Shapes: T columns, L layers, D directions, H hidden size, I input size of the recurrent module.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from lstm_viz.capabilities import Capability, lack
from lstm_viz.errors import CodedText
from lstm_viz.subjects.errors import UnsupportedError
from lstm_viz.subjects.readout import Outputs, Readout
from lstm_viz.text.segmentation import SegmentationKind
from lstm_viz.text.token import Token
from lstm_viz.text.tokenized_text import TokenizedText
from lstm_viz.tracing import Trace

State = Tensor | tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class Identity:
    """The description of a subject.

    Attributes
    ----------
    uri : str
        Under which it is loaded: see `lstm_viz.uris`.
    title, about : str
        Short, for the chooser; and one line on its data and inputs.
    home : str
        The initial input.
    epoch : int
        0 without checkpoints.
    epochs : tuple of int
        The available checkpoints, in order.
    tokenized_home : TokenizedText or None
        The fixed columns of ``home``, with true tags, where a corpus has it.
    before : str or None
        The last input of the training, where the state after it is saved.
    segmentation : str
        The kind of rules by which an input is segmented into columns.
    fallback : str
        The URI of the subject to offer where a column is not in the vocabulary; "" for none.
    hint : CodedText or None
        What is to be typed, where it is not a sentence.
    notices : tuple of CodedText
        What the user should know of it, once.
    """

    uri: str
    title: str
    about: str
    home: str
    epoch: int
    epochs: tuple[int, ...]
    tokenized_home: TokenizedText | None = None
    before: str | None = None
    segmentation: SegmentationKind = "own"
    fallback: str = ""
    hint: CodedText | None = None
    notices: tuple[CodedText, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Recurrent:
    """A recurrent module of a subject.

    Attributes
    ----------
    path : str
    module : nn.LSTM, nn.GRU or nn.RNN
        For a cell, one of a single layer with its weights.
    reads : str
        What its columns are: "words", "characters", "steps", …
    parts : tuple of (str, int)
        The parts of its input, in order: ``(("word", 64), ("characters", 32))``.
    own_columns : bool
        Whether its columns are its own, like the characters of a word, and not the columns of the input.
    is_cell : bool
        Whether it is a cell.
    """

    path: str
    module: nn.RNNBase
    reads: str
    parts: tuple[tuple[str, int], ...]
    own_columns: bool = False
    is_cell: bool = False


class Columns(NamedTuple):
    """The first columns of an input with their places in it, and the number of all of them.

    ``skipped`` is why parts of the input, the first few, are left out: they are no columns of this model.
    """

    tokens: tuple[Token, ...]
    total: int
    skipped: tuple[CodedText, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(token.text for token in self.tokens)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The source of a part of an input: a row of an embedding, or the state of another module.

    ``row`` is None where it is not a row of an embedding, ``known`` whether the text is in the vocabulary,
    and ``module`` the path of the module whose state it is, None for a row of an embedding or given values.
    """

    name: str
    values: npt.NDArray[np.floating[Any]]
    text: str = ""
    row: int | None = None
    known: bool = True
    module: str | None = None


class Subject(Protocol):
    """A model that can be inspected: its columns, its recurrent modules, what it predicts."""

    @property
    def identity(self) -> Identity: ...

    @property
    def recurrents(self) -> tuple[Recurrent, ...]:
        """The recurrent modules; the first reads the columns of the input."""

    @property
    def readout(self) -> Outputs | None:
        """What it predicts; None where only the states are of interest."""

    @property
    def rules(self) -> Hashable:
        """A key of the rules by which `columns` segments, for caches."""

    def columns(self, text: str, tokenized_texts: Sequence[TokenizedText], limit: int) -> Columns:
        """Return the first ``limit`` columns of an input, with the fixed tokens of ``tokenized_texts``.

        Raises `lstm_viz.subjects.errors.InvalidInputError` where the input is none of the model.
        """

    def knows(self, column: str) -> bool:
        """Return whether a column is in the vocabulary; True without a vocabulary."""


class SequentialSubject(Subject, Protocol):
    """A subject whose first recurrent module reads the columns one by one, and its readout the output of it.

    The input of the module at a column depends on that column alone: for one more column, one more step is
    computed. Copies of an input are computed in one batch.
    """

    @property
    def readout(self) -> Readout | None:
        """The readout, which reads the output of the first module."""

    @property
    def state(self) -> State | None:
        """The state (L·D, 1, H) after ``identity.before``; None where none is saved."""

    def inputs(self, columns: tuple[str, ...]) -> Tensor:
        """Return the input of the first recurrent module, (T, 1, I), for at least one column."""

    def trace_within(self, path: str, column: str) -> tuple[Trace, tuple[str, ...]]:
        """Return the trace of a module that reads within a column, and the parts that it reads."""

    def sources(self, path: str, column: str) -> tuple[Source, ...]:
        """Return the sources of the input of a module at a column, in the order of its parts."""


class CorpusSubject(SequentialSubject, Protocol):
    """A subject that can be evaluated on a corpus."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The columns that it knows, in the order of their embeddings."""

    @property
    def embedding(self) -> Tensor:
        """The embedding of each of them, (N, E)."""

    def predict(self, batch: Sequence[tuple[str, ...]]) -> list[tuple[int, ...]]:
        """Return the index of the predicted output at each column of several inputs."""


def main_module(subject: Subject) -> nn.RNNBase:
    """Return the recurrent module that reads the columns."""
    return subject.recurrents[0].module


def run_module(module: nn.RNNBase, x: Tensor, state: State | None) -> tuple[Tensor, State]:
    """Return the output (T, B, D·H) and the final state of a recurrent module for x (T, B, I)."""
    if not module.batch_first:
        output, last = module(x, state)
        return output, last
    output, last = module(x.transpose(0, 1), state)
    return output.transpose(0, 1), last


def recurrent_at(subject: Subject, path: str) -> Recurrent:
    """Return the recurrent module at a path, or the first one."""
    found = (recurrent for recurrent in subject.recurrents if recurrent.path == path)
    return next(found, subject.recurrents[0])


def explained_module(subject: Subject, path: str) -> Recurrent:
    """Return the module at a path if it reads the columns of the input, else the first module."""
    found = recurrent_at(subject, path)
    return subject.recurrents[0] if found.own_columns else found


def output_names(subject: Subject) -> tuple[str, ...]:
    """Return the names of the outputs that can be shown and explained.

    A `Readout` of real values has none: it is explained by its classes alone.
    """
    readout = subject.readout
    if readout is None or (readout.kind == "values" and isinstance(readout, Readout)):
        return ()
    return readout.names


def has_weights(subject: Subject) -> bool:
    """Return whether the modules of a subject have weights: those on the meta device have shapes alone."""
    return not any(weight.is_meta for weight in main_module(subject).parameters())


def capabilities(subject: Subject) -> tuple[Capability, ...]:
    """Return what can be asked of a subject."""
    readout = subject.readout
    if not has_weights(subject):
        return ()
    if readout is None or not output_names(subject):
        return ("weights",)
    if not isinstance(readout, Readout):
        return ("weights", "scores")
    linear: tuple[Capability, ...] = () if readout.linear is None else ("linear_scores",)
    chain: tuple[Capability, ...] = () if readout.chain is None else ("chain",)
    return ("weights", "scores", *linear, *chain)


def check(subject: Subject, capability: Capability) -> None:
    """Raise `UnsupportedError` unless the subject has the capability."""
    lacking = lack(capability, capabilities(subject))
    if lacking is not None:
        raise UnsupportedError(lacking)


def scored(subject: SequentialSubject, capability: Capability = "scores") -> Readout:
    """Return the readout of a subject that has a capability; raises `UnsupportedError` for any other."""
    check(subject, capability)
    assert subject.readout is not None
    return subject.readout
