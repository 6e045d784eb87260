"""The registry of the engine's handlers: one for each type of query."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from lstm_viz.engine.reader import Reader
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.messages import AnyResult, Query


@dataclass(frozen=True, slots=True)
class Models:
    """What handlers compute with: the models with their caches."""

    reader: Reader
    run_queries: RunQueries

    def clear(self) -> None:
        """Clear all caches."""
        self.reader.clear()
        self.run_queries.clear()


#: Computes the results of a query, the partial ones first, given the number of its request.
Handler = Callable[[Models, Any, int], Iterator[AnyResult]]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class _Entry:
    handler: Handler
    is_immediate: bool


_entries: dict[type[Query[Any]], _Entry] = {}


def handles(*kinds: type[Query[Any]], immediate: bool = False) -> Callable[[H], H]:
    """Return a decorator that registers the handler of some types of query.

    An ``immediate`` one takes about a millisecond: a progress message would cost the window as much as its
    result.
    """

    def register(handler: H) -> H:
        _entries.update(dict.fromkeys(kinds, _Entry(handler, immediate)))
        return handler

    return register


def handler_of(kind: type[Query[Any]]) -> Handler:
    """Return the handler of a type of query."""
    return _entries[kind].handler


def is_immediate(kind: type[Query[Any]]) -> bool:
    """Return whether the handler of a type of query takes about a millisecond."""
    return _entries[kind].is_immediate
