"""The heap of the process: what was freed in the midst of it is given back to the system."""

import ctypes
import gc
import sys
from collections.abc import Callable


def _found() -> Callable[[int], object] | None:
    """Return glibc's ``malloc_trim``; None where there is another C library."""
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


_malloc_trim = _found()


def trim() -> None:
    """Give free pages back to the system, which glibc does by itself only at the end of the heap.

    It takes some milliseconds: it is for moments that take longer and leave much behind, not for a keystroke.
    """
    if _malloc_trim is not None:
        _malloc_trim(0)


def tidy() -> None:
    """Free what only cycles of objects still hold, and give free pages back: for when nothing is asked."""
    gc.collect()
    trim()
