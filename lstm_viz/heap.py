"""The heap of the process: free pages in the middle of it are returned to the system."""

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
    """Return free pages to the system, which glibc does by itself only at the end of the heap.

    It takes some milliseconds: call it after longer operations that free much memory, not at a keystroke.
    """
    if _malloc_trim is not None:
        _malloc_trim(0)


def tidy() -> None:
    """Collect garbage and return free pages to the system; for idle times."""
    gc.collect()
    trim()
