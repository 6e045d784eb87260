"""Pickles read as data: the instructions that ``torch.save`` writes, interpreted without any call or import.

What ``torch.load`` accepts with ``weights_only=True`` is accepted, and becomes plain values: a tensor is its
declaration. A name that stands for anything else is an error with that name. Every value is counted before it
is made, so that a pickle takes no more memory than it is given.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from lstm_viz.opening.errors import ForbiddenError, InvalidFileError, check
from lstm_viz.opening.pickled_values import PERMITTED, DeclaredTensor, Global, called, is_key, storage_of

_VALUE, _CONTAINER, _ITEM = 48, 120, 100  # bytes, roughly, that Python takes
_LONGEST_NAME = 200
_MOST_PARTS = 6  # of the persistent id of a storage


def read_pickle(data: bytes, place: int, room: int) -> tuple[Any, int]:
    """Return the value of the pickle at a place, and the place behind it.

    Parameters
    ----------
    data : bytes
    place : int
    room : int
        How many bytes its values may take, roughly.

    Returns
    -------
    value : None, bool, int, float, complex, str, bytes, list, tuple, set, dict, DeclaredTensor, Storage, ...
    end : int

    Raises
    ------
    ForbiddenError
        If it asks for something that is not weights.
    InvalidFileError
        If it is damaged, or too large.
    """
    machine = _Machine(data, place, room)
    try:
        return machine.run(), machine.place
    except (ForbiddenError, InvalidFileError):
        raise
    except (LookupError, TypeError, ValueError, ArithmeticError, struct.error, RecursionError) as error:
        raise InvalidFileError("pickle_invalid") from error


@dataclass(slots=True)
class _Machine:
    data: bytes
    place: int
    room: int
    stack: list[Any] = field(default_factory=list)
    marks: list[list[Any]] = field(default_factory=list)
    memo: list[Any] = field(default_factory=list)

    def run(self) -> Any:
        while (code := self.take(1)[0]) != _STOP:
            instruction = _INSTRUCTIONS.get(code)
            check(instruction is not None, "pickle_invalid")
            assert instruction is not None
            instruction(self)
        return self.stack.pop()

    def take(self, size: int) -> bytes:
        end = self.place + size
        check(end <= len(self.data), "pickle_invalid")
        taken = self.data[self.place : end]
        self.place = end
        return taken

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def line(self) -> str:
        end = self.data.index(b"\n", self.place, self.place + _LONGEST_NAME)
        return self.take(end + 1 - self.place)[:-1].decode()

    def spend(self, size: int) -> None:
        self.room -= size
        check(self.room >= 0, "pickle_too_large")

    def push(self, value: Any, size: int = _VALUE) -> None:
        self.spend(size)
        self.stack.append(value)

    def pop_mark(self) -> list[Any]:
        items, self.stack = self.stack, self.marks.pop()
        return items

    def mark(self) -> None:
        self.spend(_CONTAINER)
        self.marks.append(self.stack)
        self.stack = []

    def text(self) -> None:
        size = self.number("<I")
        self.spend(5 * size)  # a character of the string may take four bytes for one
        self.push(self.take(size).decode("utf-8", "replace"))

    def byte_text(self) -> None:
        self.push(self.take(self.number("<B")).decode("latin-1"))

    def long(self) -> None:
        self.push(int.from_bytes(self.take(self.number("<B")), "little", signed=True), 2 * _VALUE)

    def get(self, form: str) -> None:
        self.push(self.memo[self.number(form)])

    def put(self, form: str) -> None:
        """Keep the value on top; the places are counted up, with few left out."""
        place = self.number(form)
        missing = place + 1 - len(self.memo)
        if missing > 0:
            self.spend(16 * missing)
            self.memo.extend([None] * missing)
        self.memo[place] = self.stack[-1]

    def tuple_of(self, count: int) -> None:
        items = tuple(self.stack[-count:])
        check(len(items) == count, "pickle_invalid")
        del self.stack[-count:]
        self.push(items, _CONTAINER)

    def marked_tuple(self) -> None:
        items = self.pop_mark()
        self.push(tuple(items), _CONTAINER + 8 * len(items))

    def append(self) -> None:
        item = self.stack.pop()
        self.extend([item])

    def extend(self, items: list[Any]) -> None:
        check(type(self.stack[-1]) is list, "pickle_invalid")
        self.spend(8 * len(items))
        self.stack[-1].extend(items)

    def set_item(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self.set_items([key, value])

    def set_items(self, items: list[Any]) -> None:
        check(type(self.stack[-1]) is dict, "pickle_invalid")
        self.spend(_ITEM * len(items) // 2)
        pairs = zip(items[::2], items[1::2], strict=True)
        self.stack[-1].update((key, value) for key, value in pairs if is_key(key))

    def named(self) -> None:
        name = f"{self.line()}.{self.line()}".replace("__builtin__.", "builtins.")
        if name not in PERMITTED:
            raise ForbiddenError(name)
        self.push(Global(name))

    def call(self) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        check(type(function) is Global and type(arguments) is tuple, "pickle_invalid")
        self.spend(8 * len(arguments))
        self.spend(sum(map(_copied_bytes, arguments)))
        self.push(called(function, arguments), _CONTAINER)

    def build(self) -> None:
        """Leave out the state of an object, as ``_metadata`` of a state dict."""
        self.stack.pop()
        check(isinstance(self.stack[-1], dict | DeclaredTensor), "pickle_invalid")

    def persistent(self) -> None:
        parts = self.stack.pop()
        check(type(parts) is tuple and len(parts) <= _MOST_PARTS, "pickle_invalid")
        self.push(storage_of(*parts), _CONTAINER)


def _copied_bytes(argument: Any) -> int:
    """Return how many bytes a copy of an argument takes: a call may be repeated on the same one."""
    if isinstance(argument, list | dict | tuple):
        return _ITEM * len(argument)
    return len(argument) if isinstance(argument, str) else 0


_STOP = ord(".")
_INSTRUCTIONS: Mapping[int, Callable[[_Machine], object]] = MappingProxyType(
    {
        0x80: lambda machine: machine.take(1),  # PROTO
        ord("("): _Machine.mark,
        ord("N"): lambda machine: machine.push(None),
        0x88: lambda machine: machine.push(True),
        0x89: lambda machine: machine.push(False),
        ord("J"): lambda machine: machine.push(machine.number("<i")),
        ord("K"): lambda machine: machine.push(machine.number("<B")),
        ord("M"): lambda machine: machine.push(machine.number("<H")),
        ord("G"): lambda machine: machine.push(machine.number(">d")),
        0x8A: _Machine.long,
        ord("X"): _Machine.text,
        ord("U"): _Machine.byte_text,
        ord(")"): lambda machine: machine.push(()),
        ord("]"): lambda machine: machine.push([], _CONTAINER),
        ord("}"): lambda machine: machine.push({}, _CONTAINER),
        0x8F: lambda machine: machine.push(set(), 2 * _CONTAINER),
        ord("t"): _Machine.marked_tuple,
        0x85: lambda machine: machine.tuple_of(1),
        0x86: lambda machine: machine.tuple_of(2),
        0x87: lambda machine: machine.tuple_of(3),
        ord("a"): _Machine.append,
        ord("e"): lambda machine: machine.extend(machine.pop_mark()),
        ord("s"): _Machine.set_item,
        ord("u"): lambda machine: machine.set_items(machine.pop_mark()),
        ord("h"): lambda machine: machine.get("<B"),
        ord("j"): lambda machine: machine.get("<I"),
        ord("q"): lambda machine: machine.put("<B"),
        ord("r"): lambda machine: machine.put("<I"),
        ord("c"): _Machine.named,
        ord("R"): _Machine.call,
        0x81: _Machine.call,  # NEWOBJ
        ord("b"): _Machine.build,
        ord("Q"): _Machine.persistent,
    }
)
