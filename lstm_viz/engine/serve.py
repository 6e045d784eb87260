"""The main loop of the engine: queries in, results out, over one socket, until the window closes it."""

import os
import socket
import traceback
from collections.abc import Iterator

from lstm_viz import heap
from lstm_viz.engine.handlers import Models, handler_of, is_immediate
from lstm_viz.engine.inbox import Inbox, Invalid
from lstm_viz.engine.outbox import Outbox, failure_of
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.messages import PROTOCOL, AnyResult, Envelope, Failure, Hello
from lstm_viz.out_of_memory import is_out_of_memory


def serve(connection: socket.socket, reader: Reader) -> None:
    """Send `Hello`, then the results of queries until the other side closes the connection.

    No query ends the loop, whatever its contents. Raises `lstm_viz.wire.WireError` on a broken stream, and
    OSError on a broken connection.
    """
    inbox, outbox = Inbox(connection, heap.tidy), Outbox(connection)
    models = Models(reader, RunQueries(reader.runs, outbox.report_progress))
    outbox.send(Hello(PROTOCOL, os.getpid(), reader.models()))
    while (request := inbox.next()) is not None:
        if isinstance(request, Invalid):
            outbox.begin(inbox.received)
            outbox.reply(request.number, request.failure)
        elif not inbox.is_cancelled(request):
            if not is_immediate(type(request.query)):
                outbox.begin(inbox.received)
            reply(models, request, inbox, outbox)
        if inbox.is_empty():
            outbox.end(inbox.received)


def reply(models: Models, request: Envelope, inbox: Inbox, outbox: Outbox) -> None:
    """Send the results of a request, until it is cancelled or a newer one replaces it.

    When memory runs out, all caches are cleared.
    """
    try:
        for result in results(models, request):
            outbox.reply(request.number, result)
            if inbox.replaces(request):
                break
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        details = traceback.format_exc()
        error.__traceback__ = None  # its frames keep alive what took the memory
        models.clear()
        outbox.reply(request.number, Failure("engine_memory", {}, details))


def results(models: Models, request: Envelope) -> Iterator[AnyResult | Failure]:
    """Yield the partial results of a request, each with everything known so far.

    Where there is no result, or only part of it, a `Failure` comes last. Running out of memory is raised.
    """
    try:
        yield from handler_of(type(request.query))(models, request.query, request.number)
    except Exception as error:
        if is_out_of_memory(error):
            raise
        yield failure_of(error)
