"""The header of a safetensors file: names, types, shapes and places of its tensors."""

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Any, BinaryIO

import msgspec

from lstm_viz.files.decoding import DecodingError, decode_json
from lstm_viz.opening.errors import check
from lstm_viz.opening.reads import read_at
from lstm_viz.opening.stored import ITEM_BYTES, LONGEST_NAME, StoredTensor, contiguous

#: The most bytes of a header: decoded, it takes up to eight times as many.
MOST_HEADER_BYTES = 8 << 20
_LENGTH_BYTES = 8
_DTYPES: Mapping[str, str] = MappingProxyType(
    {
        "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64",
        "I32": "int32", "I16": "int16", "I8": "int8", "U64": "uint64", "U32": "uint32", "U16": "uint16",
        "U8": "uint8", "BOOL": "bool", "C64": "complex64", "F8_E4M3": "float8_e4m3fn",
        "F8_E5M2": "float8_e5m2", "F8_E8M0": "float8_e8m0fnu", "F8_E4M3FNUZ": "float8_e4m3fnuz",
        "F8_E5M2FNUZ": "float8_e5m2fnuz",
    }
)  # fmt: skip

_Size = Annotated[int, msgspec.Meta(ge=0, le=1 << 48)]


class _Stored(msgspec.Struct):
    dtype: str
    shape: Annotated[tuple[_Size, ...], msgspec.Meta(max_length=64)]
    data_offsets: tuple[_Size, _Size]


def looks_like_safetensors(head: bytes, size: int) -> bool:
    """Return whether a file that begins with ``head`` may be safetensors."""
    length = int.from_bytes(head[:_LENGTH_BYTES], "little")
    return len(head) > _LENGTH_BYTES and length + _LENGTH_BYTES <= size and head[_LENGTH_BYTES] == ord("{")


def read_header(file: BinaryIO, size: int) -> tuple[dict[str, StoredTensor], dict[str, str]]:
    """Return the tensors by name, in the order of the header, and the metadata.

    Raises
    ------
    InvalidFileError
        If the header is damaged, or its tensors overlap, leave gaps or go beyond the ``size`` of the file.
    """
    length = int.from_bytes(read_at(file, 0, _LENGTH_BYTES), "little")
    start = _LENGTH_BYTES + length
    check(start <= size, "file_ends_early")
    check(length <= MOST_HEADER_BYTES, "header_too_large")
    header = _decoded(read_at(file, _LENGTH_BYTES, length))
    metadata = header.pop("__metadata__", None) or {}
    tensors = {name: _located(name, stored, start) for name, stored in header.items()}
    _check_covered(header, size - start)
    return tensors, _texts(metadata)


def _decoded(data: bytes) -> dict[str, Any]:
    """Return the header with its entries as `_Stored`."""
    try:
        raw = decode_json(data, dict[str, msgspec.Raw])
        return {
            name: decode_json(bytes(value), dict[str, str] if name == "__metadata__" else _Stored)
            for name, value in raw.items()
        }
    except DecodingError as error:
        check(False, "header_invalid")
        raise AssertionError from error


def _texts(metadata: Any) -> dict[str, str]:
    return metadata if isinstance(metadata, dict) else {}


def _located(name: str, stored: _Stored, start: int) -> StoredTensor:
    check(len(name) <= LONGEST_NAME, "name_too_long")
    dtype = _DTYPES.get(stored.dtype, "")
    check(bool(dtype), "tensor_type", name=name, dtype=stored.dtype[:20])
    first, end = stored.data_offsets
    tensor = StoredTensor(dtype, stored.shape, contiguous(stored.shape), start + first)
    given = (end - first) // ITEM_BYTES[dtype]
    check(
        end - first == tensor.nbytes, "tensor_beyond_storage", name=name, declared=tensor.count, given=given
    )
    return tensor


def _check_covered(stored: Mapping[str, _Stored], size: int) -> None:
    """Check that the tensors cover all bytes behind the header, each once."""
    spans = [(0, 0), *sorted(one.data_offsets for one in stored.values()), (size, size)]
    check(all(end == start for (_, end), (start, _) in pairwise(spans)), "header_gaps")
