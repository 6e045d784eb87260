"""msgpack as a tree: as of JSON, with what only msgpack has."""

from copy import deepcopy
from itertools import islice
from random import Random
from typing import Any

import msgspec

from tests.fuzz.mutators.raw import mutate_bytes
from tests.fuzz.mutators.text import mutate_text

_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, 3, -1, -2, 7, 1 << 31, (1 << 31) - 1, 1 << 53, (1 << 63) - 1, -(1 << 63),
    (1 << 64) - 1,
    0.0, -0.0, 0.5, 1e308, float("nan"), float("inf"), -float("inf"), "", "0", "\0", "run:", "run:/dev/zero",
    "run:../..", "run:\0", "x" * 3000, b"", b"\0" * 4, [], {}, [[]], {"": None}, [0, 0, 0], "h", "score",
)  # fmt: skip
_DEEP = (
    b"\x91" * 100_000 + b"\xc0",
    b"\x81\xa1a" * 50_000 + b"\xc0",
    b"\xdd\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
)


def mutate_msgpack(chance: Random, data: bytes, other: bytes) -> bytes:
    """Return a message with one to three changes; sometimes bytes are changed, not values."""
    kind = chance.random()
    if kind < 0.15:
        return mutate_bytes(chance, data, other)
    if kind < 0.153:
        place = chance.randrange(len(data) + 1)
        return data[:place] + chance.choice(_DEEP)
    try:
        tree = msgspec.msgpack.decode(data)
    except (ValueError, RecursionError):
        return mutate_bytes(chance, data, other)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        tree = _changed(chance, tree)
    return _encoded(chance, tree, data)


def mutate_fields(chance: Random, data: bytes, other: bytes) -> bytes:
    """Return a message in which values are others of the same type, so that it mostly still is a message."""
    if chance.random() < 0.1:
        return mutate_msgpack(chance, data, other)
    try:
        tree = msgspec.msgpack.decode(data)
    except ValueError:  # an input of the corpus need not be a message
        return mutate_bytes(chance, data, other)
    for _ in range(chance.choice((1, 1, 2, 3))):
        places = [(one, key) for one, key in islice(_places(tree), _MOST_PLACES) if key != "type"]
        container, key = chance.choice(places)
        container[key] = _alike(chance, container[key])
    return _encoded(chance, tree, data)


def _encoded(chance: Random, tree: Any, data: bytes) -> bytes:
    try:
        return msgspec.msgpack.encode(tree)
    except (OverflowError, TypeError, RecursionError):  # a large int, a key that is none, depth
        return mutate_bytes(chance, data, data)


def _alike(chance: Random, value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return _number_alike(chance, value)
    if isinstance(value, str):
        return _text_alike(chance, value)
    if isinstance(value, list) and value and chance.random() < 0.8:
        return chance.choice((value[:-1], value[::-1], value * 2, value + value[:1], value * 40))
    return chance.choice((None, [], 1, "a"))


def _number_alike(chance: Random, value: float) -> float:
    if isinstance(value, int):
        return chance.choice((0, 1, 2, 3, value + 1, -1, *_LARGE))
    return chance.choice((0.0, -0.0, 1.0, -1e6, 1e300, 5e-324, float("nan"), float("inf"), value / 3))


def _text_alike(chance: Random, value: str) -> str:
    if chance.random() < 0.3:
        return chance.choice(_NAMES)
    return mutate_text(chance, value.encode("utf-8", "replace"), b"The dog ate").decode("utf-8", "replace")


_MOST_PLACES = 5000
_LARGE = (1 << 20, (1 << 31) - 1, 1 << 53, (1 << 63) - 1, -(1 << 63))
_NAMES = ("", "h", "c", "f", "GRU", "RNN relu one", "LSTM alone broken", "run:run", "run:", "run:/",
    "run:\0", "run",
    "tutorial", "no such", "A", "B", "DET", "recurrent", "char_recurrent", "x" * 3000)  # fmt: skip


def _changed(chance: Random, tree: Any) -> Any:
    places = list(islice(_places(tree), _MOST_PLACES))
    if not places:
        return _value(chance, tree)
    container, key = chance.choice(places)
    kind = chance.random()
    if kind < 0.8:
        container[key] = _value(chance, container[key])
    elif kind < 0.9:
        del container[key]
    elif isinstance(container, list):
        is_one = isinstance(container[key], list | dict)
        container[key:key] = [container[key]] * (1 if is_one else chance.choice((1, 1, 300)))
    else:
        container[key] = chance.choice(list(container.values()))
    return tree


def _value(chance: Random, value: Any) -> Any:
    kind = chance.random()
    if isinstance(value, str) and kind < 0.5:
        return mutate_text(chance, value.encode("utf-8", "replace"), b"").decode("utf-8", "replace")
    if isinstance(value, int | float) and not isinstance(value, bool) and kind < 0.5:
        return chance.choice((value + 1, value - 1, -value, float(value), str(value)))
    if kind < 0.9:
        return deepcopy(chance.choice(_VALUES))  # what is put into a tree may be changed there
    return [value] if kind < 0.95 else {"a": value}


def _places(tree: Any) -> Any:
    waiting = [tree]
    while waiting:
        container = waiting.pop()
        if isinstance(container, list):
            keys: Any = range(len(container))
        elif isinstance(container, dict):
            keys = list(container)
        else:
            continue
        for key in keys:
            yield container, key
            waiting.append(container[key])
