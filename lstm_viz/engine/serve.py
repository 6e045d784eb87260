"""The loop of the engine: questions in, answers out, over one socket, until the window goes away."""

import os
import socket
import traceback
from collections.abc import Iterable

from lstm_viz.engine.reader import Reader
from lstm_viz.messages import (
    Answer,
    Frames,
    Hello,
    Problem,
    Question,
    Read,
    decode_question,
    encode,
)
from lstm_viz.tagging.presets import PresetError

_CHUNK = 1 << 16


def serve(connection: socket.socket, secret: str, reader: Reader) -> None:
    """Say hello, then answer until the other side closes the connection."""
    connection.sendall(encode(Hello(secret, os.getpid(), reader.models())))
    frames = Frames()
    while data := connection.recv(_CHUNK):
        waiting = [decode_question(body) for body in frames.feed(data + _waiting(connection))]
        for question in newest(waiting):
            answer = answer_to(reader, question)
            if answer is not None:
                connection.sendall(encode(answer))


def newest(questions: Iterable[Question]) -> list[Question]:
    """Return what is still worth an answer: of each kind the last, in the order they came."""
    last = {type(question): question for question in questions}
    return sorted(last.values(), key=lambda question: question.number)


def answer_to(reader: Reader, question: Question) -> Answer | None:
    """Return the answer, which is a `Problem` whenever there is none."""
    try:
        return reader.read(question) if isinstance(question, Read) else reader.explain(question)
    except PresetError as error:
        return Problem(question.number, error.kind, str(error), traceback.format_exc())
    except Exception as error:
        return Problem(question.number, "failed", f"{type(error).__name__}: {error}", traceback.format_exc())


def _waiting(connection: socket.socket) -> bytes:
    """Return what has arrived meanwhile, without waiting for more."""
    pieces = []
    connection.setblocking(False)
    try:
        while piece := connection.recv(_CHUNK):
            pieces.append(piece)
    except BlockingIOError:
        pass
    finally:
        connection.setblocking(True)
    return b"".join(pieces)
