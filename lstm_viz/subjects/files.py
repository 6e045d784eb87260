"""A file that the user opened as a subject: a model made of its weights, and what is typed for it."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from lstm_viz.errors import CodedText, ErrorCode
from lstm_viz.opening.describe import WeightsFile, describe
from lstm_viz.opening.inference import infer
from lstm_viz.opening.inputs import InputKind, Typed
from lstm_viz.opening.notes import guessed
from lstm_viz.opening.notes_file import read_notes
from lstm_viz.rebuilding.model import RebuiltModel, rebuild
from lstm_viz.subjects.module import ModuleSubject
from lstm_viz.subjects.subject import Columns, Identity
from lstm_viz.text.tokenized_text import TokenizedText
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


_numbers = count(1)


class FileSubject(ModuleSubject):
    """A model with the weights of a file.

    What is typed and is no input of the model is left out of it.

    Parameters
    ----------
    path : Path
    model : RebuiltModel
    notices : sequence of CodedText
        What the user should know of it.
    """

    def __init__(self, path: Path, model: RebuiltModel, notices: Sequence[CodedText] = ()) -> None:
        super().__init__(
            model.module,
            self._inputs,
            model.decode if model.readout is not None else None,
            text=model.typed.home,
            predicts=model.notes.output_kind,
            reads=_READS[model.typed.kind],
            uri=of_file(path),
            title=path.name,
            about=str(path),
        )
        self._rebuilt, self._notices = model, tuple(notices)
        self._number = next(_numbers)

    @cached_property
    def identity(self) -> Identity:
        return replace(super().identity, hint=self._rebuilt.typed.hint, notices=self._notices)

    @property
    def rules(self) -> Hashable:
        """A number: the `id` of a subject that was replaced may be that of another one."""
        return "file", self._number

    def columns(self, text: str, tokenized_texts: Sequence[TokenizedText], limit: int) -> Columns:
        """Return the columns of a text without what is no input of the model."""
        typed = self._split(text)
        found = super().columns(text, tokenized_texts, limit) if typed.columns else Columns((), 0)
        return found._replace(skipped=typed.skipped)

    def knows(self, column: str) -> bool:
        return self._rebuilt.typed.knows(column)

    def _split(self, text: str) -> Typed:
        return self._rebuilt.typed.split(text)

    def _inputs(self, text: str) -> tuple[Any, list[str]]:
        typed = self._split(text)
        return self._rebuilt.tensor(typed.values), list(typed.columns)


def file_subject(path: Path, notices: Sequence[CodedText] = ()) -> ModuleSubject:
    """Return what is in a file as a subject, with its own and further ``notices``.

    Nothing is unpickled, and sizes are compared with the file before memory is allocated.

    Raises
    ------
    OpeningError
        If it cannot be read or run, or the notes beside it are damaged or do not fit.
    MemoryError, RuntimeError
        If there is not enough memory.
    """
    weights = describe(path)
    model, is_told = _model_of(weights)
    own = (notice for notice in model.notices if not (is_told and notice.code in _TOLD))
    return FileSubject(path, model, (*notices, *own))


def _model_of(weights: WeightsFile) -> tuple[RebuiltModel, bool]:
    """Return the model of a file, and whether there are notes beside it."""
    layout, notes = infer(weights.state_dicts), read_notes(weights.path)
    return rebuild(weights, layout, notes or guessed(layout, weights.labels)), notes is not None
