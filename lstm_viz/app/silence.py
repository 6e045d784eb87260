"""How long an engine that runs has left a query without any message."""

from dataclasses import dataclass
from typing import Literal

from lstm_viz.messages import Progress

#: After so many seconds without a word the person is told.
TOLD_SECONDS = 2
#: After so many they are offered another engine.
OFFERED_SECONDS = 10
#: Loading torch may take as long from a slow disk, and would take as long again: that is offered later.
_LOADING_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Silence:
    """An engine that has said nothing for some seconds.

    ``during`` is what it does by its own last word: it is ``loading`` before its first, ``computing`` when it
    has taken a question up; and it has ``stopped`` if it did not even do that.
    """

    seconds: int
    during: Literal["loading", "computing", "stopped"]

    @property
    def is_long(self) -> bool:
        """Whether another engine is offered."""
        return self.seconds >= (_LOADING_SECONDS if self.during == "loading" else OFFERED_SECONDS)


class Listening:
    """Counts the seconds in which an engine with a query to answer sends no message.

    It counts ticks of a timer instead of reading a clock: a window that was stopped itself, or whose computer
    slept, has not heard the engine for an hour, and finds its answers waiting.
    """

    def __init__(self) -> None:
        self._loading, self._busy = True, False
        self._asked, self._settled = 0, 0
        self._seconds = 0

    @property
    def waits(self) -> bool:
        """Whether a message is outstanding."""
        return self._loading or self._busy or self._asked != self._settled

    def asked(self) -> None:
        """Count a question that was sent."""
        if not self.waits:
            self._seconds = 0
        self._asked += 1

    def heard(self) -> None:
        """Record that a message arrived."""
        self._seconds = 0

    def greeted(self) -> None:
        """Record that it has loaded."""
        self._loading = False

    def take(self, progress: Progress) -> None:
        """Record what it does."""
        self._busy = progress.busy
        if not progress.busy:
            self._settled = progress.received

    def tick(self) -> Silence | None:
        """Count a second that has passed; return the silence, if it is one to tell of."""
        self._seconds += 1
        if self._loading:
            return Silence(self._seconds, "loading") if self._seconds >= OFFERED_SECONDS else None
        if self._seconds < TOLD_SECONDS:
            return None
        return Silence(self._seconds, "computing" if self._busy else "stopped")
