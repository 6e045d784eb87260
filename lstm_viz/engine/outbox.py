"""Sends results to the window, and progress messages while they are computed."""

import socket
import traceback
from time import perf_counter

from lstm_viz.messages import Failure, FailureKind, Progress, Result
from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.wire import encode

#: Interval of the progress messages during a long computation.
_PROGRESS_SECONDS = 0.5


class Outbox:
    """Sends messages over a connection; raises OSError where the window has closed it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received, self._sent = 0, 0.0

    def send(self, result: Result) -> None:
        """Send a result, or a `Failure` where it cannot be encoded."""
        self._connection.sendall(_encoded(result))
        self._sent = perf_counter()

    def begin(self, received: int) -> None:
        """Report that one of the ``received`` queries is being computed."""
        self._received = received
        self.send(Progress(received, busy=True))

    def report_progress(self) -> None:
        """Report that the computation continues, unless a message was sent a moment ago.

        The computation calls this itself, step by step: a separate thread would also report progress of a
        computation that hangs.
        """
        if perf_counter() - self._sent > _PROGRESS_SECONDS:
            self.send(Progress(self._received, busy=True))

    def end(self, received: int) -> None:
        """Report that none of the ``received`` queries is pending."""
        self.send(Progress(received, busy=False))


def failure(number: int, kind: FailureKind, sentence: str) -> Failure:
    """Return the `Failure` for the exception being handled; surrogates in its texts are escaped."""
    return Failure(number, kind, _escaped(sentence), _escaped(traceback.format_exc()))


def _encoded(result: Result) -> bytes:
    try:
        return encode(result)
    except Exception as error:  # too long, or not encodable: the result is a failure then
        if is_out_of_memory(error):
            raise
        sentence = f"{type(error).__name__}: {error}"
        return encode(failure(getattr(result, "number", 0), "failed", sentence))


def _escaped(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
