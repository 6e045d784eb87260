"""Serialization of tensors as safetensors, which cannot contain code; the bytes may be untrusted.

Where Python cannot allocate the bytes that safetensors (0.8) returns, its Rust code panics, and a panic
without memory for its backtrace deadlocks. So the memory is allocated tentatively first.
"""

from collections.abc import Mapping

import torch
from safetensors import SafetensorError
from safetensors.torch import load as _load
from safetensors.torch import save as _save
from torch import Tensor

from lstm_viz.errors import InvalidError
from lstm_viz.out_of_memory import is_out_of_memory

_ROOM = 1 << 20  # for the header, and as a margin against the panic


def save(tensors: Mapping[str, Tensor]) -> bytes:
    """Return tensors on the CPU as bytes; raises MemoryError."""
    _check_room(2 * sum(tensor.nbytes for tensor in tensors.values()))  # in Rust, and as Python's bytes
    return _save(dict(tensors))


def load(data: bytes) -> dict[str, Tensor]:
    """Return the tensors by name.

    Raises
    ------
    ValueError
        If the bytes are not a safetensors file.
    MemoryError
    """
    _check_room(2 * len(data))
    try:
        return _load(data)
    except (SafetensorError, ValueError, KeyError, RuntimeError, OverflowError) as error:
        if is_out_of_memory(error):
            raise
        raise InvalidError("weights_unreadable", error=str(error)) from error


def as_weights(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors as float32; raises ValueError for a dtype that is not floating, or NaN and ∞."""
    for name, tensor in tensors.items():
        if not tensor.dtype.is_floating_point:
            raise InvalidError("weights_type", name=name)
        if not bool(tensor.isfinite().all()):
            raise InvalidError("weights_not_finite", name=name)
    return {name: tensor.to(torch.float32) for name, tensor in tensors.items()}


def _check_room(nbytes: int) -> None:
    """Raise MemoryError where ``nbytes`` cannot be allocated; pages that are never written cost nothing."""
    bytearray(nbytes + _ROOM)
