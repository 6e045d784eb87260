"""A request to the engine: sent once, and again where the engine ended before it answered."""

from collections.abc import Hashable

from msgspec.structs import replace

from lstm_viz.app.link import EngineLink
from lstm_viz.messages import Confusion, CorpusSummary, Failure, GradientFlow, Query

#: What a result is for: the query without its number, and the key it was requested with.
_About = tuple[Query, Hashable]
#: The results that a `Wish` stores: those that arrive in one message.
RunResult = CorpusSummary | GradientFlow | Confusion | Failure


class Wish:
    """The newest request of one kind, without its number, whether it is pending, and its result.

    ``number`` is that of the last request sent: a result with another number is for a request that was
    replaced.
    """

    def __init__(self) -> None:
        self.number = 0
        self.query: Query | None = None
        self._key: Hashable = None
        self._sent: _About | None = None
        self._about: _About | None = None
        self._stored: tuple[_About, RunResult] | None = None
        self._is_pending = False

    def want(self, query: Query | None, key: Hashable = None) -> None:
        """Set the query, or None; with another ``key`` the same query has another result."""
        self.query, self._key = query, key

    def ask(self, link: EngineLink) -> None:
        """Send the query unless it was the last one sent."""
        if self.query is None:
            self._sent, self.number, self._is_pending = None, 0, False
        elif (self.query, self._key) != self._sent:
            self._about = self._sent = (self.query, self._key)
            self._is_pending = True
            self.number = next(link.numbers)
            link.ask(replace(self.query, number=self.number))

    def is_answered_by(self, number: int, whole: bool = True) -> bool:
        """Return whether a result is for the last request; a ``whole`` one completes the request."""
        if not number or number != self.number:
            return False
        self._is_pending = not whole
        return True

    def take(self, result: RunResult) -> bool:
        """Store a result or failure if it is for the last request; return whether it is."""
        if self._about is None or not self.is_answered_by(result.number):
            return False
        self._stored = self._about, result
        return True

    @property
    def answer(self) -> RunResult | None:
        """The result of the current query; None while there is none.

        A result belongs to the query it was requested with, even if another was set since: a late result is
        never taken for that of another query.
        """
        if self._stored is None or self.query is None:
            return None
        about, result = self._stored
        return result if about == (self.query, self._key) else None

    def forget(self) -> None:
        """Allow a pending request to be sent again, since its engine has ended."""
        if self._is_pending:
            self._sent = None

    def repeat(self) -> None:
        """Allow the query to be sent again, and drop its result."""
        self._sent, self._stored = None, None
