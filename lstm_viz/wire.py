"""Encoding of the messages between window and engine: msgpack over one socket, without executable content.

A message is its length (4 bytes, big-endian) and its msgpack; an array is its dtype, shape and bytes.
"""

import math
import struct
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import msgspec
import numpy as np
import numpy.typing as npt

from lstm_viz.messages import FromEngine, Message, ToEngine
from lstm_viz.messages.base import Index, Number

#: The largest size of a message; a longer one is a broken stream.
MAX_BYTES = 256 * 1024 * 1024
_MAX_DIMENSIONS = 4
_T = TypeVar("_T")
_LENGTH = struct.Struct(">I")
_Dtype = Literal["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"]
_DTYPES: frozenset[str] = frozenset(get_args(_Dtype))


class _Array(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """An array. As a tuple type instead, its parts would be hashed for each array: 20 calls of `typing`."""

    dtype: _Dtype
    shape: Annotated[tuple[Index, ...], msgspec.Meta(max_length=_MAX_DIMENSIONS)]
    data: bytes


class WireError(ValueError):
    """Raised for bytes that are not a message, and for a message that cannot be encoded."""


class _Numbered(msgspec.Struct):
    """The one field that is decoded of an invalid message."""

    number: Number


def encode_array(value: Any) -> tuple[str, tuple[int, ...], bytes]:
    """Return an array of booleans, integers or floats as its dtype, shape and bytes."""
    if not isinstance(value, np.ndarray) or value.dtype.str not in _DTYPES:
        raise NotImplementedError(f"{type(value)} does not go over the wire")
    return value.dtype.str, value.shape, value.tobytes()


def decode_array(kind: Any, value: Any) -> npt.NDArray[Any]:
    """Return the array of ``(dtype, shape, bytes)``; raises ValueError unless it is one of type ``kind``.

    ``kind`` is a type such as ``npt.NDArray[np.floating]``, which allows ``f2``, ``f4`` and ``f8``.
    """
    array = msgspec.convert(value, _Array)
    dtype, shape, data = array.dtype, array.shape, array.data
    if not _allows(kind, dtype):
        raise ValueError(f"an array of {dtype} where another dtype is expected")
    # an empty array has bounds too: numpy raises errors of its own for (2**31, 2**31, 0)
    if math.prod(filter(None, shape)) > MAX_BYTES:
        raise ValueError("an array's shape is larger than a message can be")
    if math.prod(shape) * np.dtype(dtype).itemsize != len(data):
        raise ValueError("an array's bytes do not fit its shape")
    if dtype == "|b1" and data.strip(b"\0\1"):
        raise ValueError("an array of booleans has other bytes than 0 and 1")  # undefined behaviour in numpy
    return np.frombuffer(data, dtype).reshape(shape)


@cache
def _allows(kind: Any, dtype: str) -> bool:
    scalar = get_args(get_args(kind)[1])[0]
    return np.issubdtype(dtype, get_origin(scalar) or scalar)


_encoder = msgspec.msgpack.Encoder(enc_hook=encode_array)
# Decoders grow lists item by item: a length inside a message allocates nothing by itself.
_to_engine: msgspec.msgpack.Decoder[ToEngine] = msgspec.msgpack.Decoder(ToEngine, dec_hook=decode_array)
_from_engine: msgspec.msgpack.Decoder[FromEngine] = msgspec.msgpack.Decoder(FromEngine, dec_hook=decode_array)
_numbers: msgspec.msgpack.Decoder[_Numbered] = msgspec.msgpack.Decoder(_Numbered)


def encode(message: Message) -> bytes:
    """Return the bytes of a message, length first.

    Raises `WireError` where it cannot be encoded: it is too long, a string in it has a surrogate (as the name
    of a file that is not UTF-8), or an integer has more than 64 bits.
    """
    try:
        body = _encoder.encode(message)
    except (UnicodeEncodeError, OverflowError, RecursionError) as error:
        raise WireError(str(error)) from error
    if len(body) > MAX_BYTES:
        raise WireError(f"a message of {len(body):,} bytes; at most {MAX_BYTES:,} can be sent")
    return _LENGTH.pack(len(body)) + body


def decode_to_engine(body: bytes) -> ToEngine:
    """Return the message of a window in ``body``; raises `WireError` if it is none."""
    return _decoded(_to_engine, body)


def decode_from_engine(body: bytes) -> FromEngine:
    """Return the message of an engine in ``body``; raises `WireError` if it is none."""
    return _decoded(_from_engine, body)


def number_in(body: bytes) -> int | None:
    """Return the number of a message that need not be a valid one; None where it has none."""
    try:
        return _decoded(_numbers, body).number
    except WireError:
        return None


def _decoded(decoder: "msgspec.msgpack.Decoder[_T]", body: bytes) -> _T:
    """Decode untrusted bytes, which may also be nested deeper than the recursion limit."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise WireError(str(error)) from error


class Frames:
    """Splits a stream of bytes into message bodies, however it is fragmented.

    Memory is allocated for the bytes that have arrived, never for a declared length.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes | bytearray | memoryview) -> Iterator[bytes]:
        """Add received bytes and yield every complete body; raises `WireError` on a broken stream."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > MAX_BYTES:
                raise WireError(f"a message of {length:,} bytes")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            with memoryview(self._buffer) as view:  # a slice of the buffer itself would be a second copy
                body = bytes(view[_LENGTH.size : end])
            del self._buffer[:end]
            yield body
