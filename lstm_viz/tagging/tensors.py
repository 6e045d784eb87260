"""Tensors as safetensors, with a MemoryError where they do not fit.

Where Python cannot allocate the bytes that safetensors (0.8) is about to return, its Rust code panics, and a
panic that finds no memory for its own backtrace waits for itself forever. So the memory is asked for first.
"""

from collections.abc import Mapping

from safetensors.torch import load as _load
from safetensors.torch import save as _save
from torch import Tensor

_ROOM = 1 << 20  # for the header, and for the panic that must not be


def save(tensors: Mapping[str, Tensor]) -> bytes:
    """Return tensors on the CPU as bytes; raises MemoryError."""
    _check_room(2 * sum(tensor.nbytes for tensor in tensors.values()))  # in Rust, and as Python's bytes
    return _save(dict(tensors))


def load(data: bytes) -> dict[str, Tensor]:
    """Return the tensors in ``data``; raises `safetensors.SafetensorError` or MemoryError."""
    _check_room(2 * len(data))
    return _load(data)


def _check_room(nbytes: int) -> None:
    """Raise MemoryError where so many bytes cannot be allocated; pages that nobody writes to cost nothing."""
    bytearray(nbytes + _ROOM)
