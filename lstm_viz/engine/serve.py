"""The loop of the engine: questions in, answers out, over one socket, until the window goes away."""

import os
import socket
import traceback
from collections.abc import Iterator

from lstm_viz import heap
from lstm_viz.engine.ablating import ablate
from lstm_viz.engine.desk import Desk
from lstm_viz.engine.inbox import Inbox
from lstm_viz.engine.outbox import Outbox, problem
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

#: Answered from the reading in front, in about a millisecond: to say that they are worked on would cost the
#: window as much as the answer itself.
_IMMEDIATE = (Explain, Remember, StateQuery, ScoreQuery, PathQuery, InputQuery)

_SHORTAGE = "There is not enough memory for this. A shorter text or a smaller model takes less."


def serve(connection: socket.socket, reader: Reader) -> None:
    """Say hello, then answer until the other side closes the connection.

    No question ends it, whatever is in it. Raises `lstm_viz.wire.WireError` where the stream is broken, and
    OSError where the connection is.
    """
    inbox, outbox = Inbox(connection, heap.tidy), Outbox(connection)
    desk = Desk(reader.runs, outbox.go_on)
    outbox.send(Hello(os.getpid(), reader.models()))
    while (question := inbox.next()) is not None:
        if not isinstance(question, _IMMEDIATE):
            outbox.begin(inbox.received)
        reply(reader, desk, question, inbox, outbox)
        if inbox.is_empty():
            outbox.rest(inbox.received)


def reply(reader: Reader, desk: Desk, question: Question | Problem, inbox: Inbox, outbox: Outbox) -> None:
    """Answer a question, unless a newer one replaces it.

    Where there is not enough memory for that, what was kept for later questions is let go of.
    """
    try:
        for answer in answers(reader, desk, question):
            outbox.send(answer)
            if inbox.replaces(question):
                break
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        details = traceback.format_exc()
        error.__traceback__ = None  # its frames hold what took the memory
        reader.forget()
        desk.forget()
        outbox.send(Problem(question.number, "failed", _SHORTAGE, details))


def answers(reader: Reader, desk: Desk, question: Question | Problem) -> Iterator[Answer]:
    """Yield the answers to a question, each the whole of what is known so far.

    A `Problem` is the last whenever there is no answer, or not to all of the question. That memory is short
    is raised.
    """
    try:
        yield from _answers(reader, desk, question)
    except (PresetError, RunError) as error:
        damaged = error.kind != "missing"
        yield problem(question.number, "damaged" if damaged else "missing", str(error))
    except CorpusError as error:
        yield problem(question.number, "missing", str(error))
    except Exception as error:
        if is_out_of_memory(error):
            raise
        yield problem(question.number, "failed", f"{type(error).__name__}: {error}")


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
