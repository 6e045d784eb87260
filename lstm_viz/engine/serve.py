"""The main loop of the engine: queries in, results out, over one socket, until the window closes it."""

import os
import socket
import traceback
from collections.abc import Iterator

from lstm_viz import heap
from lstm_viz.engine.ablation import ablate
from lstm_viz.engine.attribution import attribute
from lstm_viz.engine.inbox import Inbox
from lstm_viz.engine.outbox import Outbox, failure
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.messages import (
    AblationQuery,
    ArithmeticQuery,
    AttributionQuery,
    ConfusionQuery,
    CorpusQuery,
    DecompositionQuery,
    Failure,
    GateQuery,
    GradientFlowQuery,
    Hello,
    HistoryQuery,
    InputQuery,
    PathQuery,
    Query,
    ReadQuery,
    Result,
    ScoreQuery,
    StateQuery,
)
from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.runs.errors import RunError
from lstm_viz.subjects.errors import SubjectError
from lstm_viz.training.corpora import CorpusError

#: Computed from the current reading in about a millisecond: a progress message would cost the window as much
#: as the result itself.
_IMMEDIATE = (GateQuery, DecompositionQuery, StateQuery, ScoreQuery, PathQuery, InputQuery)

_SHORTAGE = "There is not enough memory for this. A shorter text or a smaller model takes less."


def serve(connection: socket.socket, reader: Reader) -> None:
    """Send `Hello`, then the results of queries until the other side closes the connection.

    No query ends the loop, whatever its contents. Raises `lstm_viz.wire.WireError` on a broken stream, and
    OSError on a broken connection.
    """
    inbox, outbox = Inbox(connection, heap.tidy), Outbox(connection)
    run_queries = RunQueries(reader.runs, outbox.report_progress)
    outbox.send(Hello(os.getpid(), reader.models()))
    while (query := inbox.next()) is not None:
        if not isinstance(query, _IMMEDIATE):
            outbox.begin(inbox.received)
        reply(reader, run_queries, query, inbox, outbox)
        if inbox.is_empty():
            outbox.end(inbox.received)


def reply(
    reader: Reader, run_queries: RunQueries, query: Query | Failure, inbox: Inbox, outbox: Outbox
) -> None:
    """Send the results of a query, until a newer one replaces it.

    When memory runs out, all caches are cleared.
    """
    try:
        for result in results(reader, run_queries, query):
            outbox.send(result)
            if inbox.replaces(query):
                break
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        details = traceback.format_exc()
        error.__traceback__ = None  # its frames keep alive what took the memory
        reader.clear()
        run_queries.clear()
        outbox.send(Failure(query.number, "failed", _SHORTAGE, details))


def results(reader: Reader, run_queries: RunQueries, query: Query | Failure) -> Iterator[Result]:
    """Yield the partial results of a query, each with everything known so far.

    Where there is no result, or only part of it, a `Failure` comes last. Running out of memory is raised.
    """
    try:
        yield from _results(reader, run_queries, query)
    except SubjectError as error:
        yield failure(query.number, error.kind, str(error))
    except RunError as error:
        damaged = error.kind != "missing"
        yield failure(query.number, "damaged" if damaged else "missing", str(error))
    except CorpusError as error:
        yield failure(query.number, "missing", str(error))
    except Exception as error:
        if is_out_of_memory(error):
            raise
        yield failure(query.number, "failed", f"{type(error).__name__}: {error}")


def _results(reader: Reader, run_queries: RunQueries, query: Query | Failure) -> Iterator[Result]:
    match query:
        case ReadQuery():
            yield reader.read(query)
        case GateQuery() | DecompositionQuery() | StateQuery() | ScoreQuery() | PathQuery() | InputQuery():
            result = _of_latest(reader, query)
            if result is not None:
                yield result
        case AttributionQuery():
            yield from attribute(reader, query)
        case AblationQuery():
            yield from ablate(reader, query)
        case CorpusQuery():
            yield run_queries.corpus_summary(query)
        case HistoryQuery():
            yield from run_queries.history(query)
        case GradientFlowQuery():
            yield run_queries.gradient_flow(query)
        case ConfusionQuery():
            yield run_queries.confusion(query)
        case Failure():
            yield query


def _of_latest(reader: Reader, query: GateQuery | DecompositionQuery | ArithmeticQuery) -> Result | None:
    """Return the result of a query about the current reading; None for another reading."""
    match query:
        case GateQuery():
            return reader.gate_arithmetic(query)
        case DecompositionQuery():
            return reader.decompose(query)
        case _:
            return reader.arithmetic(query)
