"""safetensors: a length, a header of JSON, and the numbers behind it."""

import struct
from random import Random

from tests.fuzz.mutators.json import mutate_json
from tests.fuzz.mutators.raw import mutate_bytes

_LENGTHS = (0, 1, 7, 8, 1 << 20, (1 << 31) - 1, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
_DTYPES = (
    b"BOOL", b"U8", b"I8", b"I16", b"U16", b"F16", b"BF16", b"I32", b"U32", b"F32", b"F64", b"I64", b"U64",
    b"F8_E4M3", b"F8_E5M2", b"F4", b"C64", b"X", b"",
)  # fmt: skip
_NUMBERS = (b"0", b"1", b"2", b"3", b"4294967296", b"18446744073709551615", b"-1", b"9223372036854775807")
#: Numbers that are no weights: NaN, infinity, a denormal one, and large ones, as float32.
_WORDS = tuple(struct.pack("<I", n) for n in (0x7FC00000, 0x7F800000, 0xFF800000, 1, 0x7F7FFFFF, 0xFFFFFFFF))


def mutate_safetensors(chance: Random, data: bytes, other: bytes) -> bytes:
    """Return the bytes with something of the header or of the numbers changed."""
    size = int.from_bytes(data[:8], "little")
    if chance.random() < 0.15 or len(data) < 8 + size:
        return mutate_bytes(chance, data, other)
    header, body = data[8 : 8 + size], data[8 + size :]
    kind = chance.random()
    if kind < 0.1:
        length = chance.choice((*_LENGTHS, size - 1, size + 1, len(data)))
        return struct.pack("<Q", length % (1 << 64)) + header + body
    if kind < 0.4:
        header = mutate_json(chance, header, header)
    elif kind < 0.55:
        header = _with_another(chance, header, _DTYPES, b'"dtype":"', b'"')
    elif kind < 0.7:
        header = _with_another(
            chance, header, (*_NUMBERS, b"", b"2,2", b"65536,65536,65536,65536"), b'"shape":[', b"]"
        )
    elif kind < 0.8:
        header = _with_another(chance, header, (*_NUMBERS, b"0,4", b"4,0"), b'"data_offsets":[', b"]")
    elif kind < 0.95:
        place = chance.randrange(len(body) // 4 + 1) * 4
        body = body[:place] + chance.choice(_WORDS) + body[place + 4 :]
    else:
        body = mutate_bytes(chance, body, other)
    return struct.pack("<Q", len(header)) + header + body


def _with_another(
    chance: Random, header: bytes, values: tuple[bytes, ...], before: bytes, after: bytes
) -> bytes:
    """Return a header in which one of the values that stand between two marks is another."""
    places = [place for place in range(len(header)) if header.startswith(before, place)]
    if not places:
        return header
    start = chance.choice(places) + len(before)
    end = max(start, header.find(after, start))
    return header[:start] + chance.choice(values) + header[end:]
