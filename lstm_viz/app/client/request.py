"""A request: a query to an engine, and its results."""

from collections.abc import Callable, Hashable
from enum import Enum
from typing import Generic, TypeVar

from lstm_viz.messages import AnyResult, Failure, Query, Result

R = TypeVar("R", bound=Result)


class Priority(Enum):
    """What a request is for: the reading while the user types, details of it, or the Training page.

    A background request takes seconds. It is sent when nothing was requested for a while, and is interrupted
    by requests for details.
    """

    TYPING = "typing"
    DETAIL = "detail"
    BACKGROUND = "background"
    TRAINING = "training"


class Request(Generic[R]):
    """A query that the client sends to an engine, and again if the engine ends before the last result.

    Attributes
    ----------
    query : Query
    key : str
        Of the requests with this key, only the newest has results.
    number : int
        Increases with every request, and when a cancelled one is sent again.
    answer : Result or None
        The newest result, possibly a partial one.
    failure : Failure or None
    is_pending : bool
        Whether a result is outstanding.
    """

    def __init__(
        self,
        query: Query[R],
        *,
        key: str,
        number: int,
        priority: Priority,
        version: Hashable,
        result: Callable[[R], object],
        progress: Callable[[R], object],
        failed: Callable[[Failure], object],
        cancel: Callable[["Request[R]"], object],
    ) -> None:
        self.query, self.key, self.number, self.priority = query, key, number, priority
        self.answer: R | None = None
        self.failure: Failure | None = None
        self.is_pending = True
        self._version = version
        self._result, self._progress, self._failed, self._cancel = result, progress, failed, cancel

    def is_for(self, query: Query[Result], version: Hashable) -> bool:
        """Return whether the request is for this version of the result of this query."""
        return (self.query, self._version) == (query, version)

    def cancel(self) -> None:
        """Cancel the request, if it is pending; its results so far stay."""
        if self.is_pending:
            self.is_pending = False
            self._cancel(self)

    def reset(self) -> None:
        """Make the request pending again."""
        self.is_pending, self.failure = True, None

    def take(self, result: AnyResult | Failure) -> None:
        """Pass a result or failure on; the last one ends the request."""
        if isinstance(result, Failure):
            self.is_pending, self.failure = False, result
            self._failed(result)
        else:
            self.is_pending = self.is_pending and result.is_partial
            self.answer = result  # type: ignore[assignment]  # the engine's handler has the query's type
            (self._progress if result.is_partial else self._result)(self.answer)  # type: ignore[arg-type]
