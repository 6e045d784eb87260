"""How messages travel between window and engine: over one socket, as bytes that nothing can run.

A message is its length (4 bytes, big-endian) and its msgpack; an array its dtype, shape and bytes.
"""

import math
import struct
from collections.abc import Iterator
from typing import Any, Literal

import msgspec
import numpy as np

from lstm_viz.messages import Answer, Floats, Message, Question

#: One message never takes more than this many bytes; a longer one is a broken stream.
MAX_BYTES = 256 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_DTYPES = ("<f4", "<f8")


class _Numbered(msgspec.Struct):
    number: int


def _encode_array(value: Any) -> tuple[str, tuple[int, ...], bytes]:
    if not isinstance(value, np.ndarray) or value.dtype.str not in _DTYPES:
        raise NotImplementedError(f"{type(value)} does not go over the wire")
    return value.dtype.str, value.shape, value.tobytes()


def _decode_array(kind: type, value: Any) -> Floats:
    dtype, shape, data = msgspec.convert(value, tuple[Literal["<f4", "<f8"], tuple[int, ...], bytes])
    if any(n < 0 for n in shape) or math.prod(shape) * np.dtype(dtype).itemsize != len(data):
        raise ValueError("an array's bytes do not fit its shape")
    return np.frombuffer(data, dtype).reshape(shape)


_encoder = msgspec.msgpack.Encoder(enc_hook=_encode_array)
_questions: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question, dec_hook=_decode_array)
_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer, dec_hook=_decode_array)


def encode(message: Message) -> bytes:
    """Return the message as it goes over the wire, length first."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


def decode_question(body: bytes) -> Question:
    """Return the question in ``body``; raises `msgspec.ValidationError` if it is none."""
    return _questions.decode(body)


def decode_answer(body: bytes) -> Answer:
    """Return the answer in ``body``; raises `msgspec.ValidationError` if it is none."""
    return _answers.decode(body)


def number_of(body: bytes) -> int:
    """Return the number of the question or answer in ``body``, and read nothing else of it."""
    return msgspec.msgpack.decode(body, type=_Numbered).number


class Frames:
    """Cuts a stream of bytes into message bodies, however the pieces arrive."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes | bytearray | memoryview) -> Iterator[bytes]:
        """Take what arrived and yield every body that is whole; raises ValueError on a broken stream."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > MAX_BYTES:
                raise ValueError(f"a message of {length} bytes")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            yield body
