"""What the window has asked and nobody has answered yet: of each kind of question only the newest."""

import socket

import msgspec

from lstm_viz.messages import Problem, Question
from lstm_viz.wire import Frames, decode_question, number_of

_CHUNK = 1 << 16


class Inbox:
    """The questions that arrive over a connection.

    One that is no question of ours, but has a number, is handed on as the `Problem` that answers it.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._frames = Frames()
        self._waiting: dict[type, Question | Problem] = {}
        self._open = True

    def next(self) -> Question | Problem | None:
        """Return the question that was asked first of those that wait, and wait for one where there is none.

        None says that the other side is gone.
        """
        self._look()
        while self._open and not self._waiting:
            self._take(self._connection.recv(_CHUNK))
            self._look()
        if not self._open:
            return None
        question = min(self._waiting.values(), key=lambda question: question.number)
        return self._waiting.pop(type(question))

    def replaces(self, question: Question | Problem) -> bool:
        """Tell whether a newer question of this kind has come, or nobody waits for an answer any more."""
        self._look()
        return not self._open or type(question) in self._waiting

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
            question = _decoded(body)
            self._waiting[type(question)] = question


def _decoded(body: bytes) -> Question | Problem:
    try:
        return decode_question(body)
    except msgspec.ValidationError as error:  # a setting beyond its limits, for example
        return Problem(number_of(body), "failed", str(error), repr(error))
