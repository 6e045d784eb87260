"""Sends results to the window, and progress messages while they are computed."""

import socket
import traceback
from time import perf_counter

from lstm_viz.errors import CodedError, Parameter
from lstm_viz.messages import AnyResult, Failure, FromEngine, Progress, Reply
from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.subjects.errors import ModelError
from lstm_viz.wire import encode

#: Interval of the progress messages during a long computation.
_PROGRESS_SECONDS = 0.5


class Outbox:
    """Sends messages over a connection; raises OSError where the window has closed it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received, self._sent = 0, 0.0

    def send(self, message: FromEngine) -> None:
        """Send a message."""
        self._write(encode(message))

    def reply(self, number: int, result: AnyResult | Failure) -> None:
        """Send a result of the request ``number``, or a `Failure` where it cannot be encoded."""
        self._write(_encoded(number, result))

    def begin(self, received: int) -> None:
        """Report that one of the ``received`` requests is being computed."""
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
        """Report that none of the ``received`` requests is pending."""
        self.send(Progress(received, busy=False))

    def _write(self, data: bytes) -> None:
        self._connection.sendall(data)
        self._sent = perf_counter()


def failure_of(error: Exception) -> Failure:
    """Return the `Failure` for the exception being handled; surrogates in its texts are escaped."""
    own = error.traceback if isinstance(error, ModelError) else ""
    details = _escaped(own or traceback.format_exc())
    if isinstance(error, CodedError):
        return Failure(error.code, {name: _plain(value) for name, value in error.parameters.items()}, details)
    return Failure("exception", {"type": type(error).__name__, "error": _escaped(str(error))}, details)


def _encoded(number: int, result: AnyResult | Failure) -> bytes:
    try:
        return encode(Reply(number, result))
    except Exception as error:  # too long, or not encodable: the result is a failure then
        if is_out_of_memory(error):
            raise
        return encode(Reply(number, failure_of(error)))


def _plain(value: Parameter) -> Parameter:
    return _escaped(value) if isinstance(value, str) else value


def _escaped(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
