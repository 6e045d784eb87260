"""Files with a vocabulary or tags: a word a line, or JSON."""

from pathlib import Path
from typing import Any

from lstm_viz.files.decoding import DecodingError, decode_json
from lstm_viz.files.errors import reason_of
from lstm_viz.files.named import read_named
from lstm_viz.opening.errors import OpeningError
from lstm_viz.opening.reads import display_name
from lstm_viz.opening.trees import labels

MAX_BYTES = 64 << 20


def read_labels(path: Path) -> tuple[str, ...]:
    """Return the words or tags in a file by their indices.

    It is JSON, an object of words and indices or an array of words, or a text of a word a line; what follows
    a tab is no part of the word.

    Raises
    ------
    OpeningError
        If it cannot be read, or has none.
    """
    try:
        found = labels_of(read_named(path, MAX_BYTES))
    except OSError as error:
        raise OpeningError("file_unreadable", path=str(path), reason=reason_of(error)) from error
    if not found:
        raise OpeningError("file_without_labels", name=display_name(path))
    return found


def labels_of(data: bytes) -> tuple[str, ...]:
    """Return the words or tags in a file; none if it is neither JSON with some, nor UTF-8."""
    try:
        tree = decode_json(data, Any)
    except DecodingError:
        return _lines(data)
    return max((found.items for found in labels(tree)), key=len, default=())


def _lines(data: bytes) -> tuple[str, ...]:
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        return ()
    while lines and not lines[-1].strip():
        lines.pop()
    return tuple(line.rstrip("\r").partition("\t")[0] for line in lines)
