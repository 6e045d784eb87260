"""Hashes of files, and the checksum at the end of a JSON object that detects damage.

A sealed object has one more field, the last: ``"checksum":"crc32:9f3a01bc"``, the CRC-32 of all bytes before
that field and the closing brace. CRC-32 detects every change of up to 32 adjacent bits; it detects damage,
not forgery.
"""

import hashlib
import zlib
from typing import Literal

_FIELD = b',"checksum":"crc32:%08x"}'
_TEMPLATE = _FIELD % 0
_HEX = range(len(_TEMPLATE) - 10, len(_TEMPLATE) - 2)
_FIXED = tuple(place for place in range(len(_TEMPLATE)) if place not in _HEX)
_NEARLY = 3  # up to so many wrong bytes around a checksum, it counts as damaged, not as absent

Seal = Literal["whole", "damaged", "none"]


def sha256(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sealed(data: bytes) -> bytes:
    """Return a non-empty JSON object with its checksum."""
    body = data[:-1]
    return body + _FIELD % zlib.crc32(body + b"}")


def seal_of(data: bytes) -> Seal:
    """Return whether an object has a checksum, and whether it matches."""
    body, end = data[: -len(_TEMPLATE)], data[-len(_TEMPLATE) :]
    if len(end) < len(_TEMPLATE):
        return "none"
    if end == _FIELD % zlib.crc32(body + b"}"):
        return "whole"
    wrong = sum(end[place] != _TEMPLATE[place] for place in _FIXED)
    return "damaged" if wrong <= _NEARLY else "none"


def has_damaged_end(rest: bytes) -> bool:
    """Return whether the bytes after the last newline are a whole line whose own newline is damaged.

    A line that is being written, or was cut off by a kill, ends with or before its checksum.
    """
    return seal_of(rest[:-1]) == "whole"
