"""The weights in a file: their names, shapes and places.

Of a zip file every byte is read once, for its checksums; no number is kept.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from lstm_viz.errors import CodedText, coded
from lstm_viz.files.errors import reason_of
from lstm_viz.files.named import open_named
from lstm_viz.opening.errors import ForbiddenError, InvalidFileError, OpeningError, damaged
from lstm_viz.opening.file_kinds import FileKind, kind_of
from lstm_viz.opening.reads import Fingerprint, display_name, fingerprint, read_at
from lstm_viz.opening.safetensors_header import read_header
from lstm_viz.opening.torch_files import SavedObject, read_legacy, read_zip
from lstm_viz.opening.trees import Labels, StateDict, labels, state_dicts
from lstm_viz.opening.zip_directory import Entry, entries_of

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A file with weights.

    Attributes
    ----------
    path : Path
    kind : FileKind
    fingerprint : Fingerprint
        Of the file that was read: its numbers are only read from the same one.
    state_dicts : tuple of StateDict
        At least one; outer ones first.
    labels : tuple of Labels
        Vocabularies and tags that were saved beside the weights.
    notices : tuple of CodedText
    """

    path: Path
    kind: FileKind
    fingerprint: Fingerprint
    state_dicts: tuple[StateDict, ...]
    labels: tuple[Labels, ...] = ()
    notices: tuple[CodedText, ...] = ()


def describe(path: Path) -> WeightsFile:
    """Return the weights in a file.

    Raises
    ------
    OpeningError
        If it cannot be read, is damaged, has no weights, or asks for more than weights.
    """
    kind, name = kind_of(path), display_name(path)
    if kind not in _READERS:
        raise OpeningError("file_without_weights", name=name)
    try:
        with open_named(path) as file:
            mark = fingerprint(file)
            found, named, notices = _READERS[kind](file, mark.size)
    except OSError as error:
        raise OpeningError("file_unreadable", path=str(path), reason=reason_of(error)) from error
    except ForbiddenError as error:
        raise OpeningError("pickle_asks", name=name, asked=error.name) from error
    except InvalidFileError as error:
        raise damaged(name, error) from error
    if not found:
        raise OpeningError("file_without_weights", name=name)
    return WeightsFile(path, kind, mark, found, named, notices)


_Found = tuple[tuple[StateDict, ...], tuple[Labels, ...], tuple[CodedText, ...]]


def _safetensors(file: BinaryIO, size: int) -> _Found:
    tensors, _ = read_header(file, size)
    return (StateDict((), tensors),) if tensors else (), (), ()


def _zip(file: BinaryIO, size: int) -> _Found:
    entries = entries_of(file, size)
    saved = read_zip(file, size, entries)
    return _of_saved(saved, () if _is_whole(file, entries) else (coded("file_maybe_damaged"),))


def _legacy(file: BinaryIO, size: int) -> _Found:
    return _of_saved(read_legacy(file, size))


def _of_saved(saved: SavedObject, notices: tuple[CodedText, ...] = ()) -> _Found:
    return state_dicts(saved.tree, saved.located), labels(saved.tree), notices


_READERS: Mapping[FileKind, Callable[[BinaryIO, int], _Found]] = MappingProxyType(
    {"safetensors": _safetensors, "torch": _zip, "torch-legacy": _legacy}
)


def _is_whole(file: BinaryIO, entries: Mapping[str, Entry]) -> bool:
    """Return whether the checksums of all entries fit; ``torch.save`` may be told to write none."""
    return all(_crc32(file, entry) == entry.crc32 for entry in entries.values())


def _crc32(file: BinaryIO, entry: Entry) -> int:
    found = 0
    for start in range(0, entry.size, _CHUNK):
        found = zlib.crc32(read_at(file, entry.place + start, min(_CHUNK, entry.size - start)), found)
    return found
