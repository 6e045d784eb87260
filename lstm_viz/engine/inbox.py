"""What the window has asked and nobody has answered yet: of each kind of question only the newest."""

import select
import socket
from collections.abc import Callable

from lstm_viz.messages import Problem, Question
from lstm_viz.wire import Frames, WireError, decode_question, number_in

_CHUNK = 1 << 16
#: Nobody types who has not typed for so long.
_REST_SECONDS = 1.0


class Inbox:
    """The questions that arrive over a connection.

    One that is no question of ours, but has a number, is handed on as the `Problem` that answers it; what has
    no number is dropped, since nobody waits for an answer to it.

    Parameters
    ----------
    connection : socket
    at_rest : callable
        Called once whenever nothing has arrived for a second: the time for what would hold up an answer.

    Attributes
    ----------
    received : int
        How many messages have arrived, whatever was in them.
    """

    def __init__(self, connection: socket.socket, at_rest: Callable[[], object] = lambda: None) -> None:
        self._connection, self._at_rest = connection, at_rest
        self._frames = Frames()
        self._waiting: dict[type | int, Question | Problem] = {}
        self._open = True
        self.received = 0

    def next(self) -> Question | Problem | None:
        """Return the question that was asked first of those that wait, and wait for one where there is none.

        None says that the other side is gone. Raises `lstm_viz.wire.WireError` on a broken stream.
        """
        self._look()
        while self._open and not self._waiting:
            if not select.select([self._connection], [], [], _REST_SECONDS)[0]:
                self._at_rest()
            self._take(self._connection.recv(_CHUNK))
            self._look()
        if not self._open:
            return None
        question = min(self._waiting.values(), key=lambda question: question.number)
        return self._waiting.pop(_key(question))

    def replaces(self, question: Question | Problem) -> bool:
        """Tell whether a newer question of this kind has come, or nobody waits for an answer any more."""
        self._look()
        return not self._open or _key(question) in self._waiting

    def is_empty(self) -> bool:
        """Tell whether no question waits."""
        self._look()
        return not self._waiting

    def _look(self) -> None:
        """Take what has arrived meanwhile, without waiting for more."""
        self._connection.setblocking(False)
        try:
            while self._open:
                self._take(self._connection.recv(_CHUNK))
        except BlockingIOError:
            pass
        finally:
            self._connection.setblocking(True)

    def _take(self, data: bytes) -> None:
        self._open = bool(data)
        for body in self._frames.feed(data):
            self.received += 1
            question = _decoded(body)
            if question is not None:
                self._waiting[_key(question)] = question


def _key(question: Question | Problem) -> type | int:
    """Return what a newer question replaces: one of its kind; the problem with one stays with that."""
    return question.number if isinstance(question, Problem) else type(question)


def _decoded(body: bytes) -> Question | Problem | None:
    try:
        return decode_question(body)
    except WireError as error:  # a setting beyond its limits, for example
        number = number_in(body)
        return None if number is None else Problem(number, "failed", str(error), repr(error))
