"""JSON from outside, as a type of ours or an error."""

from typing import TypeVar

import msgspec

T = TypeVar("T")

#: All that msgspec raises of bytes that are not what is expected: no JSON, another type, no UTF-8, integers
#: of more digits than Python reads, numbers beyond a float, and nesting beyond the stack.
DECODING_ERRORS = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)


class DecodingError(ValueError):
    """The bytes are not what is expected; the text says why."""


def decode_json(data: bytes, kind: type[T]) -> T:
    """Return ``data``, which is JSON, as a ``kind``; raises `DecodingError`."""
    try:
        return msgspec.json.decode(data, type=kind)
    except DECODING_ERRORS as error:
        raise DecodingError(str(error) or type(error).__name__) from error
