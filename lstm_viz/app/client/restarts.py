"""Decides whether an engine that ended is restarted."""

from collections.abc import Callable

#: After this many engines in a row that ended early, none is restarted automatically.
MAX_STARTS = 3
#: An engine that was ready for fewer seconds ended early. Results do not count: the next query may be the one
#: that crashes it.
LASTING_SECONDS = 30.0


class RestartPolicy:
    """Counts the engines in a row that ended early; ``clock`` returns seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ready: float | None = None
        self._failures = 0

    def ready(self) -> None:
        """Record that the engine is ready."""
        self._ready = self._clock()

    def ended(self) -> bool:
        """Record that the engine ended; return whether to start another."""
        lasted = self._ready is not None and self._clock() - self._ready >= LASTING_SECONDS
        self._failures = 0 if lasted else self._failures + 1
        self._ready = None
        return self._failures < MAX_STARTS

    def forget(self) -> None:
        """Reset the count, since the user requests another engine."""
        self._ready, self._failures = None, 0
