"""Measures how long a running engine has sent no message while a query is pending."""

from dataclasses import dataclass
from typing import Literal

from lstm_viz.messages import Progress

#: After so many seconds without a message a notice is shown.
REPORTED_SECONDS = 2
#: After so many it offers another engine.
OFFERED_SECONDS = 10
#: While the engine is loading that is offered later: torch may load slowly, and would again.
_LOADING_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Silence:
    """An engine that has sent no message for some seconds.

    ``during`` is its state by its last message: ``loading`` before the first, ``computing`` if it has
    received a query, and ``stopped`` otherwise.
    """

    seconds: int
    during: Literal["loading", "computing", "stopped"]

    @property
    def is_long(self) -> bool:
        """Whether another engine is offered."""
        return self.seconds >= (_LOADING_SECONDS if self.during == "loading" else OFFERED_SECONDS)


class Listening:
    """Counts the seconds without a message while a query is pending.

    It counts ticks of a timer instead of reading a clock: after the window was stopped, or the computer
    slept, results may be waiting in the socket.
    """

    def __init__(self) -> None:
        self._loading, self._busy = True, False
        self._sent, self._settled = 0, 0
        self._seconds = 0

    @property
    def is_waiting(self) -> bool:
        """Whether a message is outstanding."""
        return self._loading or self._busy or self._sent != self._settled

    def query_sent(self) -> None:
        """Record that a query was sent."""
        if not self.is_waiting:
            self._seconds = 0
        self._sent += 1

    def message_received(self) -> None:
        """Record that a message arrived."""
        self._seconds = 0

    def engine_loaded(self) -> None:
        """Record that the engine has loaded."""
        self._loading = False

    def take(self, progress: Progress) -> None:
        """Record the engine's progress."""
        self._busy = progress.busy
        if not progress.busy:
            self._settled = progress.received

    def tick(self) -> Silence | None:
        """Count a second that has passed; return the silence if it is to be reported."""
        self._seconds += 1
        if self._loading:
            return Silence(self._seconds, "loading") if self._seconds >= OFFERED_SECONDS else None
        if self._seconds < REPORTED_SECONDS:
            return None
        return Silence(self._seconds, "computing" if self._busy else "stopped")
