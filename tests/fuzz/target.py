"""What is fuzzed: a function that takes bytes, with its inputs to start from and what it may raise."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

#: Takes an input; raises what is wrong, an AssertionError where nothing was raised that should be.
Run = Callable[[bytes], None]
#: Returns a new input, made of one that is known and another one to take pieces from.
Mutator = Callable[[Random, bytes, bytes], bytes]


@dataclass(frozen=True)
class Target:
    """A reader, and how it is fuzzed.

    Attributes
    ----------
    name : str
    open : function of Path to function of bytes to None
        Makes what takes the inputs, one after the other; it may write into this folder.
    seeds : function to sequence of bytes
        Inputs to start from: what our own writers write.
    mutate : Mutator
    allowed : tuple of type
        The exceptions that are declared, and may be raised for any input.
    modules : tuple of str
        The modules whose lines are counted as reached; a package stands for all of its modules.
    share : int
        How many of 20,000 inputs are for this one, in the tests.
    """

    name: str
    open: Callable[[Path], Run]
    seeds: Callable[[], Sequence[bytes]]
    mutate: Mutator
    allowed: tuple[type[BaseException], ...]
    modules: tuple[str, ...]
    share: int


Part = tuple[str, bytes]


def joined(parts: Iterable[Part]) -> bytes:
    """Return labelled pieces of bytes, such as the files of a folder, as one input."""
    return b"".join(b"=== %s %d\n%s\n" % (label.encode(), len(data), data) for label, data in parts)


def parted(data: bytes) -> list[Part]:
    """Return the pieces of an input that `joined` made; of any other bytes, as many as there are."""
    parts: list[Part] = []
    place = 0
    while data.startswith(b"=== ", place) and (end := data.find(b"\n", place)) > 0:
        label, _, size = data[place + 4 : end].rpartition(b" ")
        if not (size.isdigit() and len(size) < 9):
            break
        place = end + 1 + int(size)
        parts.append((label.decode("utf-8", "replace"), data[end + 1 : place]))
        place += 1
    return parts


def mutate_parts(mutators: Callable[[str], Mutator]) -> Mutator:
    """Return what mutates one of the pieces by the mutator of its label, and sometimes which there are."""

    def mutate(chance: Random, data: bytes, other: bytes) -> bytes:
        parts, others = parted(data), parted(other)
        if not parts:
            return other if others else joined([("nothing", b"")])
        place = chance.randrange(len(parts))
        kind = chance.random()
        if kind < 0.03:
            del parts[place]
        elif kind < 0.06 and others:
            parts.insert(place, chance.choice(others))
        elif kind < 0.09:
            parts.append(parts[place])
        for _ in range(chance.choice((1, 1, 2)) if parts else 0):
            place = chance.randrange(len(parts))
            label, piece = parts[place]
            same = [found for name, found in others if name == label] or [piece]
            parts[place] = label, mutators(label)(chance, piece, same[0])
        return joined(parts)

    return mutate
