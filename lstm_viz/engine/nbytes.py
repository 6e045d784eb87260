"""How much memory a value holds, with all that it refers to."""

import gc
import sys
from collections.abc import Iterable
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

import numpy as np
from torch import Tensor

_ATOMS = (str, bytes, bytearray, int, float, complex)
_SHARED = (type, ModuleType, BuiltinFunctionType, MethodType, type(None), bool)


def nbytes_of(value: object, shared: Iterable[object] = ()) -> int:
    """Return the bytes that ``value`` keeps from being freed.

    Each object counts once, tensors with their whole storage and views of arrays with the array that they are
    a view of. Classes, functions and modules belong to the program and do not count, but for what a function
    was closed over.

    Parameters
    ----------
    value : object
        Anything whose type takes part in garbage collection, and arrays and tensors.
    shared : iterable
        Objects that something else holds anyway: neither they nor what only they refer to are counted.
    """
    seen, total = {id(part) for part in shared}, 0
    waiting: list[object] = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, _SHARED) or id(part) in seen:
            continue
        seen.add(id(part))
        total += sys.getsizeof(part, 0)
        if isinstance(part, FunctionType):
            waiting.extend(part.__closure__ or ())
        elif isinstance(part, Tensor):
            total += _storage(part, seen)
        elif isinstance(part, np.ndarray):
            waiting.append(part.base)  # getsizeof has the data of an array that owns them, not of a view
        elif not isinstance(part, _ATOMS):
            waiting.extend(gc.get_referents(part))
    return total


def _storage(tensor: Tensor, seen: set[int]) -> int:
    """Return the bytes of a tensor's storage, 0 where a tensor that was counted has the same."""
    storage = tensor.untyped_storage()
    place = storage.data_ptr()
    if not place or place in seen:
        return 0
    seen.add(place)
    return storage.nbytes()
