"""What is in a file that the user opens, as far as the window has to know it; read in a thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lstm_viz.app.widgets.line_text_edit import MAX_CHARACTERS
from lstm_viz.errors import CodedError
from lstm_viz.files.errors import reason_of
from lstm_viz.files.named import open_named
from lstm_viz.opening.describe import describe
from lstm_viz.opening.errors import InvalidFileError, OpeningError, damaged
from lstm_viz.opening.file_kinds import FileKind, kind_of
from lstm_viz.opening.inference import infer
from lstm_viz.opening.inputs import typed_input
from lstm_viz.opening.layout import Layout
from lstm_viz.opening.notes import ModelNotes, guessed, problems
from lstm_viz.opening.notes_file import read_notes
from lstm_viz.opening.reads import display_name, fingerprint
from lstm_viz.opening.safetensors_header import read_header
from lstm_viz.ordinals import ordinal

_UTF8 = 4  # bytes that a character has at most


@dataclass(frozen=True, slots=True)
class ModelFile:
    """The weights of a model.

    Attributes
    ----------
    layout : Layout
    notes : ModelNotes
        Those beside the file, else what is guessed.
    is_told : bool
        Whether the notes are those beside the file, and fit it.
    warning : CodedError or None
        Why the notes beside the file cannot be read.
    """

    layout: Layout
    notes: ModelNotes
    is_told: bool
    warning: CodedError | None = None

    def text_for(self, present: str) -> str:
        """Return the text to begin with: the present one, if the model reads all of it."""
        typed = typed_input(self.layout, self.notes)
        found = typed.split(present)
        return present if found.columns and not found.skipped else typed.home


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file.

    Attributes
    ----------
    path : Path
    kind : FileKind
    model : ModelFile or None
        Of a file with weights.
    text : str
        The first characters of a text, or the first input of a saved trace.
    """

    path: Path
    kind: FileKind
    model: ModelFile | None = None
    text: str = ""

    def text_for(self, present: str) -> str:
        """Return the text to begin with."""
        return self.text if self.model is None else self.model.text_for(present)


def read_content(path: Path) -> FileContent | CodedError:
    """Return what is in a file, or why it cannot be opened."""
    try:
        kind = kind_of(path)
        if kind == "tensorboard":
            raise OpeningError("file_tensorboard", name=display_name(path))
        if kind == "text":
            return FileContent(path, kind, text=_first_characters(path))
        if kind == "trace":
            return FileContent(path, kind, text=_first_sequence(path))
        is_model = kind in ("safetensors", "torch", "torch-legacy")
        return FileContent(path, kind, _model_file(path) if is_model else None)
    except CodedError as error:
        return error


def _model_file(path: Path) -> ModelFile:
    weights = describe(path)
    layout = infer(weights.state_dicts)
    if not layout.recurrents:
        raise OpeningError("file_without_recurrent", name=display_name(path))
    own = guessed(layout, weights.labels)
    try:
        saved = read_notes(path)
    except OpeningError as error:
        return ModelFile(layout, own, False, error)
    if saved is None or problems(layout, saved):
        return ModelFile(layout, own, False)
    return ModelFile(layout, saved, True)


def _first_sequence(path: Path) -> str:
    """Return the name of the first input of a saved trace, which has one for each sequence of its batch."""
    with _opened(path) as file:
        tensors, _ = read_header(file, fingerprint(file).size)
    batch = tensors["lengths"].count if "lengths" in tensors else 1
    return "trace" if batch == 1 else f"sequence {ordinal(0)} of {batch}"


def _first_characters(path: Path) -> str:
    with _opened(path) as file:
        data = file.read(_UTF8 * MAX_CHARACTERS)
    return data.decode("utf-8-sig", "ignore")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading; raises `OpeningError` if it cannot be read, or is damaged."""
    try:
        with open_named(path) as file:
            yield file
    except OSError as error:
        raise OpeningError("file_unreadable", path=str(path), reason=reason_of(error)) from error
    except InvalidFileError as error:
        raise damaged(display_name(path), error) from error
