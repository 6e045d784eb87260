"""The locks of run folders."""

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock


def release(lock: "BaseFileLock") -> None:
    """Release a lock; where the system refuses that, it is released when this process ends."""
    with suppress(OSError):
        lock.release()
