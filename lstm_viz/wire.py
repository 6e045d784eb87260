"""How messages travel between window and engine: over one socket, as bytes that nothing can run.

A message is its length (4 bytes, big-endian) and its msgpack; an array its dtype, shape and bytes.
"""

import math
import struct
from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeVar

import msgspec
import numpy as np

from lstm_viz.messages import Answer, Floats, Message, Question
from lstm_viz.messages.base import Index, Number

#: One message never takes more than this many bytes; a longer one is a broken stream.
MAX_BYTES = 256 * 1024 * 1024
_MAX_DIMENSIONS = 4
_T = TypeVar("_T")
_LENGTH = struct.Struct(">I")
_DTYPES = ("<f4", "<f8")
_Array = tuple[
    Literal["<f4", "<f8"], Annotated[tuple[Index, ...], msgspec.Meta(max_length=_MAX_DIMENSIONS)], bytes
]


class WireError(ValueError):
    """Bytes that are not a message, or a message that cannot be sent."""


class _Numbered(msgspec.Struct):
    """All that is read of a message that is no question."""

    number: Number


def _encode_array(value: Any) -> tuple[str, tuple[int, ...], bytes]:
    if not isinstance(value, np.ndarray) or value.dtype.str not in _DTYPES:
        raise NotImplementedError(f"{type(value)} does not go over the wire")
    return value.dtype.str, value.shape, value.tobytes()


def _decode_array(kind: type, value: Any) -> Floats:
    dtype, shape, data = msgspec.convert(value, _Array)
    # an empty array has bounds too: numpy refuses (2**31, 2**31, 0) with errors of its own
    if math.prod(max(n, 1) for n in shape) > MAX_BYTES:
        raise ValueError("an array's shape is larger than a message can be")
    if math.prod(shape) * np.dtype(dtype).itemsize != len(data):
        raise ValueError("an array's bytes do not fit its shape")
    return np.frombuffer(data, dtype).reshape(shape)


_encoder = msgspec.msgpack.Encoder(enc_hook=_encode_array)
# These grow lists as their items come: a length within a message takes no memory by itself either.
_questions: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question, dec_hook=_decode_array)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer, dec_hook=_decode_array)
_numbers: msgspec.msgpack.Decoder[_Numbered] = msgspec.msgpack.Decoder(_Numbered)


def encode(message: Message) -> bytes:
    """Return the message as it goes over the wire, length first.

    Raises `WireError` where it cannot be sent: it is too long, a string in it has a surrogate (as the name of
    a file that is not UTF-8), or an integer more than 64 bits.
    """
    try:
        body = _encoder.encode(message)
    except (UnicodeEncodeError, OverflowError, RecursionError) as error:
        raise WireError(str(error)) from error
    if len(body) > MAX_BYTES:
        raise WireError(f"a message of {len(body):,} bytes; at most {MAX_BYTES:,} can be sent")
    return _LENGTH.pack(len(body)) + body


def decode_question(body: bytes) -> Question:
    """Return the question in ``body``; raises `WireError` if it is none."""
    return _decoded(_questions, body)


def decode_answer(body: bytes) -> Answer:
    """Return the answer in ``body``; raises `WireError` if it is none."""
    return _decoded(_answers, body)


def number_in(body: bytes) -> int | None:
    """Return the number of a message that may be no question; None where it has none."""
    try:
        return _decoded(_numbers, body).number
    except WireError:
        return None


def _decoded(decoder: "msgspec.msgpack.Decoder[_T]", body: bytes) -> _T:
    """Decode what may be anything; it may also be nested deeper than the interpreter allows."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise WireError(str(error)) from error


class Frames:
    """Cuts a stream of bytes into message bodies, however the pieces arrive.

    Memory is taken for what has arrived, never for what a length announces.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes | bytearray | memoryview) -> Iterator[bytes]:
        """Take what arrived and yield every body that is whole; raises `WireError` on a broken stream."""
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
