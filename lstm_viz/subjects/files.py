"""A file that the user opened as a subject: a model made of its weights, and what is typed for it."""

from collections.abc import Hashable, Sequence
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lstm_viz.errors import CodedText, ErrorCode
from lstm_viz.opening.describe import WeightsFile, describe
from lstm_viz.opening.file_kinds import kind_of
from lstm_viz.opening.inference import infer
from lstm_viz.opening.inputs import InputKind
from lstm_viz.opening.notes import guessed
from lstm_viz.opening.notes_file import read_notes
from lstm_viz.rebuilding.model import RebuiltModel, rebuild
from lstm_viz.subjects.given import located
from lstm_viz.subjects.module import ModuleSubject
from lstm_viz.subjects.readout import Readout
from lstm_viz.subjects.subject import Columns, Identity, Recurrent, Source, State
from lstm_viz.subjects.traces import TraceSubject, open_trace
from lstm_viz.text.tokenized_text import TokenizedText
from lstm_viz.tracing import Trace
from lstm_viz.uris import of_file

#: What a model reads, by the kind of its input.
_READS: dict[InputKind, str] = {
    "words": "words",
    "characters": "characters",
    "numbers": "steps",
    "vectors": "steps",
}
#: What the user has told in the notes on a model.
_TOLD: frozenset[ErrorCode] = frozenset(
    {"recurrent_nonlinearity", "part_maybe_embedding", "part_maybe_linear"}
)
#: The scores of a thousand columns fit into a message.
_MOST_OUTPUTS = 10_000
_numbers = count(1)


class FileModel(ModuleSubject):
    """A model with the weights of a file, as a whole.

    What is typed and is no input of the model is left out of it.

    Parameters
    ----------
    path : Path
    model : RebuiltModel
    notices : sequence of CodedText
        What the user should know of it.
    """

    def __init__(self, path: Path, model: RebuiltModel, notices: Sequence[CodedText]) -> None:
        own = _identity(path, model, notices)
        super().__init__(
            model.module,
            self._inputs,
            model.decode if model.readout is not None else None,
            text=own.home,
            predicts=model.notes.output_kind,
            reads=_READS[model.typed.kind],
            uri=own.uri,
            title=own.title,
            about=own.about,
        )
        self.rebuilt, self._own, self._number = model, own, next(_numbers)

    @cached_property
    def identity(self) -> Identity:
        return self._own

    @property
    def rules(self) -> Hashable:
        """A number: the `id` of a subject that was replaced may be that of another one."""
        return "file", self._number

    def columns(self, text: str, tokenized_texts: Sequence[TokenizedText], limit: int) -> Columns:
        """Return the columns of a text without what is no input of the model."""
        typed = self.rebuilt.typed.split(text)
        found = super().columns(text, tokenized_texts, limit) if typed.columns else Columns((), 0)
        return found._replace(skipped=typed.skipped)

    def knows(self, column: str) -> bool:
        return self.rebuilt.typed.knows(column)

    def _inputs(self, text: str) -> tuple[Any, list[str]]:
        typed = self.rebuilt.typed.split(text)
        return self.rebuilt.tensor(typed.values), list(typed.columns)


class SequentialFileModel:
    """A model of one recurrent module with the weights of a file, which reads the columns one by one.

    It has what the taggers of this program have: one more column costs one step, and a score is a sum over
    the units. Parameters as of `FileModel`.
    """

    def __init__(self, path: Path, model: RebuiltModel, notices: Sequence[CodedText]) -> None:
        self.rebuilt, self.identity = model, _identity(path, model, notices)
        self.state: State | None = None
        self.rules: Hashable = "file", next(_numbers)

    @cached_property
    def recurrents(self) -> tuple[Recurrent, ...]:
        net = self._net
        parts = ((self._part, net.input_size),)
        return (Recurrent(self.rebuilt.paths[0], net, _READS[self.rebuilt.typed.kind], parts),)

    @cached_property
    def readout(self) -> Readout | None:
        linear, notes = self.rebuilt.readout, self.rebuilt.notes
        if linear is None:
            return None
        names = notes.outputs or tuple(map(str, range(linear.out_features)))
        return Readout(notes.output_kind, names, linear, linear)

    def columns(self, text: str, tokenized_texts: Sequence[TokenizedText], limit: int) -> Columns:
        """Return the first columns of a text without what is no input of the model."""
        typed = self.rebuilt.typed.split(text)
        return Columns(located(text, typed.columns[:limit]), len(typed.columns), typed.skipped)

    def knows(self, column: str) -> bool:
        return self.rebuilt.typed.knows(column)

    def inputs(self, columns: tuple[str, ...]) -> Tensor:
        values = [self.rebuilt.typed.value(column) for column in columns]
        x = self.rebuilt.tensor(values).transpose(0, 1 if self.rebuilt.notes.batch_first else 0)
        embedding = self.rebuilt.embedding
        return x if embedding is None else embedding(x)

    def trace_within(self, path: str, column: str) -> tuple[Trace, tuple[str, ...]]:
        """Raise LookupError: nothing reads within a column."""
        raise LookupError(path)

    def sources(self, path: str, column: str) -> tuple[Source, ...]:
        """Return the row of the embedding, or the vector."""
        value = self.rebuilt.typed.value(column)
        with torch.no_grad():
            x = self.inputs((column,))[0, 0].numpy()
        row = value if isinstance(value, int) else None
        return (Source(self._part, x, column, row, self.knows(column)),)

    @property
    def _net(self) -> nn.RNNBase:
        net = self.rebuilt.recurrents[0]
        assert isinstance(net, nn.RNNBase)
        return net

    @property
    def _part(self) -> str:
        return self.rebuilt.notes.embedding or "input"


#: A subject of this module.
AnyFileModel = FileModel | SequentialFileModel | TraceSubject


def _identity(path: Path, model: RebuiltModel, notices: Sequence[CodedText]) -> Identity:
    typed = model.typed
    return Identity(
        of_file(path), path.name, str(path), typed.home, 0, (), hint=typed.hint, notices=tuple(notices)
    )


def file_subject(path: Path, notices: Sequence[CodedText] = ()) -> AnyFileModel:
    """Return what is in a file as a subject: a model with its own and further ``notices``, or a saved trace.

    Nothing is unpickled, and sizes are compared with the file before memory is allocated.

    Raises
    ------
    OpeningError
        If it cannot be read or run, or the notes beside it are damaged or do not fit.
    ModelError
        If it is a trace without some of its quantities.
    MemoryError, RuntimeError
        If there is not enough memory.
    """
    if kind_of(path) == "trace":
        return open_trace(path, of_file(path))
    model, is_told = _model_of(describe(path))
    own = (notice for notice in model.notices if not (is_told and notice.code in _TOLD))
    kind = SequentialFileModel if _reads_columns(model) else FileModel
    return kind(path, model, (*notices, *own))


def _model_of(weights: WeightsFile) -> tuple[RebuiltModel, bool]:
    """Return the model of a file, and whether there are notes beside it."""
    layout, notes = infer(weights.state_dicts), read_notes(weights.path)
    return rebuild(weights, layout, notes or guessed(layout, weights.labels)), notes is not None


def _reads_columns(model: RebuiltModel) -> bool:
    """Return whether a model is a `SequentialFileModel`: its readout reads each step of its only module."""
    first, *others = model.recurrents
    is_module = isinstance(first, nn.RNNBase) and not first.proj_size
    is_small = model.readout is None or model.readout.out_features <= _MOST_OUTPUTS
    notes = model.notes
    is_sum = notes.pooling == "steps" and notes.output_kind != "values" and is_small
    return is_module and not others and is_sum
