"""Whether an engine that ended is started again."""

from collections.abc import Callable

#: After this many starts in a row of engines that did not last, the person is asked.
MAX_STARTS = 3
#: An engine has lasted that was ready for so many seconds. An answer does not count: the next question may be
#: the one that ends it.
LASTING_SECONDS = 30.0


class Restarts:
    """Counts the engines in a row that did not last; ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ready: float | None = None
        self._failures = 0

    def ready(self) -> None:
        """Record that the engine can be asked."""
        self._ready = self._clock()

    def ended(self) -> bool:
        """Record that the engine ended; return whether to start another."""
        lasted = self._ready is not None and self._clock() - self._ready >= LASTING_SECONDS
        self._failures = 0 if lasted else self._failures + 1
        self._ready = None
        return self._failures < MAX_STARTS

    def forget(self) -> None:
        """Count from the start again: a person wants another engine."""
        self._ready, self._failures = None, 0
