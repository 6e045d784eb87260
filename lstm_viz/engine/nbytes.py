"""The memory that a value and everything it refers to takes."""

import gc
import sys
from collections.abc import Iterable
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

import numpy as np
from torch import Tensor

_ATOMS = (str, bytes, bytearray, int, float, complex)
_SHARED = (type, ModuleType, BuiltinFunctionType, MethodType, type(None), bool)


def nbytes_of(value: object, shared: Iterable[object] = ()) -> int:
    """Return the size in bytes of ``value`` and all objects that are reachable from it.

    Each object counts once, a tensor with its whole storage, a view of an array with its base. Classes,
    functions and modules are part of the program and do not count; the closure of a function does.

    Parameters
    ----------
    value : object
        Anything whose type supports garbage collection, and arrays and tensors.
    shared : iterable
        Objects that are kept alive elsewhere: neither they nor what only they refer to is counted.
    """
    seen, total = {id(part) for part in shared}, 0
    waiting: list[object] = [value]
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, _SHARED):
            continue
        seen.add(id(part))
        total += sys.getsizeof(part, 0)
        if type(part) in _ATOMS:  # most parts: words and numbers
            continue
        if isinstance(part, FunctionType):
            waiting.extend(part.__closure__ or ())
        elif isinstance(part, Tensor):
            total += _storage(part, seen)
        elif isinstance(part, np.ndarray):
            waiting.append(part.base)  # getsizeof includes the data of an array that owns it, not of a view
        elif not isinstance(part, _ATOMS):
            waiting.extend(gc.get_referents(part))
    return total


def _storage(tensor: Tensor, seen: set[int]) -> int:
    """Return the size of a tensor's storage in bytes, 0 where it has been counted already."""
    storage = tensor.untyped_storage()
    place = storage.data_ptr()
    if not place or place in seen:
        return 0
    seen.add(place)
    return storage.nbytes()
