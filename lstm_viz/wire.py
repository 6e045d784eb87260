"""Encoding of the messages between window and engine: msgpack over one socket, without executable content.

A message is its length (4 bytes, big-endian) and its msgpack; an array is its dtype, shape and bytes.
"""

import math
import struct
from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeVar

import msgspec
import numpy as np

from lstm_viz.messages import Floats, Message, Query, Result
from lstm_viz.messages.base import Index, Number

#: The largest size of a message; a longer one is a broken stream.
MAX_BYTES = 256 * 1024 * 1024
_MAX_DIMENSIONS = 4
_T = TypeVar("_T")
_LENGTH = struct.Struct(">I")
_DTYPES = ("<f4", "<f8")
_Array = tuple[
    Literal["<f4", "<f8"], Annotated[tuple[Index, ...], msgspec.Meta(max_length=_MAX_DIMENSIONS)], bytes
]


class WireError(ValueError):
    """Raised for bytes that are not a message, and for a message that cannot be encoded."""


class _Numbered(msgspec.Struct):
    """The one field that is decoded of a message that is not a query."""

    number: Number


def _encode_array(value: Any) -> tuple[str, tuple[int, ...], bytes]:
    if not isinstance(value, np.ndarray) or value.dtype.str not in _DTYPES:
        raise NotImplementedError(f"{type(value)} does not go over the wire")
    return value.dtype.str, value.shape, value.tobytes()


def _decode_array(kind: type, value: Any) -> Floats:
    dtype, shape, data = msgspec.convert(value, _Array)
    # an empty array has bounds too: numpy raises errors of its own for (2**31, 2**31, 0)
    if math.prod(max(n, 1) for n in shape) > MAX_BYTES:
        raise ValueError("an array's shape is larger than a message can be")
    if math.prod(shape) * np.dtype(dtype).itemsize != len(data):
        raise ValueError("an array's bytes do not fit its shape")
    return np.frombuffer(data, dtype).reshape(shape)


_encoder = msgspec.msgpack.Encoder(enc_hook=_encode_array)
# Decoders grow lists item by item: a length inside a message allocates nothing by itself.
_queries: msgspec.msgpack.Decoder[Query] = msgspec.msgpack.Decoder(Query, dec_hook=_decode_array)
_results: msgspec.msgpack.Decoder[Result] = msgspec.msgpack.Decoder(Result, dec_hook=_decode_array)
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


def decode_query(body: bytes) -> Query:
    """Return the query in ``body``; raises `WireError` if it is not one."""
    return _decoded(_queries, body)


def decode_result(body: bytes) -> Result:
    """Return the result in ``body``; raises `WireError` if it is not one."""
    return _decoded(_results, body)


def number_in(body: bytes) -> int | None:
    """Return the number of a message that need not be a query; None where it has none."""
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
