"""JSON as a tree: types swapped, numbers and strings that are no good, fields that are twice or nowhere."""

import json
from random import Random
from typing import Any

from lstm_viz.files.checksums import sealed
from tests.fuzz.mutators.raw import mutate_bytes

_DEEP = 100_000
_RARE = 0.004  # of values that take a hundred kilobytes


class Token(str):
    """A scalar as it is written."""

    __slots__ = ()


class Pairs(list[tuple[str, Any]]):
    """An object: its keys, which may be there twice, and values."""


SCALARS = tuple(
    map(
        Token,
        (
            "null", "true", "false", "0", "-1", "1", "2", "-0.0", "0.5", "1e-400", "1e999", "-1e999", "NaN",
            "Infinity", "9007199254740992", "9007199254740993", "18446744073709551616", "4294967296",
            "-9223372036854775809", "2147483648", "1" + "0" * 400, "-1" + "0" * 400, "0." + "0" * 400 + "1",
            "1" + "0" * 5000, '""', '"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '"\\u202e"', '"1"', '"1e5"',
            '"../../run.json"', '"/dev/zero"', '"' + "a" * 5000 + '"', '"\\u0301\\u0301"', "[]", "{}",
            "65537", "1" + "0" * 5000,
            "[[[[[[[[]]]]]]]]", "[0,0]", "[[0,0,0]]", '[""]', '{"":null}', '"\\ud83d\\ude00"',
        ),
    )
)  # fmt: skip
DEEP = tuple(
    map(Token, ("[" * _DEEP + "]" * _DEEP, '{"a":' * _DEEP + "0" + "}" * _DEEP, '"' + "é" * 100_000 + '"'))
)


def mutate_json(chance: Random, data: bytes, other: bytes) -> bytes:
    """Return a document with one to three changes; sometimes bytes are changed, not values."""
    if chance.random() < 0.15:
        return mutate_bytes(chance, data, other)
    try:
        tree = parsed(data)
    except (ValueError, RecursionError):
        return mutate_bytes(chance, data, other)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        tree = changed(chance, tree)
    return written(tree)


def mutate_sealed(chance: Random, data: bytes, other: bytes) -> bytes:
    """Return an object that had a checksum, changed; its checksum is mostly that of what it is by then."""
    if chance.random() < 0.2:
        return mutate_bytes(chance, data, other)
    changed_ = mutate_json(chance, unsealed(data), unsealed(other))
    fits = chance.random() < 0.8 and changed_.endswith(b"}") and len(changed_) > 2
    return sealed(changed_) if fits else changed_


def mutate_lines(chance: Random, data: bytes, other: bytes) -> bytes:
    """Return a file of such objects, one a line, of which some are changed, moved, torn or others."""
    lines, others = data.split(b"\n"), other.split(b"\n")
    for _ in range(chance.choice((1, 1, 2, 4))):
        place = chance.randrange(len(lines))
        kind = chance.random()
        if kind < 0.6:
            lines[place] = mutate_sealed(chance, lines[place], chance.choice(others))
        elif kind < 0.7:
            lines.insert(place, chance.choice(others))
        elif kind < 0.8:
            lines.insert(place, lines.pop(chance.randrange(len(lines))))
        elif kind < 0.9:
            lines[place] = mutate_bytes(chance, lines[place], other)
        elif len(lines) > 1:
            del lines[place]
    return b"\n".join(lines)


def unsealed(data: bytes) -> bytes:
    """Return an object without the checksum at its end."""
    place = data.rfind(b',"checksum":"crc32:')
    return data[:place] + b"}" if place >= 0 else data


def parsed(data: bytes) -> Any:
    """Return a document as a tree of `Pairs`, lists and `Token`; raises ValueError and RecursionError."""
    text = data.decode("utf-8", "surrogatepass")
    return _tokens(
        json.loads(text, object_pairs_hook=Pairs, parse_int=Token, parse_float=Token, parse_constant=Token)
    )


def written(tree: Any) -> bytes:
    """Return the bytes of a tree."""
    return _written(tree).encode("ascii", "backslashreplace")


def changed(chance: Random, tree: Any) -> Any:
    """Return a tree that differs in one place; the tree that is given is used up."""
    places = [] if isinstance(tree, Token) else list(_places(tree))
    if not places:
        return _value(chance, tree)
    container, key = chance.choice(places)
    if isinstance(container, Pairs):
        _change_pair(chance, container, key)
    else:
        _change_item(chance, container, key)
    return tree if chance.random() < 0.98 else _value(chance, tree)


def _change_pair(chance: Random, pairs: Pairs, place: int) -> None:
    name, value = pairs[place]
    kind = chance.random()
    if kind < 0.75:
        pairs[place] = name, _value(chance, value)
    elif kind < 0.83:
        del pairs[place]
    elif kind < 0.91:
        pairs.insert(chance.randrange(len(pairs) + 1), (name, _value(chance, value)))  # twice
    elif kind < 0.96:
        pairs[place] = name, chance.choice(pairs)[1]
    else:
        pairs[place] = chance.choice((name + "x", "", "type", "format", name.upper())), value


def _change_item(chance: Random, items: list[Any], place: int) -> None:
    kind = chance.random()
    if kind < 0.7:
        items[place] = _value(chance, items[place])
    elif kind < 0.8:
        del items[place]
    elif kind < 0.9:
        items.insert(place, items[place])
    elif kind < 0.98:
        items[place] = chance.choice(items)
    elif isinstance(items[place], Token):
        items[place:place] = [items[place]] * 300


def _value(chance: Random, value: Any) -> Any:
    """Return a value to stand where another stands."""
    if chance.random() < _RARE:
        return chance.choice(DEEP)
    kind = chance.random()
    if kind < 0.5:
        return chance.choice(SCALARS)
    if kind < 0.6:
        return [value]
    if kind < 0.65:
        return Pairs([("a", value)])
    if isinstance(value, Token):
        return _near(chance, value)
    return Token("null")


def _near(chance: Random, token: Token) -> Token:
    """Return a scalar that is nearly another one: a number as a string, or the next number."""
    if token.startswith('"'):
        inner = token[1:-1]
        place = chance.randrange(len(inner) + 1)
        if "\\" in inner:
            return Token('""')
        return Token(
            '"'
            + inner[:place]
            + chance.choice(("", "\\n", "\\u0000", "0", "/", ".."))
            + inner[place + 1 :]
            + '"'
        )
    if token in ("null", "true", "false", "NaN", "Infinity", "-Infinity"):
        return Token(f'"{token}"')
    ways = (f'"{token}"', f"-{token}", f"{token}0", f"{token}.5", f"{token}e9", token[:-1] or "0")
    return Token(chance.choice(ways))


def _places(tree: Any) -> Any:
    waiting = [tree]
    while waiting:
        container = waiting.pop()
        for place, item in enumerate(container):
            value = item[1] if isinstance(container, Pairs) else item
            yield container, place
            if not isinstance(value, Token):
                waiting.append(value)


def _tokens(value: Any) -> Any:
    if isinstance(value, Pairs):
        return Pairs((name, _tokens(one)) for name, one in value)
    if isinstance(value, list):
        return [_tokens(one) for one in value]
    return value if isinstance(value, Token) else Token(json.dumps(value))


def _written(tree: Any) -> str:
    if isinstance(tree, Token):
        return tree
    if isinstance(tree, Pairs):
        return "{" + ",".join(f"{json.dumps(name)}:{_written(one)}" for name, one in tree) + "}"
    return "[" + ",".join(map(_written, tree)) + "]"
