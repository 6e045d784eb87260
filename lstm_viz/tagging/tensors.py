"""Tensors from bytes that are not trusted: safetensors, which cannot carry code."""

from collections.abc import Mapping

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor


def load_tensors(data: bytes) -> dict[str, Tensor]:
    """Return the tensors by name; raises ValueError where the bytes are no safetensors file."""
    try:
        return load(data)
    except (SafetensorError, ValueError, KeyError, RuntimeError, OverflowError) as error:
        raise ValueError(str(error)) from error


def as_weights(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors as float32; raises ValueError where one is no floating point type, or not finite."""
    for name, tensor in tensors.items():
        if not tensor.dtype.is_floating_point:
            raise ValueError(f"{name} is not of a floating point type")
        if not bool(tensor.isfinite().all()):
            raise ValueError(f"a number in {name} is not finite")
    return {name: tensor.to(torch.float32) for name, tensor in tensors.items()}
