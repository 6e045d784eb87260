"""Tensors as they are stored in a file: type, shape and place; their numbers are not read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from types import MappingProxyType

#: The types of tensors by their names in torch, with the bytes of a number.
ITEM_BYTES: Mapping[str, int] = MappingProxyType(
    {
        "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1, "float8_e5m2": 1,
        "float8_e4m3fnuz": 1, "float8_e5m2fnuz": 1, "float8_e8m0fnu": 1, "complex32": 4, "complex64": 8,
        "complex128": 16, "int64": 8, "int32": 4, "int16": 2, "int8": 1, "uint64": 8, "uint32": 4,
        "uint16": 2, "uint8": 1, "bool": 1,
    }
)  # fmt: skip

_FLOATING = frozenset(("float64", "float32", "float16", "bfloat16"))
#: The most characters of the name of a tensor.
LONGEST_NAME = 300


@dataclass(frozen=True)
class StoredTensor:
    """A tensor in a file.

    Attributes
    ----------
    dtype : str
        As in torch: a key of `ITEM_BYTES`.
    shape, strides : tuple of int
        Strides in numbers, not bytes.
    place : int
        Where its first number is, in bytes from the start of the file.
    """

    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    place: int

    @cached_property
    def count(self) -> int:
        """How many numbers it has."""
        return prod(self.shape)

    @cached_property
    def nbytes(self) -> int:
        """The size of its numbers in bytes."""
        return self.count * ITEM_BYTES[self.dtype]

    @property
    def span(self) -> int:
        """How many numbers of the file lie from its first to its last one."""
        return span(self.shape, self.strides)

    @property
    def is_floating(self) -> bool:
        """Whether it can be a weight: its numbers are real, and a module can compute with them."""
        return self.dtype in _FLOATING


def span(shape: tuple[int, ...], strides: tuple[int, ...]) -> int:
    """Return how many numbers lie from the first one of a tensor to the last; 0 of an empty one."""
    if not all(shape):
        return 0
    return 1 + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))


def contiguous(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the strides of a contiguous tensor."""
    return tuple(prod(shape[place + 1 :]) for place in range(len(shape)))
