"""Reads the checkpoints that have to be known for the first at which the tracked sentence is wholly right."""

from collections.abc import Callable

from lstm_viz.app.client.client import EngineClient
from lstm_viz.app.client.request import Priority
from lstm_viz.app.queries.first_right import FirstRight
from lstm_viz.app.queries.history_cache import HistoryCache, Weights
from lstm_viz.messages import History, HistoryQuery

_KEY = "first_right"
#: So many checkpoints are read at once: other queries wait for no more.
_READ_AT_ONCE = 16


class FirstRightSearch:
    """Requests the tags of a few checkpoints at a time, from the earliest on.

    ``changed`` is called whenever some were read. One that cannot be read is not requested again.
    """

    def __init__(self, client: EngineClient, changed: Callable[[], object]) -> None:
        self._client, self._changed = client, changed
        self._read: set[int] = set()
        self._is_pending = False

    def is_done(self, found: FirstRight) -> bool:
        """Return whether nothing is left to be read."""
        return self._read.issuperset(found.unread)

    def start_over(self) -> None:
        """Forget what was read: the sentence or the run is another."""
        self._client.withdraw(_KEY)
        self._read, self._is_pending = set(), False

    def request(
        self,
        found: FirstRight,
        cache: HistoryCache,
        weights: Weights,
        query_of: Callable[[tuple[int, ...]], HistoryQuery],
    ) -> None:
        """Request the next checkpoints, unless some are pending; their tags are added to ``cache``."""
        wanted = tuple(epoch for epoch in found.unread if epoch not in self._read)[:_READ_AT_ONCE]
        if not wanted or self._is_pending:
            return
        self._is_pending = True
        asked_with = dict(weights)

        def take(history: History) -> None:
            cache.take_tags(history, asked_with)

        def take_last(history: History) -> None:
            take(history)
            self._end(wanted)

        self._client.request(
            query_of(wanted),
            key=_KEY,
            priority=Priority.TRAINING,
            version=tuple(weights.get(epoch) for epoch in wanted),
            progress=take,
            result=take_last,
            failed=lambda _failure: self._end(wanted),
        )

    def _end(self, wanted: tuple[int, ...]) -> None:
        self._is_pending = False
        self._read.update(wanted)
        self._changed()
