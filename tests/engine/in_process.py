"""An engine in this process: the real loop over a pair of sockets, in a thread."""

from contextlib import contextmanager, suppress
from threading import Thread

from lstm_viz.engine.reader import Reader
from lstm_viz.engine.serve import serve
from lstm_viz.messages import Failure, Hello, Reply
from lstm_viz.socket_pair import connected_pair
from lstm_viz.wire import Frames, decode_from_engine
from tests.engine.messages import sent


class Engine:
    """The window's end of a connection."""

    def __init__(self, connection):
        self._connection, self._frames, self._number = connection, Frames(), 0
        self.hello = next(self._messages())
        assert isinstance(self.hello, Hello)

    def ask(self, query):
        """Return the last result of a query, or its failure, and the number of its request."""
        self._number += 1
        number = self._number
        self._connection.sendall(sent(number, query, str(number)))
        for message in self._messages():
            if isinstance(message, Reply) and message.number == number:
                result = message.result
                if isinstance(result, Failure) or not result.is_partial:
                    return result
        raise AssertionError("the engine has closed the connection")

    def _messages(self):
        while data := self._connection.recv(1 << 16):
            yield from map(decode_from_engine, list(self._frames.feed(data)))


def _serve(connection, reader):
    with suppress(ConnectionError):  # closed within a message
        serve(connection, reader)


@contextmanager
def engine_of(*subjects):
    """Serve some subjects in a thread, and yield the window's end."""
    ours, theirs = connected_pair()
    ours.settimeout(120)
    thread = Thread(target=_serve, args=(theirs, Reader(subjects)), daemon=True)
    thread.start()
    try:
        with ours:
            yield Engine(ours)
    finally:
        thread.join(60)
        theirs.close()
        assert not thread.is_alive()
