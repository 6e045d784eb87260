"""Decoding of untrusted JSON."""

from typing import TypeVar

import msgspec

from lstm_viz.errors import CodedText

T = TypeVar("T")

#: All that msgspec raises for unexpected bytes: no JSON, another type, no UTF-8, integers of more digits than
#: Python converts, numbers beyond a float, and nesting beyond the stack.
DECODING_ERRORS = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)


class DecodingError(ValueError):
    """Bytes that cannot be decoded; ``reason`` is why."""

    def __init__(self, reason: str | CodedText) -> None:
        super().__init__(str(reason))
        self.reason = reason


def decode_json(data: bytes, kind: type[T]) -> T:
    """Return the JSON in ``data`` as a ``kind``; raises `DecodingError`."""
    try:
        return msgspec.json.decode(data, type=kind)
    except DECODING_ERRORS as error:
        raise DecodingError(str(error) or type(error).__name__) from error
