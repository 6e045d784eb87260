"""The heap of the process: one for all threads, whose free pages are returned to the system."""

import ctypes
import gc
import sys
from collections.abc import Callable

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h


def _function(name: str) -> Callable[..., int] | None:
    """Return a function of glibc; None where there is another C library."""
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None), name, None)


_malloc_trim, _mallopt = _function("malloc_trim"), _function("mallopt")


def use_one_arena() -> None:
    """Let all threads allocate from one heap; call it before there are any.

    By default glibc gives threads heaps of their own, up to eight per processor, and what one has freed is of
    no use to the others: window and engines grew by 15 MiB in half an hour of use, instead of 3.
    """
    if _mallopt is not None:
        _mallopt(_ARENA_MAX, 1)


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
