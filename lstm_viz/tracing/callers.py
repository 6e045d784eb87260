"""Identification of the module that called a kernel, by the frames on the stack."""

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from torch import Tensor, nn

_MOST_FRAMES = 200
_ORDER = "unsorted_indices"


def calling_frames() -> Iterator[tuple[nn.Module, FrameType]]:
    """Yield the modules whose methods are on the stack, the innermost first, each with its frame.

    This needs neither hooks nor wrappers: the caller of a kernel is on the stack, whether the module was
    called or its ``forward``, and also if it is a copy of a module.
    """
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_MOST_FRAMES):
        if frame is None:
            return
        module = _self_of(frame)
        if module is not None:
            yield module, frame
        frame = frame.f_back


def has_order(frame: FrameType) -> bool:
    """Return whether a frame has the local variable in which `torch.nn` keeps the order of a packed batch."""
    return _ORDER in frame.f_code.co_varnames


def unsorted_of(frame: FrameType) -> Tensor | None:
    """Return the permutation with which `torch.nn` restores the caller's order in a packed batch.

    The kernel receives sorted sequences only. None where the caller's were sorted.
    """
    found = frame.f_locals.get(_ORDER)
    return found if isinstance(found, Tensor) else None


def _self_of(frame: FrameType) -> nn.Module | None:
    # access to f_locals copies the locals, and in Python 3.11 keeps them alive until the frame returns
    if frame.f_code.co_varnames[:1] != ("self",) or frame.f_globals.get("__package__") == __package__:
        return None
    found: Any = frame.f_locals.get("self")
    return found if isinstance(found, nn.Module) else None
