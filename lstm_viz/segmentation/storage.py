"""Serialisation of a segmenter as safetensors, validated when it is read."""

from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load, save

from lstm_viz.segmentation.characters import PADDING
from lstm_viz.segmentation.edits import Edit
from lstm_viz.segmentation.hashing import Keys
from lstm_viz.segmentation.model import (
    FIRST_EDIT,
    MOST_CELLS,
    MOST_EDITS,
    MOST_FEATURES,
    MOST_WEIGHTS,
    MOST_WORDS,
    SegmenterModel,
    Weights,
)

_HEADER = 1 << 20
_Number = Annotated[int, msgspec.Meta(ge=0, le=100)]
_Letters = Annotated[str, msgspec.Meta(max_length=100)]
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
_Words = Annotated[tuple[_Word, ...], msgspec.Meta(max_length=10)]
_Several = Annotated[tuple[_Word, ...], msgspec.Meta(min_length=2, max_length=10)]


class SegmenterError(ValueError):
    """The bytes are not those of a segmenter."""


class _StoredEdit(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    left_loses: _Number
    left_gains: _Letters
    inserted: _Words
    right_loses: _Number
    right_gains: _Letters
    cased: bool


class _Settings(msgspec.Struct, forbid_unknown_fields=True):
    """The metadata beside the arrays."""

    format: Literal["segmenter"]
    version: Literal[1]
    edits: Annotated[list[_StoredEdit], msgspec.Meta(max_length=MOST_EDITS)]
    quotes: _Letters
    spaces_cut: bool
    letters: dict[_Word, _Several]


class _StoredArray(msgspec.Struct):
    dtype: Literal["U32", "I8"]
    shape: Annotated[list[int], msgspec.Meta(min_length=1, max_length=1)]
    data_offsets: list[int]


#: The dtypes of the arrays; ``words`` is optional.
_DTYPES = {"keys": "U32", "weights": "I8", "sizes": "U32", "marks": "U32", "apart": "U32", "words": "U32"}


def to_bytes(model: SegmenterModel) -> bytes:
    """Return a model as safetensors.

    ``keys`` and ``weights`` are the features with nonzero weight, label by label; ``sizes`` has their number
    for each label.
    """
    weights = model.weights[:, :-1]
    used = weights != 0
    arrays = {
        "keys": np.concatenate([model.keys[some] for some in used]),
        "weights": weights[used],
        "sizes": used.sum(axis=1).astype(np.uint32),
        "marks": model.marks,
        "apart": model.apart,
    }
    if model.words is not None:
        arrays["words"] = model.words
    return save(arrays, {"settings": msgspec.json.encode(_settings(model)).decode()})


def _settings(model: SegmenterModel) -> _Settings:
    edits = [
        _StoredEdit(
            edit.left_loses, edit.left_gains, edit.inserted, edit.right_loses, edit.right_gains, edit.cased
        )
        for edit in model.edits
    ]
    return _Settings("segmenter", 1, edits, model.quotes, model.spaces_cut, dict(model.letters))


def from_bytes(data: bytes) -> SegmenterModel:
    """Return the model from its bytes; raises SegmenterError.

    Sizes beyond the limits of a trained model are an error before memory is allocated.
    """
    try:
        settings = _read_header(data)
        arrays = load(data)
    except (SafetensorError, msgspec.MsgspecError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SegmenterError(f"not a segmenter: {error}") from error
    keys, weights = _matrix(arrays, FIRST_EDIT + len(settings.edits))
    words = arrays.get("words")
    for name in ("marks", "apart"):
        _check(_ascends(arrays[name]) and bool((arrays[name] < PADDING).all()), name)
    _check(words is None or (len(words) <= MOST_WORDS and _ascends(words)), "words")
    return SegmenterModel(
        keys,
        weights,
        tuple(_edit(edit) for edit in settings.edits),
        arrays["marks"],
        arrays["apart"],
        settings.quotes,
        words,
        settings.spaces_cut,
        settings.letters,
    )


def _read_header(data: bytes) -> _Settings:
    """Return the settings, after a check of the names and types of the arrays."""
    size = int.from_bytes(data[:8], "little")
    _check(size <= min(_HEADER, len(data) - 8), "header")
    header = msgspec.json.decode(data[8 : 8 + size], type=dict[str, Any])
    metadata = msgspec.convert(header.pop("__metadata__", None), dict[str, str])
    stored = msgspec.convert(header, dict[str, _StoredArray])
    dtypes = {name: array.dtype for name, array in stored.items()}
    _check(dtypes in (_DTYPES, {name: _DTYPES[name] for name in _DTYPES if name != "words"}), "arrays")
    return msgspec.json.decode(metadata.get("settings", ""), type=_Settings)


def _matrix(arrays: dict[str, Any], labels: int) -> tuple[Keys, Weights]:
    """Return the keys of the features, and their weights (labels, features + 1)."""
    stored, weights, sizes = arrays["keys"], arrays["weights"], arrays["sizes"]
    _check(len(sizes) == labels, "sizes")
    _check(len(stored) == len(weights) == int(sizes.sum(dtype=np.uint64)), "weights")
    _check(len(stored) <= MOST_WEIGHTS, "too many weights")
    ends = np.cumsum(sizes, dtype=np.int64)
    keys = np.unique(stored)
    _check(len(keys) <= min(MOST_FEATURES, MOST_CELLS // labels), "too many features")
    matrix = np.zeros((labels, len(keys) + 1), np.int8)
    for label, (start, end) in enumerate(zip(ends - sizes, ends, strict=True)):
        _check(_ascends(stored[start:end]), "keys")
        matrix[label, np.searchsorted(keys, stored[start:end])] = weights[start:end]
    return keys, matrix


def _edit(stored: _StoredEdit) -> Edit:
    return Edit(
        stored.left_loses,
        stored.left_gains,
        stored.inserted,
        stored.right_loses,
        stored.right_gains,
        stored.cased,
    )


def _ascends(numbers: npt.NDArray[np.uint32]) -> bool:
    return bool((numbers[1:] > numbers[:-1]).all())


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise SegmenterError(f"not a segmenter: {what}")
