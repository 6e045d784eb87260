"""Least-recently-used caches that are bounded by the memory of their values."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

from lstm_viz.engine.nbytes import nbytes_of

V = TypeVar("V")


class Cache(Generic[V]):
    """A least-recently-used cache.

    The newest values are kept, whatever their size.

    Parameters
    ----------
    nbytes : int
        The largest total size of the values.
    entries : int
        The largest number of values.
    weigh : callable
        Returns the size of a value in bytes; it is called when the value is added.
    fewest : int
        The number of newest values that are kept.
    """

    def __init__(
        self,
        nbytes: int,
        entries: int = 1 << 16,
        weigh: Callable[[V], int] = nbytes_of,
        *,
        fewest: int = 1,
    ) -> None:
        self._most, self._entries, self._weigh, self._fewest = nbytes, entries, weigh, fewest
        self._values: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self.nbytes = 0

    def __contains__(self, key: Hashable) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> V | None:
        """Return the value of ``key`` without marking it as used, or None."""
        return self._values[key][0] if key in self._values else None

    def keep(self, key: Hashable, value: V) -> V:
        """Add a value as the most recently used, evict the oldest ones as needed, and return it."""
        self.drop(key)
        nbytes = self._weigh(value)
        self._values[key] = value, nbytes
        self.nbytes += nbytes
        while len(self) > self._fewest and (self.nbytes > self._most or len(self) > self._entries):
            self.drop(next(iter(self)))
        return value

    def drop(self, key: Hashable) -> None:
        """Remove the value of ``key``, if there is one."""
        if key in self._values:
            self.nbytes -= self._values.pop(key)[1]

    def drop_where(self, is_stale: Callable[[Hashable], bool]) -> None:
        """Remove the values whose key is stale."""
        for key in [key for key in self if is_stale(key)]:
            self.drop(key)

    def clear(self) -> None:
        """Remove all values."""
        self._values.clear()
        self.nbytes = 0

    def get_or(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value of ``key``; one that is not in the cache is made and added."""
        if key not in self._values:
            return self.keep(key, make())
        self._values.move_to_end(key)
        return self._values[key][0]
