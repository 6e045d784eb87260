"""The pending requests of the window: of each key only the newest."""

import select
import socket
from collections.abc import Callable
from dataclasses import dataclass

from lstm_viz.messages import Cancel, Envelope, Failure
from lstm_viz.wire import Frames, WireError, decode_to_engine, number_in

_CHUNK = 1 << 16
#: Without a message for this time, the user is not typing.
_IDLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Invalid:
    """A request that cannot be decoded, and its failure."""

    number: int
    failure: Failure


class Inbox:
    """Receives requests over a connection.

    An invalid one that has a number is `Invalid`; one without a number is dropped, since no result of it is
    expected.

    Parameters
    ----------
    connection : socket
    on_idle : callable
        Called once whenever nothing has arrived for a second: for work that would delay a result.

    Attributes
    ----------
    received : int
        The number of requests that have arrived, valid or not.
    """

    def __init__(self, connection: socket.socket, on_idle: Callable[[], object] = lambda: None) -> None:
        self._connection, self._on_idle = connection, on_idle
        self._frames = Frames()
        self._pending: dict[str | int, Envelope | Invalid] = {}
        self._current: int | None = None
        self._cancelled: set[int] = set()
        self._open = True
        self.received = 0

    def next(self) -> Envelope | Invalid | None:
        """Return the oldest pending request; blocks until there is one.

        None once the other side has closed the connection. Raises `lstm_viz.wire.WireError` on a broken
        stream.
        """
        self._current = None
        self._cancelled.intersection_update(request.number for request in self._pending.values())
        self._receive()
        while self._open and not self._pending:
            if not select.select([self._connection], [], [], _IDLE_SECONDS)[0]:
                self._on_idle()
            self._feed(self._connection.recv(_CHUNK))
            self._receive()
        if not self._open:
            return None
        request = min(self._pending.values(), key=lambda request: request.number)
        self._current = request.number
        return self._pending.pop(_key(request))

    def replaces(self, request: Envelope | Invalid) -> bool:
        """Return whether a newer request with this key or its cancellation has arrived.

        So it is if the connection is closed.
        """
        self._receive()
        return not self._open or _key(request) in self._pending or self.is_cancelled(request)

    def is_cancelled(self, request: Envelope | Invalid) -> bool:
        """Return whether the request is cancelled, by what has been received so far."""
        return request.number in self._cancelled

    def is_empty(self) -> bool:
        """Return whether no request is pending."""
        self._receive()
        return not self._pending

    def _receive(self) -> None:
        """Read all bytes that have arrived, without blocking."""
        self._connection.setblocking(False)
        try:
            while self._open:
                self._feed(self._connection.recv(_CHUNK))
        except BlockingIOError:
            pass
        finally:
            self._connection.setblocking(True)

    def _feed(self, data: bytes) -> None:
        self._open = bool(data)
        for body in self._frames.feed(data):
            self._take(body)

    def _take(self, body: bytes) -> None:
        try:
            message = decode_to_engine(body)
        except WireError as error:  # for example a setting out of range
            self.received += 1
            number = number_in(body)
            if number is not None:
                self._pending[number] = Invalid(number, _failure(error))
            return
        if isinstance(message, Envelope):
            self.received += 1
            self._pending[message.key] = message
        else:
            self._cancel(message)

    def _cancel(self, message: Cancel) -> None:
        """Record the cancellation of a request that has no last result yet.

        A pending one stays pending: `next` returns it, so that its end is reported as any other's.
        """
        numbers = {request.number for request in self._pending.values()} | {self._current}
        if message.number in numbers:
            self._cancelled.add(message.number)


def _key(request: Envelope | Invalid) -> str | int:
    """Return the key under which a newer request replaces this one; an invalid one is not replaced."""
    return request.key if isinstance(request, Envelope) else request.number


def _failure(error: WireError) -> Failure:
    return Failure("query_invalid", {"error": str(error)}, repr(error))
