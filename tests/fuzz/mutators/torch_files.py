"""Files of ``torch.save``: a zip file of a pickle and numbers, or five pickles with the numbers behind."""

import io
import pickletools
import struct
import zipfile
from random import Random

from tests.fuzz.mutators.raw import mutate_bytes

_Entry = tuple[str, bytes]

#: Instructions to put in: names, calls, sizes, and values of every kind.
_INSTRUCTIONS = (
    b"cposix\nsystem\n", b"cbuiltins\neval\n", b"cbuiltins\nbytearray\n", b"ctorch\nFloatStorage\n",
    b"ctorch\nHalfStorage\n", b"ctorch\nDoubleStorage\n", b"ctorch.storage\nUntypedStorage\n",
    b"ctorch._utils\n_rebuild_tensor_v2\n", b"ctorch._utils\n_rebuild_tensor_v3\n", b"ctorch\nfloat64\n",
    b"ctorch._utils\n_rebuild_parameter\n", b"ctorch._utils\n_rebuild_sparse_tensor\n", b"ctorch\nSize\n",
    b"ccollections\nOrderedDict\n", b"ccollections\nCounter\n", b"cbuiltins\nset\n", b"c_codecs\nencode\n",
    b"ctorch._tensor\n_rebuild_from_type_v2\n", b"ctorch.nn.parameter\nParameter\n", b"R", b"\x81", b"b",
    b"(", b"t", b"e", b"a", b"s", b"u", b"Q", b"\x85", b"\x86", b"\x87", b"]", b"}", b")", b"N", b"\x88",
    b"\x8f", b"K\0", b"K\x01", b"K\x02", b"M\xff\xff", b"J\xff\xff\xff\xff", b"J\xff\xff\xff\x7f", b".",
    b"q\0", b"h\0", b"h\x01", b"h\x05", b"r\xff\xff\xff\xff", b"j\xff\xff\xff\xff",
    b"\x8a\x08" + b"\xff" * 7 + b"\x7f", b"\x8a\x09" + b"\xff" * 8 + b"\x7f",
    b"\x8a\xff" + b"\x7f" * 255, b"G\x7f\xf0\0\0\0\0\0\0", b"X\0\0\0\0",
    b"X\xff\xff\xff\xff", b"X\x07\0\0\0storage", b"X\x0c\0\0\0weight_hh_l0", b"X\x01\0\0\x000", b"U\x03abc",
)  # fmt: skip
_NUMBERS = (0, 1, 2, 3, 8, 255, 65535, (1 << 31) - 1)
_NAMES = ("data/0", "data/1", "data/99", "byteorder", "constants.pkl", "version", "data.pkl", "../x", "")
_MANY = 2_000


def mutate_torch_file(chance: Random, data: bytes, other: bytes) -> bytes:
    """Return a file with one to three changes of its pickle, its entries or its bytes."""
    if chance.random() < 0.2:
        return mutate_bytes(chance, data, other)
    if not data.startswith(b"PK"):
        return mutate_pickles(chance, data, other)
    try:
        entries, others = _entries(data), _entries(other)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error, OSError):
        return mutate_bytes(chance, data, other)
    for _ in range(chance.choice((1, 1, 2, 3))):
        _change(chance, entries, others)
    return _zipped(chance, entries)


def mutate_pickles(chance: Random, data: bytes, other: bytes) -> bytes:
    """Return pickles, one behind the other, with instructions changed; what follows them is kept."""
    instructions, rest = _instructions(data)
    others = _instructions(other)[0] or list(_INSTRUCTIONS)
    for _ in range(chance.choice((1, 1, 2, 4)) if instructions else 0):
        place, kind = chance.randrange(len(instructions)), chance.random()
        if kind < 0.15:
            del instructions[place]
        elif kind < 0.4:
            instructions.insert(place, chance.choice(_INSTRUCTIONS))
        elif kind < 0.6:
            instructions[place] = _near(chance, instructions[place])
        elif kind < 0.75:
            instructions[place] = chance.choice(_INSTRUCTIONS)
        elif kind < 0.85:
            instructions[place] = chance.choice(others)
        elif kind < 0.95:
            instructions.insert(place, instructions[chance.randrange(len(instructions))])
        else:
            instructions[place:place] = [chance.choice(_INSTRUCTIONS)] * _MANY
        if not instructions:
            break
    return b"".join(instructions) + rest


def _instructions(data: bytes) -> tuple[list[bytes], bytes]:
    """Return the instructions of the pickles at the beginning, and the bytes behind them."""
    found, start = list[bytes](), 0
    while data.startswith(b"\x80", start):
        try:
            places = [start + (place or 0) for _, _, place in pickletools.genops(data[start:])]
        except (ValueError, IndexError, struct.error, UnicodeDecodeError):
            break
        found += [data[one:end] for one, end in zip(places, [*places[1:], places[-1] + 1], strict=True)]
        start = places[-1] + 1
    return found, data[start:]


def _near(chance: Random, instruction: bytes) -> bytes:
    """Return an instruction with another number or text."""
    code, rest = instruction[:1], instruction[1:]
    if code in b"Kqh" and rest:
        return code + bytes((chance.choice(_NUMBERS) & 255,))
    if code in b"MJ" and rest:
        return b"J" + struct.pack("<I", chance.choice(_NUMBERS))
    if not rest:
        return chance.choice(_INSTRUCTIONS)
    place = chance.randrange(len(rest))
    return code + rest[:place] + bytes((chance.randrange(256),)) + rest[place + 1 :]


def _change(chance: Random, entries: list[_Entry], others: list[_Entry]) -> None:
    if not entries:
        entries.extend(others)
        return
    kind, place = chance.random(), chance.randrange(len(entries))
    pickles = [k for k, (name, _) in enumerate(entries) if name.endswith("data.pkl")]
    if kind < 0.7 and pickles:
        name, data = entries[pickles[0]]
        other = next((piece for label, piece in others if label.endswith("data.pkl")), data)
        entries[pickles[0]] = name, mutate_pickles(chance, data, other)
    elif kind < 0.8:
        name, data = entries[place]
        entries[place] = name, mutate_bytes(chance, data, data)
    elif kind < 0.87:
        del entries[place]
    elif kind < 0.94:
        name, data = entries[place]
        entries[place] = name.partition("/")[0] + "/" + chance.choice(_NAMES), data
    elif others:
        entries.insert(place, chance.choice(others))


def _entries(data: bytes) -> list[_Entry]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return [(info.filename, file.read(info)) for info in file.infolist() if info.file_size <= len(data)]


def _zipped(chance: Random, entries: list[_Entry]) -> bytes:
    buffer = io.BytesIO()
    compression = zipfile.ZIP_DEFLATED if chance.random() < 0.02 else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, data in dict(entries).items():
            file.writestr(name, data)
    return buffer.getvalue()
