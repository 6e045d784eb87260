"""What a file is, by its content; its name is not looked at."""

import codecs
import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Literal

from lstm_viz.errors import ErrorCode
from lstm_viz.files.errors import reason_of
from lstm_viz.files.folder import Folder
from lstm_viz.files.named import open_named
from lstm_viz.opening.errors import InvalidFileError, OpeningError, damaged
from lstm_viz.opening.reads import display_name, fingerprint
from lstm_viz.opening.safetensors_header import looks_like_safetensors, read_header
from lstm_viz.opening.torch_files import LEGACY_MAGIC
from lstm_viz.opening.zip_directory import entries_of

FileKind = Literal["safetensors", "trace", "torch", "torch-legacy", "run", "conllu", "text", "tensorboard"]
#: The entry ``format`` in the metadata of a saved trace.
TRACE_FORMAT = "lstm-viz trace"

_HEAD_BYTES = 1 << 16
_ZIP, _PICKLE = b"PK\3\4", b"\x80"
_TAR_PLACE, _TAR = 257, b"ustar"
_EVENT_MARK, _EVENT_BYTES = b"brain.Event:", 64
_CONLLU_COLUMNS = 10
#: Entries that only other formats than a saved state dict have, and the code that refuses these.
_REFUSED_ENTRIES: tuple[tuple[str, ErrorCode], ...] = (
    ("constants.pkl", "file_torchscript"),
    ("bytecode.pkl", "file_torchscript"),
    ("extern_modules", "file_torch_package"),
    ("python_version", "file_torch_package"),
    ("serialized_exported_program.json", "file_torch_export"),
    ("archive_format", "file_torch_export"),
)


def kind_of(path: Path) -> FileKind:
    """Return what a file or folder is.

    Raises
    ------
    OpeningError
        If it cannot be read, or is nothing that can be opened.
    """
    name = display_name(path)
    with contextlib.suppress(OSError):
        if path.is_dir():
            return _kind_of_folder(path, name)
    try:
        with open_named(path) as file:
            return _kind_of_file(file, name)
    except OSError as error:
        raise OpeningError("file_unreadable", path=str(path), reason=reason_of(error)) from error
    except InvalidFileError as error:
        raise damaged(name, error) from error


def _kind_of_folder(path: Path, name: str) -> FileKind:
    if Folder(path).has("run.json"):
        return "run"
    raise OpeningError("folder_without_run", name=name)


def _kind_of_file(file: BinaryIO, name: str) -> FileKind:
    size = fingerprint(file).size
    head = file.read(_HEAD_BYTES)
    if head.startswith(_ZIP):
        return _kind_of_zip(entries_of(file, size), name)
    if head.startswith(LEGACY_MAGIC):
        return "torch-legacy"
    if looks_like_safetensors(head, size):
        _, metadata = read_header(file, size)
        return "trace" if metadata.get("format") == TRACE_FORMAT else "safetensors"
    return _kind_of_others(head, name)


def _kind_of_zip(entries: Iterable[str], name: str) -> FileKind:
    last_parts = {entry.rpartition("/")[2] for entry in entries}
    for part, code in _REFUSED_ENTRIES:
        if part in last_parts:
            raise OpeningError(code, name=name)
    if "data.pkl" not in last_parts:
        raise OpeningError("file_unknown", name=name)
    return "torch"


def _kind_of_others(head: bytes, name: str) -> FileKind:
    if head[_TAR_PLACE:].startswith(_TAR):
        raise OpeningError("file_torch_tar", name=name)
    if head.startswith(_PICKLE):
        raise OpeningError("file_pickle", name=name)
    if _EVENT_MARK in head[:_EVENT_BYTES] and _is_record(head):
        return "tensorboard"
    text = _text(head)
    if text is None:
        raise OpeningError("file_unknown", name=name)
    return "conllu" if _is_conllu(text) else "text"


def _is_record(head: bytes) -> bool:
    """Return whether a file begins with a record as TensorFlow writes it: a length, its checksum, data."""
    return 0 < int.from_bytes(head[:8], "little") < _HEAD_BYTES


def _text(head: bytes) -> str | None:
    """Return the beginning of a text; None if the bytes are no UTF-8, or have control characters."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(head, final=len(head) < _HEAD_BYTES)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text or not text.strip() else text.removeprefix("\ufeff")


def _is_conllu(text: str) -> bool:
    lines = (line for line in text.split("\n") if line.strip() and not line.startswith("#"))
    return next(lines, "").count("\t") == _CONLLU_COLUMNS - 1
