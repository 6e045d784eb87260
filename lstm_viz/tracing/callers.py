"""Which module called a kernel: its frame tells, and where there is none, the weights."""

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from torch import Tensor, nn

_MOST_FRAMES = 200


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


def unsorted_of(frame: FrameType) -> Tensor | None:
    """Return how `torch.nn` puts the sequences of a packed batch back into the caller's order.

    The kernel is given sorted sequences only; that is a local variable of ``nn.RNNBase``'s ``forward``.
    """
    found = frame.f_locals.get("unsorted_indices")
    return found if isinstance(found, Tensor) else None


def _self_of(frame: FrameType) -> nn.Module | None:
    code = frame.f_code
    if not code.co_argcount:
        return None
    first: Any = frame.f_locals.get(code.co_varnames[0])
    return first if isinstance(first, nn.Module) else None
