"""The directory of a zip file, as ``torch.save`` writes it: its entries are stored, not compressed.

`zipfile` would take twenty times the memory of a directory, and skips what lies between the entries. Here
every entry is a span of the file, and spans never overlap: the entries together are smaller than the file.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from lstm_viz.opening.errors import check
from lstm_viz.opening.reads import read_at

_END, _END_64, _LOCATOR_64 = b"PK\5\6", b"PK\6\6", b"PK\6\7"
_END_BYTES, _LOCATOR_BYTES, _CENTRAL_BYTES, _LOCAL_BYTES = 22, 20, 46, 30
_MOST_COMMENT = 0xFFFF
_IN_EXTRA = 0xFFFFFFFF  # the value stands in the extra field
_MOST_ENTRIES, _MOST_DIRECTORY = 100_000, 16 << 20
_STORED, _ENCRYPTED = 0, 1


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: its bytes are ``size`` from ``place`` on; ``start`` is the place of its header.

    ``is_stored`` is False of one that is compressed or encrypted.
    """

    name: str
    start: int
    place: int
    size: int
    crc32: int
    is_stored: bool


class _Rest(NamedTuple):
    """What the directory has of an entry beside its name."""

    size: int
    start: int
    crc32: int
    is_stored: bool


def entries_of(file: BinaryIO, size: int) -> dict[str, Entry]:
    """Return the entries of a zip file of ``size`` bytes, by name.

    Raises
    ------
    InvalidFileError
        If the directory is damaged, or entries overlap.
    """
    try:
        count, length, place = _end(file, size)
        check(count <= _MOST_ENTRIES and length <= _MOST_DIRECTORY and place + length <= size, "zip_invalid")
        central = list(_central(read_at(file, place, length), count))
        entries = {name: _located(file, name, rest) for name, rest in central}
    except (struct.error, UnicodeDecodeError) as error:
        check(False, "zip_invalid")
        raise AssertionError from error
    check(len(entries) == count, "zip_invalid")
    spans = sorted((entry.start, entry.place + entry.size) for entry in entries.values())
    check(all(end <= start for (_, end), (start, _) in pairwise([*spans, (place, size)])), "zip_invalid")
    return entries


def _end(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """Return the number of entries, and the size and place of the directory."""
    tail_place = max(0, size - _END_BYTES - _MOST_COMMENT - _LOCATOR_BYTES)
    tail = read_at(file, tail_place, size - tail_place)
    end = tail.rfind(_END)
    check(end >= 0, "zip_invalid")
    count, length, place = struct.unpack_from("<10xHII", tail, end)
    locator = tail[max(0, end - _LOCATOR_BYTES) : end]
    if locator.startswith(_LOCATOR_64):
        (place,) = struct.unpack("<8xQ4x", locator)
        check(place < size, "zip_invalid")
        record = read_at(file, place, 56)
        check(record.startswith(_END_64), "zip_invalid")
        count, length, place = struct.unpack("<32xQQQ", record)
    return count, length, place


def _central(data: bytes, count: int) -> Iterator[tuple[str, _Rest]]:
    """Yield each entry by its name, without its place."""
    place = 0
    for _ in range(count):
        mark, flags, method, crc, packed, size, *lengths, start = struct.unpack_from(
            "<4s4xHH4xIIIHHH8xI", data, place
        )
        check(mark == b"PK\1\2", "zip_invalid")
        name_end = place + _CENTRAL_BYTES + lengths[0]
        name = data[place + _CENTRAL_BYTES : name_end]
        extra = data[name_end : name_end + lengths[1]]
        place += _CENTRAL_BYTES + sum(lengths)
        check(place <= len(data), "zip_invalid")
        size, packed, start = _large(extra, [size, packed, start])
        is_stored = method == _STORED and not flags & _ENCRYPTED and size == packed
        yield name.decode(), _Rest(packed, start, crc, is_stored)


def _large(extra: bytes, values: list[int]) -> list[int]:
    """Return the values with those that stand in the extra field of zip64 taken from there."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        if kind == 1:
            field = iter(struct.unpack_from(f"<{length // 8}Q", extra, place + 4))
            return [next(field, value) if value == _IN_EXTRA else value for value in values]
        place += 4 + length
    return values


def _located(file: BinaryIO, name: str, rest: _Rest) -> Entry:
    header = read_at(file, rest.start, _LOCAL_BYTES)
    mark, name_length, extra_length = struct.unpack("<4s22xHH", header)
    check(mark == b"PK\3\4", "zip_invalid")
    place = rest.start + _LOCAL_BYTES + name_length + extra_length
    return Entry(name, rest.start, place, rest.size, rest.crc32, rest.is_stored)
