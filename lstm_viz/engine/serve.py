"""The loop of the engine: questions in, answers out, over one socket, until the window goes away."""

import os
import socket
import traceback
from collections.abc import Iterator
from typing import Literal

from lstm_viz.engine.ablating import ablate
from lstm_viz.engine.desk import Desk
from lstm_viz.engine.inbox import Inbox
from lstm_viz.engine.owing import owe
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import (
    Ablate,
    Answer,
    ArithmeticQuery,
    Confused,
    Explain,
    Flow,
    Hello,
    InputQuery,
    Owe,
    PathQuery,
    Probe,
    Problem,
    Question,
    Read,
    Remember,
    ScoreQuery,
    StateQuery,
    Survey,
)
from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.runs.errors import RunError
from lstm_viz.tagging.presets import PresetError
from lstm_viz.training.corpora import CorpusError
from lstm_viz.wire import encode

_SHORTAGE = "There is not enough memory for this. A shorter text or a smaller model takes less."


def serve(connection: socket.socket, secret: str, reader: Reader) -> None:
    """Say hello, then answer until the other side closes the connection."""
    connection.sendall(encode(Hello(secret, os.getpid(), reader.models())))
    inbox, desk = Inbox(connection), Desk(reader.runs)
    while (question := inbox.next()) is not None:
        for body in bodies(reader, desk, question):
            connection.sendall(body)
            if inbox.replaces(question):
                break


def bodies(reader: Reader, desk: Desk, question: Question | Problem) -> Iterator[bytes]:
    """Yield the answers to a question as they are sent.

    Where there is not enough memory for one, what was kept for later questions is let go of.
    """
    try:
        yield from map(encode, answers(reader, desk, question))
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        details = traceback.format_exc()
        error.__traceback__ = None  # its frames hold what took the memory
        reader.forget()
        desk.forget()
        yield encode(Problem(question.number, "failed", _SHORTAGE, details))


def answers(reader: Reader, desk: Desk, question: Question | Problem) -> Iterator[Answer]:
    """Yield the answers to a question, each the whole of what is known so far.

    A `Problem` is the last whenever there is no answer, or not to all of the question. That memory is short
    is raised.
    """
    try:
        yield from _answers(reader, desk, question)
    except (PresetError, RunError) as error:
        damaged = error.kind != "missing"
        yield _problem(question, "damaged" if damaged else "missing", error)
    except CorpusError as error:
        yield _problem(question, "missing", error)
    except Exception as error:
        if is_out_of_memory(error):
            raise
        sentence = f"{type(error).__name__}: {error}"
        yield Problem(question.number, "failed", sentence, traceback.format_exc())


def _answers(reader: Reader, desk: Desk, question: Question | Problem) -> Iterator[Answer]:
    match question:
        case Read():
            yield reader.read(question)
        case Explain() | Remember() | StateQuery() | ScoreQuery() | PathQuery() | InputQuery():
            answer = _of_latest(reader, question)
            if answer is not None:
                yield answer
        case Owe():
            yield from owe(reader, question)
        case Ablate():
            yield from ablate(reader, question)
        case Survey():
            yield desk.survey(question)
        case Probe():
            yield from desk.probe(question)
        case Flow():
            yield desk.flow(question)
        case Confused():
            yield desk.confused(question)
        case Problem():
            yield question


def _of_latest(reader: Reader, question: Explain | Remember | ArithmeticQuery) -> Answer | None:
    """Answer what is asked about the latest reading; None where it is about another."""
    match question:
        case Explain():
            return reader.explain(question)
        case Remember():
            return reader.remember(question)
        case _:
            return reader.arithmetic(question)


def _problem(question: Question | Problem, kind: Literal["damaged", "missing"], error: Exception) -> Problem:
    return Problem(question.number, kind, str(error), traceback.format_exc())
