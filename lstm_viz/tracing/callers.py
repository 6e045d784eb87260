"""Which module called a kernel: its frame tells, and where there is none, the weights."""

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from torch import Tensor, nn

_MOST_FRAMES = 200
_ORDER = "unsorted_indices"


def calling_frames() -> Iterator[tuple[nn.Module, FrameType]]:
    """Yield the modules whose methods are being run, the innermost first, each with its frame.

    Neither hooks nor wrappers are needed for it: whoever calls a kernel is on the stack, whether the module
    was called or its ``forward``, and whatever copy of a module it is.
    """
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_MOST_FRAMES):
        if frame is None:
            return
        module = _self_of(frame)
        if module is not None:
            yield module, frame
        frame = frame.f_back


def tells_order(frame: FrameType) -> bool:
    """Return whether a frame has the local variable in which `torch.nn` keeps the order of a packed batch."""
    return _ORDER in frame.f_code.co_varnames


def unsorted_of(frame: FrameType) -> Tensor | None:
    """Return how `torch.nn` puts the sequences of a packed batch back into the caller's order.

    The kernel is given sorted sequences only. None where the caller's were sorted.
    """
    found = frame.f_locals.get(_ORDER)
    return found if isinstance(found, Tensor) else None


def _self_of(frame: FrameType) -> nn.Module | None:
    # to ask for the locals of a frame copies them, and keeps them alive in Python 3.11 until it is left
    if frame.f_code.co_varnames[:1] != ("self",) or frame.f_globals.get("__package__") == __package__:
        return None
    found: Any = frame.f_locals.get("self")
    return found if isinstance(found, nn.Module) else None
