"""The pending queries of the window: of each type only the newest."""

import select
import socket
from collections.abc import Callable

from lstm_viz.messages import Failure, Query
from lstm_viz.wire import Frames, WireError, decode_query, number_in

_CHUNK = 1 << 16
#: Without a message for this time, the user is not typing.
_IDLE_SECONDS = 1.0


class Inbox:
    """Receives queries over a connection.

    A message that is not a query but has a number is replaced by the `Failure` for that number; one without a
    number is dropped, since no result of it is expected.

    Parameters
    ----------
    connection : socket
    on_idle : callable
        Called once whenever nothing has arrived for a second: for work that would delay a result.

    Attributes
    ----------
    received : int
        The number of messages that have arrived, valid or not.
    """

    def __init__(self, connection: socket.socket, on_idle: Callable[[], object] = lambda: None) -> None:
        self._connection, self._on_idle = connection, on_idle
        self._frames = Frames()
        self._pending: dict[type | int, Query | Failure] = {}
        self._open = True
        self.received = 0

    def next(self) -> Query | Failure | None:
        """Return the oldest pending query; blocks until there is one.

        None once the other side has closed the connection. Raises `lstm_viz.wire.WireError` on a broken
        stream.
        """
        self._receive()
        while self._open and not self._pending:
            if not select.select([self._connection], [], [], _IDLE_SECONDS)[0]:
                self._on_idle()
            self._feed(self._connection.recv(_CHUNK))
            self._receive()
        if not self._open:
            return None
        query = min(self._pending.values(), key=lambda query: query.number)
        return self._pending.pop(_key(query))

    def replaces(self, query: Query | Failure) -> bool:
        """Return whether a newer query of this type has arrived, or the connection is closed."""
        self._receive()
        return not self._open or _key(query) in self._pending

    def is_empty(self) -> bool:
        """Return whether no query is pending."""
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
            self.received += 1
            query = _decoded(body)
            if query is not None:
                self._pending[_key(query)] = query


def _key(query: Query | Failure) -> type | int:
    """Return the key under which a newer query replaces this one: its type; the number of a `Failure`."""
    return query.number if isinstance(query, Failure) else type(query)


def _decoded(body: bytes) -> Query | Failure | None:
    try:
        return decode_query(body)
    except WireError as error:  # for example a setting out of range
        number = number_in(body)
        return None if number is None else Failure(number, "failed", str(error), repr(error))
