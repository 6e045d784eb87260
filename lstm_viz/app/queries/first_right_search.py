"""Reads the checkpoints that have to be known for the first at which the tracked sentence is wholly right."""

from collections.abc import Callable

from lstm_viz.app.client.client import ENGINE_FAILURES, EngineClient
from lstm_viz.app.client.request import Priority
from lstm_viz.app.queries.first_right import FirstRight
from lstm_viz.app.queries.history_cache import HistoryCache, Weights
from lstm_viz.messages import Failure, History, HistoryQuery

_KEY = "first_right"
#: The most checkpoints per request: another query waits for at most one request.
_READ_AT_ONCE = 16


class FirstRightSearch:
    """Requests the tags of a few checkpoints at a time, from the earliest on.

    ``changed`` is called whenever some were read. One that cannot be read is not requested again. After a
    failure of the engine itself, or a result with other words, nothing is requested until `start_over`.
    """

    def __init__(self, client: EngineClient, changed: Callable[[], object]) -> None:
        self._client, self._changed = client, changed
        self._is_pending, self._is_stopped = False, False

    def start_over(self) -> None:
        """Allow requests again: there is another sentence, run or engine."""
        self._client.withdraw(_KEY)
        self._is_pending, self._is_stopped = False, False

    def request(
        self,
        found: FirstRight,
        cache: HistoryCache,
        weights: Weights,
        query_of: Callable[[tuple[int, ...]], HistoryQuery],
    ) -> None:
        """Request the next checkpoints, unless some are pending; their tags are added to ``cache``."""
        wanted = tuple(epoch for epoch in found.unread if epoch not in cache.unreadable)[:_READ_AT_ONCE]
        if not wanted or self._is_pending or self._is_stopped:
            return
        self._is_pending = True
        asked_with = dict(weights)

        def take(history: History) -> None:
            self._is_stopped |= not cache.take_tags(history, asked_with)

        def end() -> None:
            if not self._is_stopped:
                cache.take_unreadable(wanted, asked_with)
            self._is_pending = False
            self._changed()

        def take_last(history: History) -> None:
            take(history)
            end()

        def take_failure(failure: Failure) -> None:
            self._is_stopped |= failure.code in ENGINE_FAILURES
            end()

        self._client.request(
            query_of(wanted),
            key=_KEY,
            priority=Priority.TRAINING,
            version=tuple(weights.get(epoch) for epoch in wanted),
            progress=take,
            result=take_last,
            failed=take_failure,
        )
