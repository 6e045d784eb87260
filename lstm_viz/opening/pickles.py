"""Pickles read as data: the instructions that ``torch.save`` writes, interpreted without any call or import.

It accepts what ``torch.load`` accepts with ``weights_only=True``, and makes plain values: a tensor is its
declaration. A name that stands for anything else is an error with that name. Every value is counted before it
is made, so that a pickle takes no more memory than it is given.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from lstm_viz.opening.errors import ForbiddenError, InvalidFileError, check
from lstm_viz.opening.stored import ITEM_BYTES

_MOST_DIMENSIONS = 64
_INT64 = 1 << 63
_VALUE, _CONTAINER, _ITEM = 48, 120, 100  # bytes, roughly, that Python takes
_LONGEST_NAME = 200

_STORAGES = MappingProxyType(
    {
        "Double": "float64", "Float": "float32", "Half": "float16", "BFloat16": "bfloat16", "Long": "int64",
        "Int": "int32", "Short": "int16", "Char": "int8", "Byte": "uint8", "Bool": "bool",
        "ComplexFloat": "complex64", "ComplexDouble": "complex128",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Global:
    """A permitted name, as "torch.float32"."""

    name: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that is permitted and not readable here: a sparse or quantised tensor, say."""

    name: str


@dataclass(frozen=True, slots=True)
class Storage:
    """A storage by its key: ``count`` numbers of a dtype, ``offset`` of them into the one that is stored."""

    dtype: str
    key: str
    count: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class DeclaredTensor:
    """A tensor by its declaration, which need not hold: see `lstm_viz.opening.torch_files`."""

    storage: Storage
    dtype: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


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
        self.stack[-1].update(zip(map(_key, items[::2]), items[1::2], strict=True))

    def named(self) -> None:
        name = f"{self.line()}.{self.line()}".replace("__builtin__.", "builtins.")
        if name not in _PERMITTED:
            raise ForbiddenError(name)
        self.push(Global(name))

    def call(self) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        check(type(function) is Global and type(arguments) is tuple, "pickle_invalid")
        self.spend(sum(map(_copied_bytes, arguments)))
        self.push(_called(function, arguments), _CONTAINER)

    def build(self) -> None:
        """Leave out the state of an object, as ``_metadata`` of a state dict."""
        self.stack.pop()
        check(isinstance(self.stack[-1], dict | DeclaredTensor), "pickle_invalid")

    def persistent(self) -> None:
        self.push(_storage(*self.stack.pop()), _CONTAINER)


def _copied_bytes(argument: Any) -> int:
    """Return how many bytes a copy of an argument takes: a call may be repeated on the same one."""
    if isinstance(argument, list | dict | tuple):
        return _ITEM * len(argument)
    return len(argument) if isinstance(argument, str) else 0


def _key(key: Any) -> Any:
    """Return the key of a dict if it is plain: hashing a deep tuple would exhaust the stack of C."""
    parts = key if type(key) is tuple else (key,)
    check(len(parts) <= _MOST_DIMENSIONS and all(map(_is_plain, parts)), "pickle_invalid")
    return key


def _is_plain(value: Any) -> bool:
    if type(value) is int:  # larger ones may all have the same hash
        return -_INT64 <= value < _INT64
    return value is None or type(value) in (str, bool, float, bytes) or isinstance(value, Global)


def _storage(mark: Any, kind: Any, key: Any, location: Any, *sizes: Any) -> Storage:
    """Return a storage by its persistent id; files of torch before 1.6 have views into others."""
    count, view = sizes[0], sizes[1] if len(sizes) > 1 else None
    check(mark == "storage" and type(kind) is Global and type(key) in (str, int), "pickle_invalid")
    dtype = _STORAGE_TYPES.get(kind.name)
    check(dtype is not None and _is_size(count), "pickle_invalid")
    assert dtype is not None
    if view is None:
        return Storage(dtype, str(key), count)
    _, offset, size = view
    check(_is_size(offset) and _is_size(size), "pickle_invalid")
    return Storage(dtype, str(key), size, offset)


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 <= value < _INT64


def _called(function: Global, arguments: tuple[Any, ...]) -> Any:
    if function.name in _OPAQUE:
        return Opaque(function.name)
    called = _FUNCTIONS.get(function.name)
    if called is None:
        raise ForbiddenError(function.name)
    return called(*arguments)


def _tensor(storage: Any, offset: Any, shape: Any, strides: Any, *rest: Any) -> DeclaredTensor:
    check(type(storage) is Storage and type(shape) is tuple and type(strides) is tuple, "pickle_invalid")
    check(len(shape) == len(strides) <= _MOST_DIMENSIONS, "pickle_invalid")
    check(all(map(_is_size, (offset, *shape, *strides))), "pickle_invalid")
    return DeclaredTensor(storage, storage.dtype, offset, shape, strides)


def _typed_tensor(storage: Any, offset: Any, shape: Any, strides: Any, *rest: Any) -> DeclaredTensor:
    """Return a tensor of a dtype that has no storage of its own."""
    found, dtype = _tensor(storage, offset, shape, strides), rest[2]
    check(type(dtype) is Global and dtype.name.removeprefix("torch.") in ITEM_BYTES, "pickle_invalid")
    return DeclaredTensor(found.storage, dtype.name.removeprefix("torch."), offset, shape, strides)


def _parameter(tensor: Any, *rest: Any) -> DeclaredTensor:
    check(type(tensor) is DeclaredTensor, "pickle_invalid")
    found: DeclaredTensor = tensor
    return found


def _of_type(function: Any, kind: Any, arguments: Any, state: Any) -> Any:
    """Return a tensor with attributes, without these."""
    known = type(function) is Global and function.name in _REBUILD and type(arguments) is tuple
    check(known and type(kind) is Global, "pickle_invalid")
    return _REBUILD[function.name](*arguments)


def _mapping(items: Any = ()) -> dict[Any, Any]:
    pairs = items.items() if type(items) is dict else items
    return {_key(key): value for key, value in pairs}


def _set(items: Any = ()) -> set[Any]:
    check(type(items) is list, "pickle_invalid")
    return set(map(_key, items))


def _size(items: Any = ()) -> tuple[Any, ...]:
    check(type(items) in (tuple, list) and len(items) <= _MOST_DIMENSIONS, "pickle_invalid")
    return tuple(items)


def _encoded(text: Any, encoding: Any = "latin1") -> bytes:
    check(type(text) is str and encoding in ("latin1", "latin-1"), "pickle_invalid")
    found: bytes = text.encode("latin-1")
    return found


def _device(*where: Any) -> str:
    check(all(type(part) in (str, int) for part in where), "pickle_invalid")
    return ":".join(map(str, where))


def _complex(real: Any, imaginary: Any) -> complex:
    check(type(real) is type(imaginary) is float, "pickle_invalid")
    return complex(real, imaginary)


_REBUILD: Mapping[str, Callable[..., DeclaredTensor]] = MappingProxyType(
    {
        "torch._utils._rebuild_tensor": _tensor,
        "torch._utils._rebuild_tensor_v2": _tensor,
        "torch._utils._rebuild_tensor_v3": _typed_tensor,
        "torch._utils._rebuild_parameter": _parameter,
        "torch._utils._rebuild_parameter_with_state": _parameter,
    }
)
_FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        **_REBUILD,
        "torch._tensor._rebuild_from_type_v2": _of_type,
        "torch.nn.parameter.Parameter": _parameter,
        "torch.Size": _size,
        "torch.device": _device,
        "collections.OrderedDict": _mapping,
        "collections.Counter": _mapping,
        "builtins.set": _set,
        "builtins.complex": _complex,
        "builtins.bytearray": _encoded,
        "_codecs.encode": _encoded,
    }
)
#: Tensors whose numbers are in no plain storage: weights_only permits them, and nothing here reads them.
_OPAQUE = frozenset(
    f"torch._utils._rebuild_{kind}"
    for kind in (
        "sparse_tensor", "sparse_csr_tensor", "nested_tensor", "qtensor", "meta_tensor_no_storage",
        "device_tensor_from_numpy", "device_tensor_from_cpu_tensor", "wrapper_subclass", "xla_tensor",
    )
)  # fmt: skip
_STORAGE_TYPES: Mapping[str, str] = MappingProxyType(
    {f"torch.{name}Storage": dtype for name, dtype in _STORAGES.items()}
    | {"torch.storage.UntypedStorage": "uint8", "torch.UntypedStorage": "uint8"}
)
_CLASSES = ("torch.Tensor", "torch.nn.parameter.Buffer", "torch.serialization._get_layout")
_PERMITTED = frozenset(
    (
        *_FUNCTIONS,
        *_OPAQUE,
        *_STORAGE_TYPES,
        *_CLASSES,
        *(f"torch.{name}" for name in ITEM_BYTES),
        *(f"torch.{kind}" for kind in ("per_tensor_affine", "per_channel_affine")),
    )
)

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
