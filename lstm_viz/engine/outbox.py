"""What the engine says to the window: answers, and in between that it is at work."""

import socket
import traceback
from time import perf_counter
from typing import Literal

from lstm_viz.messages import Answer, Problem, Progress
from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.wire import encode

#: Within a long computation the window hears so often that it goes on.
_PROGRESS_SECONDS = 0.5


class Outbox:
    """Sends over a connection; raises OSError where the window is gone."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received, self._sent = 0, 0.0

    def send(self, answer: Answer) -> None:
        """Send an answer, or the `Problem` that it cannot be sent."""
        self._connection.sendall(_encoded(answer))
        self._sent = perf_counter()

    def begin(self, received: int) -> None:
        """Say that one of the ``received`` questions is worked on."""
        self._received = received
        self.send(Progress(received, busy=True))

    def go_on(self) -> None:
        """Say that it is still worked on, unless something was said a moment ago.

        The computation calls this itself, step by step: a thread of its own would say so of a computation
        that hangs, too.
        """
        if perf_counter() - self._sent > _PROGRESS_SECONDS:
            self.send(Progress(self._received, busy=True))

    def rest(self, received: int) -> None:
        """Say that none of the ``received`` questions waits for an answer any more."""
        self.send(Progress(received, busy=False))


def problem(number: int, kind: Literal["damaged", "missing", "failed"], sentence: str) -> Problem:
    """Return the `Problem` of the exception at hand; what cannot be sent of its texts is escaped."""
    return Problem(number, kind, _escaped(sentence), _escaped(traceback.format_exc()))


def _encoded(answer: Answer) -> bytes:
    try:
        return encode(answer)
    except Exception as error:  # too long, or not to be encoded: that is an answer too
        if is_out_of_memory(error):
            raise
        sentence = f"{type(error).__name__}: {error}"
        return encode(problem(getattr(answer, "number", 0), "failed", sentence))


def _escaped(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
