"""Bytes as bytes: flipped, put in, taken out, cut off and taken from elsewhere."""

from random import Random

_INTERESTING = (b"\0", b"\xff", b"\x7f", b"\x80", b"\n", b"\r", b'"', b"\\", b"{", b"[", b",", b"-", b"9")


def mutate_bytes(chance: Random, data: bytes, other: bytes) -> bytes:
    """Return the bytes with one to four changes."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        data = chance.choice(_WAYS)(chance, data, other)
    return data


def flip(chance: Random, data: bytes, other: bytes = b"") -> bytes:
    """Return the bytes with one bit changed."""
    if not data:
        return data
    place = chance.randrange(len(data))
    return data[:place] + bytes((data[place] ^ (1 << chance.randrange(8)),)) + data[place + 1 :]


def _replace(chance: Random, data: bytes, other: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice(_INTERESTING) + data[place + 1 :]


def _insert(chance: Random, data: bytes, other: bytes) -> bytes:
    place = chance.randrange(len(data) + 1)
    piece = chance.choice((chance.choice(_INTERESTING), chance.randbytes(chance.randint(1, 8))))
    return data[:place] + piece + data[place:]


def _delete(chance: Random, data: bytes, other: bytes) -> bytes:
    start, end = _span(chance, data)
    return data[:start] + data[end:]


def _truncate(chance: Random, data: bytes, other: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _double(chance: Random, data: bytes, other: bytes) -> bytes:
    start, end = _span(chance, data)
    return data[:end] + data[start:end] * chance.choice((1, 1, 2, 16)) + data[end:]


def _splice(chance: Random, data: bytes, other: bytes) -> bytes:
    start, end = _span(chance, other)
    first, last = _span(chance, data)
    return data[:first] + other[start:end] + data[last:]


def _overwrite(chance: Random, data: bytes, other: bytes) -> bytes:
    start, end = _span(chance, data)
    return data[:start] + chance.choice((b"\0", b"\xff", b"0")) * (end - start) + data[end:]


def _span(chance: Random, data: bytes) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice((1, 2, 4, 8, 64, 1024)))


_WAYS = (flip, flip, flip, _replace, _replace, _insert, _delete, _truncate, _double, _splice, _overwrite)
