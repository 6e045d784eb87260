"""The engine client: sends the queries of the window to the engines, by key and priority."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.client.engine_process import ENGINE, ENGINE_BACKGROUND
from lstm_viz.app.client.given_engine import PROGRAM_ENDED
from lstm_viz.app.client.link import EngineLink
from lstm_viz.app.client.request import Priority, R, Request
from lstm_viz.errors import ErrorCode
from lstm_viz.messages import AnyResult, Cancel, Envelope, Failure, Hello, Query, Reply
from lstm_viz.wire import WireError


@dataclass(frozen=True, slots=True)
class _Rule:
    """Which engine answers a priority, and how long a request waits for a newer one that replaces it."""

    engine: Priority
    pause_ms: int = 0


#: A slow query never goes to the engine that answers typing.
_RULES = MappingProxyType(
    {
        Priority.TYPING: _Rule(Priority.TYPING),
        Priority.DETAIL: _Rule(Priority.DETAIL, 30),
        Priority.BACKGROUND: _Rule(Priority.DETAIL, 150),
        Priority.TRAINING: _Rule(Priority.TRAINING, 30),
    }
)
_ARGUMENTS = MappingProxyType(
    {Priority.TYPING: ENGINE, Priority.DETAIL: ENGINE_BACKGROUND, Priority.TRAINING: ENGINE_BACKGROUND}
)
#: Failures of an engine, not of a query.
ENGINE_FAILURES: frozenset[ErrorCode] = frozenset({"engine_ended", "engine_not_started", "program_ended"})


def new_links() -> dict[Priority, EngineLink]:
    """Return the links to the engines, none of which is started."""
    return {priority: EngineLink(arguments=arguments) for priority, arguments in _ARGUMENTS.items()}


class EngineClient(QObject):
    """Sends queries to engines, which are started when they are first needed.

    Of the requests with the same key only the newest counts: results of others are dropped. A request that an
    engine did not answer before it ended is sent to the next one.

    Parameters
    ----------
    links : dict of Priority to EngineLink, optional
        The links by the highest priority that each answers.

    Signals
    -------
    ready(priority, hello)
        The engine of a priority has loaded; its pending requests are sent after that.
    """

    ready = Signal(object, object)
    #: The numbers of all requests of this process: those to different engines, or of two clients, differ.
    numbers = count(1)

    def __init__(
        self, links: Mapping[Priority, EngineLink] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._links = links or new_links()
        self._newest: dict[str, Request[Any]] = {}
        self._sent: dict[int, Request[Any]] = {}
        self._engine_failures: dict[Priority, Failure] = {}
        self._pauses = {priority: self._timer(priority) for priority in Priority}
        self._is_closed = False
        for priority, link in self._links.items():
            link.ready.connect(partial(self._engine_ready, priority))
            link.replied.connect(self._take)
            link.failed.connect(partial(self._engine_failed, priority))

    def link(self, priority: Priority) -> EngineLink:
        """Return the link to the engine that answers a priority."""
        return self._links[_RULES[priority].engine]

    @property
    def is_pausing(self) -> bool:
        """Whether requests are waiting for newer ones that may replace them."""
        return any(timer.isActive() for timer in self._pauses.values())

    def request(
        self,
        query: Query[R],
        *,
        key: str,
        priority: Priority,
        result: Callable[[R], object],
        failed: Callable[[Failure], object],
        progress: Callable[[R], object] | None = None,
        version: Hashable = None,
    ) -> Request[R]:
        """Return the request of a query; a new one replaces the previous request with this key.

        If that is for the same query and version, it is returned instead, whether it is pending or has its
        result, has failed or was cancelled.

        Parameters
        ----------
        query : Query
        key : str
        priority : Priority
        result : callable
            Called with the last result, never before this returns.
        failed : callable
            Called with the failure, never before this returns.
        progress : callable, optional
            Called with each partial result; by default ``result`` is.
        version : hashable
            With another version, the same query has another result.
        """
        known = self._newest.get(key)
        if known is not None and known.is_for(query, version):
            return known
        self.withdraw(key, replaced=not _RULES[priority].pause_ms)
        request = Request(
            query,
            key=key,
            number=next(self.numbers),
            priority=priority,
            version=version,
            result=result,
            progress=progress or result,
            failed=failed,
            cancel=self._cancel,
        )
        self._newest[key] = request
        self._send_soon(request)
        return request

    def repeat(self, request: Request[Any]) -> None:
        """Send a request again that has its result, has failed or was cancelled."""
        if self._newest.get(request.key) is request and not request.is_pending:
            request.reset()
            self._send(request)

    def withdraw(self, key: str, *, replaced: bool = False) -> None:
        """Drop the request with this key, if any, and cancel it unless a newer one is sent at once."""
        request = self._newest.pop(key, None)
        if request is not None and replaced:
            self._sent.pop(request.number, None)
        elif request is not None:
            request.cancel()

    def start_over(self, priority: Priority) -> None:
        """End the engine of a priority, start another, and repeat its requests that have no result."""
        engine = _RULES[priority].engine
        self._engine_failures.pop(engine, None)
        for request in self._requests_of(engine):
            if request.failure is not None:
                request.reset()
        self._links[engine].start_over()

    def close(self) -> None:
        """End all engines; nothing is sent after that."""
        self._is_closed = True
        self._newest.clear()
        self._sent.clear()
        for timer in self._pauses.values():
            timer.stop()
        for link in self._links.values():
            link.close()

    # ------------------------------------------------------------ sending

    def _timer(self, priority: Priority) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(_RULES[priority].pause_ms)
        timer.timeout.connect(partial(self._send_all, priority))
        return timer

    def _send_soon(self, request: Request[Any]) -> None:
        """Send a request after the pause of its priority; that of the background begins anew with each."""
        engine, timer = _RULES[request.priority].engine, self._pauses[request.priority]
        if self._is_closed:
            return
        if engine in self._engine_failures:
            QTimer.singleShot(0, self, partial(self._fail_without_engine, request))
            return
        if timer.interval() and (request.priority is Priority.BACKGROUND or not timer.isActive()):
            timer.start()
        self._links[engine].start()
        if not timer.interval():
            self._send(request)

    def _send_all(self, priority: Priority) -> None:
        for request in self._pending(priority):
            self._send(request)

    def _send(self, request: Request[Any]) -> None:
        link = self.link(request.priority)
        if link.hello is None or request.number in self._sent:
            return
        if request.priority is Priority.DETAIL:
            self._interrupt_background()
        try:
            link.send(Envelope(request.number, request.key, request.query))  # type: ignore[arg-type]
        except WireError as error:
            failure = Failure("query_not_sent", {"error": str(error)}, repr(error))
            QTimer.singleShot(0, self, partial(self._fail, request, failure))
            return
        self._sent[request.number] = request

    def _interrupt_background(self) -> None:
        """Cancel the background requests in favour of faster ones, and repeat them after a pause."""
        for request in self._pending(Priority.BACKGROUND):
            self._cancel(request)
            self._pauses[Priority.BACKGROUND].start()

    def _cancel(self, request: Request[Any]) -> None:
        """Cancel a request in the engine; a repeated one has a new number, which is not cancelled."""
        if self._sent.pop(request.number, None) is not None:
            self.link(request.priority).send(Cancel(request.number))
            request.number = next(self.numbers)

    def _pending(self, priority: Priority) -> list[Request[Any]]:
        return [r for r in self._newest.values() if r.priority is priority and r.is_pending]

    def _requests_of(self, engine: Priority) -> list[Request[Any]]:
        return [r for r in self._newest.values() if _RULES[r.priority].engine is engine]

    # ------------------------------------------------------------ results

    def _take(self, reply: Reply) -> None:
        request = self._sent.get(reply.number)
        if request is not None:
            self._deliver(request, reply.result)

    def _deliver(self, request: Request[Any], result: AnyResult | Failure) -> None:
        if isinstance(result, Failure) or not result.is_partial:
            self._sent.pop(request.number, None)
        request.take(result)

    def _fail(self, request: Request[Any], failure: Failure) -> None:
        """Let a request fail, unless it was replaced or cancelled meanwhile."""
        if self._newest.get(request.key) is request and request.is_pending:
            self._deliver(request, failure)

    def _fail_without_engine(self, request: Request[Any]) -> None:
        """Let a request fail, unless its engine was started over meanwhile."""
        failure = self._engine_failures.get(_RULES[request.priority].engine)
        if failure is not None:
            self._fail(request, failure)

    # ------------------------------------------------------------ engines

    def _engine_ready(self, engine: Priority, hello: Hello) -> None:
        self._engine_failures.pop(engine, None)
        for request in self._requests_of(engine):
            self._sent.pop(request.number, None)  # to the engine before this one
        self.ready.emit(engine, hello)
        for request in self._requests_of(engine):
            if request.is_pending and request.priority is Priority.BACKGROUND:
                self._send_soon(request)
            elif request.is_pending and not self._pauses[request.priority].isActive():
                self._send(request)

    def _engine_failed(self, engine: Priority, details: str) -> None:
        """Let all requests of an engine fail that cannot be started, also those that have their result."""
        failure = engine_failure(engine, details)
        self._engine_failures[engine] = failure
        for request in self._requests_of(engine):
            if self._newest.get(request.key) is request:  # not withdrawn by the failure of another
                self._deliver(request, failure)


def engine_failure(engine: Priority, details: str) -> Failure:
    """Return the failure of an engine with the last line of its output."""
    if details == PROGRAM_ENDED:
        return Failure("program_ended", {}, "")
    last = details.strip().rsplit("\n", 1)[-1]
    if not last:
        return Failure("engine_ended", {"engine": engine.value}, details)
    return Failure("engine_not_started", {"engine": engine.value, "error": last}, details)
