"""The numbers of stored tensors, read from their places in the file.

They are read, not mapped into memory: a mapped file that a training overwrites would end this process.
"""

from collections.abc import Iterable
from typing import BinaryIO

import torch
from torch import Tensor

from lstm_viz.files.errors import reason_of
from lstm_viz.files.named import open_named
from lstm_viz.opening.describe import WeightsFile
from lstm_viz.opening.errors import InvalidFileError, OpeningError, check, damaged
from lstm_viz.opening.reads import display_name, fingerprint, read_into
from lstm_viz.opening.stored import ITEM_BYTES, StoredTensor, contiguous

_BLOCK = 1 << 18  # numbers


def read_numbers(weights: WeightsFile, tensors: Iterable[StoredTensor]) -> dict[StoredTensor, Tensor]:
    """Return tensors on the CPU: float64 if one of them is, else float32.

    Raises
    ------
    OpeningError
        If the file cannot be read, was changed since it was described, or has fewer numbers than the
        tensors.
    MemoryError, RuntimeError
        If there is not enough memory.
    """
    wanted, name = dict.fromkeys(tensors), display_name(weights.path)
    dtype = torch.float64 if any(one.dtype == "float64" for one in wanted) else torch.float32
    try:
        check(sum(one.nbytes for one in wanted) <= weights.fingerprint.size, "weights_overlap")
        with open_named(weights.path) as file:
            if fingerprint(file) != weights.fingerprint:
                raise OpeningError("file_changed", name=name)
            return {one: _read(file, one, dtype) for one in wanted}
    except OSError as error:
        raise OpeningError("file_unreadable", path=str(weights.path), reason=reason_of(error)) from error
    except InvalidFileError as error:
        raise damaged(name, error) from error


def _read(file: BinaryIO, tensor: StoredTensor, dtype: torch.dtype) -> Tensor:
    if not tensor.count:
        return torch.empty(tensor.shape, dtype=dtype)
    flat = _flat(file, tensor.place, tensor.span, tensor.dtype, dtype)
    if tensor.strides == contiguous(tensor.shape):
        return flat.view(tensor.shape)
    return flat.as_strided(tensor.shape, tensor.strides).contiguous()


def _flat(file: BinaryIO, place: int, count: int, stored: str, dtype: torch.dtype) -> Tensor:
    """Return numbers in the order of the file; other types are read in blocks, which take little memory."""
    stored_dtype: torch.dtype = getattr(torch, stored)
    found, item = torch.empty(count, dtype=dtype), ITEM_BYTES[stored]
    block = found if stored_dtype == dtype else torch.empty(min(count, _BLOCK), dtype=stored_dtype)
    for start in range(0, count, len(block)):
        part = block[: count - start]
        read_into(file, place + start * item, part.view(torch.uint8).numpy().data)
        if part.dtype != dtype:
            found[start : start + len(part)] = part
    return found
