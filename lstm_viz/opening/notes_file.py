"""The notes on a model, in a JSON file beside it: ``model.pt.lstm-viz.json`` for ``model.pt``."""

import errno
from pathlib import Path

import msgspec

from lstm_viz.files.decoding import DECODING_ERRORS
from lstm_viz.files.errors import UnsafeFileError, reason_of
from lstm_viz.files.moving import move
from lstm_viz.files.named import read_named, replace_named
from lstm_viz.opening.errors import OpeningError
from lstm_viz.opening.notes import ModelNotes

SUFFIX = ".lstm-viz.json"
MAX_BYTES = 8 << 20
_FORMAT = 1


class _Stored(msgspec.Struct, frozen=True):
    """The file: the notes, and the version of its format."""

    notes: ModelNotes
    format: int = _FORMAT


def notes_path(model: Path) -> Path:
    """Return the path of the notes on a model."""
    return model.with_name(model.name + SUFFIX)


def decode_notes(data: bytes) -> ModelNotes:
    """Return the notes in a file; raises ValueError or a subclass of it for anything else."""
    try:
        stored = msgspec.json.decode(data, type=_Stored)
    except DECODING_ERRORS as error:
        raise ValueError(str(error) or type(error).__name__) from error
    if stored.format > _FORMAT:
        raise ValueError(f"format {stored.format}")
    return stored.notes


def encode_notes(notes: ModelNotes) -> bytes:
    """Return the content of the file."""
    return msgspec.json.format(msgspec.json.encode(_Stored(notes)), indent=1) + b"\n"


def read_notes(model: Path) -> ModelNotes | None:
    """Return the notes beside a model; None if there are none.

    Raises
    ------
    OpeningError
        If they are damaged or cannot be read; `set_aside` renames them.
    """
    path = notes_path(model)
    try:
        return decode_notes(read_named(path, MAX_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise OpeningError("notes_damaged", name=path.name, reason=reason_of(error)) from error


def write_notes(model: Path, notes: ModelNotes) -> None:
    """Write the notes beside a model, atomically. Damaged ones that are there are renamed before.

    Raises
    ------
    OSError
        If they cannot be written; what is there is unchanged.
    """
    data = encode_notes(notes)
    if len(data) > MAX_BYTES:
        raise UnsafeFileError(errno.EFBIG, notes_path(model))
    try:
        read_notes(model)
    except OpeningError:
        set_aside(model)
    replace_named(notes_path(model), data)


def set_aside(model: Path) -> Path:
    """Rename damaged notes to ``….lstm-viz.json.damaged`` and return that path; raises OSError."""
    path = notes_path(model)
    aside = path.with_name(f"{path.name}.damaged")
    move(path, aside)
    return aside
