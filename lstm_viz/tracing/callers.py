"""Identification of the module that called a kernel, by the frames on the stack."""

import sys
from types import FrameType
from typing import Any

from torch import Tensor, nn

_MOST_FRAMES = 200
_ORDER = "unsorted_indices"
#: The references to a frame's f_locals while `_local` reads them: of the frame, the variable, the argument.
_OWN_REFERENCES = 3


def calling_module() -> tuple[nn.Module, FrameType] | tuple[None, None]:
    """Return the module of the innermost method of a module on the stack, and the frame of the method.

    This needs neither hooks nor wrappers: the caller of a kernel is on the stack, whether the module was
    called or its ``forward``, and also if it is a copy of a module.
    """
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_MOST_FRAMES):
        if frame is None:
            break
        module = _self_of(frame)
        if module is not None:
            return module, frame
        frame = frame.f_back
    return None, None


def has_order(frame: FrameType) -> bool:
    """Return whether a frame has the local variable in which `torch.nn` keeps the order of a packed batch."""
    return _ORDER in frame.f_code.co_varnames


def unsorted_of(frame: FrameType) -> Tensor | None:
    """Return the permutation with which `torch.nn` restores the caller's order in a packed batch.

    The kernel receives sorted sequences only. None where the caller's were sorted.
    """
    found = _local(frame, _ORDER)
    return found if isinstance(found, Tensor) else None


def _self_of(frame: FrameType) -> nn.Module | None:
    if frame.f_code.co_varnames[:1] != ("self",) or frame.f_globals.get("__package__") == __package__:
        return None
    found = _local(frame, "self")
    return found if isinstance(found, nn.Module) else None


def _local(frame: FrameType, name: str) -> Any:
    """Return a local variable of a frame, None if it is not bound.

    Before Python 3.13, the first access to f_locals makes a dict of all locals that the frame owns until it
    returns: a tensor that the caller deletes in the meantime would not be freed. So the dict is emptied,
    unless the caller has it too, from ``locals()``.
    """
    found = frame.f_locals
    value = found.get(name)
    if sys.version_info < (3, 13) and sys.getrefcount(found) == _OWN_REFERENCES:
        found.clear()
    return value
