"""The locks of run folders."""

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock


def release(lock: "BaseFileLock") -> None:
    """Release a lock; if the system refuses, it is released when this process ends."""
    with suppress(OSError):
        lock.release()
