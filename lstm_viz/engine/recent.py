"""Caches that are bounded by the memory that they hold."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

from lstm_viz.engine.nbytes import nbytes_of

V = TypeVar("V")


class Recent(Generic[V]):
    """The values that were used last.

    The newest is kept however large it is.

    Parameters
    ----------
    nbytes : int
        How many bytes they hold at most.
    entries : int
        How many there are at most.
    weigh : callable
        Returns the bytes that a value holds; it is called when the value is put in.
    """

    def __init__(self, nbytes: int, entries: int = 1 << 16, weigh: Callable[[V], int] = nbytes_of) -> None:
        self._most, self._entries, self._weigh = nbytes, entries, weigh
        self._values: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self.nbytes = 0

    def __contains__(self, key: Hashable) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> V | None:
        """Return the value of ``key``, None where there is none; it is as old as before."""
        return self._values[key][0] if key in self._values else None

    def keep(self, key: Hashable, value: V) -> V:
        """Put a value in as the newest, the oldest giving way, and return it."""
        self.drop(key)
        nbytes = self._weigh(value)
        self._values[key] = value, nbytes
        self.nbytes += nbytes
        while len(self) > 1 and (self.nbytes > self._most or len(self) > self._entries):
            self.drop(next(iter(self)))
        return value

    def drop(self, key: Hashable) -> None:
        """Let go of the value of ``key``, if there is one."""
        if key in self._values:
            self.nbytes -= self._values.pop(key)[1]

    def drop_where(self, is_stale: Callable[[Hashable], bool]) -> None:
        """Let go of the values whose key is stale."""
        for key in [key for key in self if is_stale(key)]:
            self.drop(key)

    def clear(self) -> None:
        """Let go of all values."""
        self._values.clear()
        self.nbytes = 0

    def get_or(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value of ``key``, made anew only if it is not among them."""
        if key not in self._values:
            return self.keep(key, make())
        self._values.move_to_end(key)
        return self._values[key][0]
