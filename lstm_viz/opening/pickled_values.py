"""The values of the pickles of ``torch.save``: storages and tensors by their declarations, plain containers.

Each function stands for the one of torch or Python that a pickle names, and checks its arguments.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lstm_viz.opening.errors import ForbiddenError, check
from lstm_viz.opening.stored import ITEM_BYTES

_MOST_DIMENSIONS = 64
_INT64 = 1 << 63

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


def is_key(key: Any) -> bool:
    """Return whether a key of a dict is kept; raises `InvalidFileError` for one that cannot be one.

    Tuples are left out: nothing here needs them, a deep one would exhaust the stack of C, and many of them
    can be made to have the same hash.
    """
    check(type(key) is tuple or _is_plain(key), "pickle_invalid")
    return type(key) is not tuple


def _is_plain(value: Any) -> bool:
    if type(value) is int:  # larger ones may all have the same hash
        return -_INT64 <= value < _INT64
    return value is None or type(value) in (str, bool, float, bytes) or isinstance(value, Global)


def storage_of(mark: Any, kind: Any, key: Any, location: Any, *sizes: Any) -> Storage:
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


def called(function: Global, arguments: tuple[Any, ...]) -> Any:
    """Return what a permitted function makes of its arguments; raises `ForbiddenError` for any other."""
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
    return {key: value for key, value in pairs if is_key(key)}


def _set(items: Any = ()) -> set[Any]:
    check(type(items) is list, "pickle_invalid")
    return set(filter(is_key, items))


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
#: All names that a pickle may have.
PERMITTED = frozenset(
    (
        *_FUNCTIONS,
        *_OPAQUE,
        *_STORAGE_TYPES,
        *_CLASSES,
        *(f"torch.{name}" for name in ITEM_BYTES),
        *(f"torch.{kind}" for kind in ("per_tensor_affine", "per_channel_affine")),
    )
)
