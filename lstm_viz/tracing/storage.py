"""A trace in a safetensors file: its arrays under their names, the rest in the metadata.

    format      "lstm-viz trace"
    version     "1"
    kind        "LSTM", "GRU" or "RNN"
    max_error   the result of the proof
    module      which module it is a trace of; may be empty

The file is mapped into memory: opening it reads the header alone.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, NamedTuple

import msgspec
import numpy as np

from lstm_viz.files.errors import reason_of
from lstm_viz.files.named import open_named, replace_named
from lstm_viz.opening.errors import InvalidFileError, OpeningError, check, damaged
from lstm_viz.opening.file_kinds import TRACE_FORMAT
from lstm_viz.opening.reads import display_name, fingerprint
from lstm_viz.opening.safetensors_header import looks_like_safetensors, read_header
from lstm_viz.opening.stored import StoredTensor
from lstm_viz.tracing.trace import Array, GRUTrace, LazyFields, LSTMTrace, RNNTrace, Trace

_VERSION = "1"
_KINDS: Mapping[str, type[Trace]] = MappingProxyType({"LSTM": LSTMTrace, "GRU": GRUTrace, "RNN": RNNTrace})
_DTYPES = MappingProxyType({"float32": "F32", "float64": "F64", "int64": "I64"})
_ALIGNMENT = 64  # of the first array, so that every one of float32 and float64 is aligned
_HEAD_BYTES = 16


class SavedTrace(NamedTuple):
    """A trace of a file, and which module it is a trace of."""

    trace: Trace
    module: str


def save_trace(trace: Trace, path: Path, module: str = "") -> None:
    """Write a trace, replacing a file atomically; raises OSError."""
    kind = next(name for name, found in _KINDS.items() if isinstance(trace, found))
    arrays = {name: np.ascontiguousarray(array) for name, array in _arrays(trace).items()}
    metadata = {
        "format": TRACE_FORMAT,
        "version": _VERSION,
        "kind": kind,
        "max_error": repr(float(trace.max_error)),
        "module": module,
    }
    replace_named(path, _pieces(arrays, metadata))


def load_trace(path: str | Path) -> SavedTrace:
    """Return the trace of a file; its arrays are mapped into memory, and read when they are used.

    Raises
    ------
    OpeningError
        If it cannot be read, is no trace, or is damaged.
    """
    path = Path(path)
    name = display_name(path)
    try:
        with open_named(path) as file:
            size = fingerprint(file).size
            if not looks_like_safetensors(file.read(_HEAD_BYTES), size):
                raise OpeningError("file_no_trace", name=name)
            tensors, metadata = read_header(file, size)
            if metadata.get("format") != TRACE_FORMAT:
                raise OpeningError("file_no_trace", name=name)
            return SavedTrace(_trace(file, tensors, metadata), metadata.get("module", ""))
    except OSError as error:
        raise OpeningError("file_unreadable", path=str(path), reason=reason_of(error)) from error
    except InvalidFileError as error:
        raise damaged(name, error) from error


def _arrays(trace: Trace) -> dict[str, Array]:
    """Return the arrays that are kept; h0 and the lengths always are."""
    known = trace._all()
    return {name: value for name, value in known.items() if isinstance(value, np.ndarray)}


def _pieces(arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> Iterator[bytes | memoryview]:
    header: dict[str, Any] = {"__metadata__": metadata}
    place = 0
    for name, array in arrays.items():
        offsets = [place, place + array.nbytes]
        header[name] = {"dtype": _DTYPES[str(array.dtype)], "shape": array.shape, "data_offsets": offsets}
        place += array.nbytes
    encoded = msgspec.json.encode(header)
    encoded += b" " * (-(8 + len(encoded)) % _ALIGNMENT)
    yield len(encoded).to_bytes(8, "little") + encoded
    for array in arrays.values():
        yield array.reshape(-1).view(np.uint8).data if array.size else b""


def _trace(file: BinaryIO, tensors: Mapping[str, StoredTensor], metadata: Mapping[str, str]) -> Trace:
    check(metadata.get("version") == _VERSION and metadata.get("kind") in _KINDS, "trace_invalid")
    kind = _KINDS[metadata["kind"]]
    shape = _shape(kind, tensors)
    fields: dict[str, Any] = {name: _mapped(file, tensor) for name, tensor in tensors.items()}
    lengths = fields["lengths"]
    check(bool(((lengths >= 0) & (lengths <= shape[2])).all()), "trace_invalid")
    fields["max_error"] = _number(metadata.get("max_error", ""))
    trace = kind.lazy(LazyFields(shape, lambda: fields))
    _ = trace.max_error
    return trace


def _shape(kind: type[Trace], tensors: Mapping[str, StoredTensor]) -> tuple[int, ...]:
    """Return L, D, T, B and H, after a check of all names, types and shapes."""
    kept = [name for name in kind.KIND.order if name in tensors]
    check(bool(kept) and "h0" in tensors and "lengths" in tensors, "trace_invalid")
    shape = tensors[kept[0]].shape
    check(len(shape) == 5, "trace_invalid")
    layers, directions, steps, batch, units = shape
    hidden = tensors["h0"].shape[-1:] if tensors["h0"].shape else ()
    expected: dict[str, tuple[int, ...]] = dict.fromkeys(kept, (layers, directions, steps, batch, units))
    expected |= {"h0": (layers, directions, batch, *hidden), "lengths": (batch,)}
    if "h" in kept:
        expected["h"] = (layers, directions, steps, batch, *hidden)
    if "c" in kind.KIND.states:
        check("c0" in tensors, "trace_invalid")
        expected["c0"] = (layers, directions, batch, *tensors["c0"].shape[-1:])
    if "x" in tensors:
        expected["x"] = (steps, batch, *tensors["x"].shape[-1:])
    check(tensors.keys() == expected.keys(), "trace_invalid")
    check(all(tensors[name].shape == expected[name] for name in expected), "trace_invalid")
    dtypes = {name: tensor.dtype for name, tensor in tensors.items()}
    check(
        dtypes.pop("lengths") == "int64" and set(dtypes.values()) in ({"float32"}, {"float64"}),
        "trace_invalid",
    )
    return shape


def _mapped(file: BinaryIO, tensor: StoredTensor) -> Any:
    dtype = np.dtype(tensor.dtype).newbyteorder("<")
    if not tensor.count:
        return np.empty(tensor.shape, dtype)
    mapped = np.asarray(np.memmap(file, dtype, "r", tensor.place, tensor.shape))
    return mapped if tensor.place % dtype.itemsize == 0 else mapped.copy()


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    check(math.isfinite(number) and number >= 0, "trace_invalid")
    return number
