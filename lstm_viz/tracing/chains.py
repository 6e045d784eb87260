"""Chains of consecutive steps, of one sequence or of several interleaved ones."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

#: The largest number of interleaved sequences; a step is compared with the last one of each.
_MOST_OPEN = 16


class Chains(Generic[T]):
    """Groups items into chains: each item continues the latest chain whose last item it follows.

    A chain has ended as soon as another one was continued twice since: a model that interleaves several
    sequences continues each of them before it returns to the first.

    Parameters
    ----------
    follows : callable
        Returns whether its first argument continues its second.
    """

    def __init__(self, follows: Callable[[T, T], bool]) -> None:
        self._follows, self._count = follows, 0
        self._open: list[tuple[list[T], int]] = []  # the latest last, each with the number of its last item

    def add(self, item: T) -> tuple[list[T], list[list[T]]]:
        """Add an item; return the chain of which it is now the last item, and the chains that have ended."""
        self._count += 1
        chain, since = self._taken(item)
        chain.append(item)
        ended = [other for other, latest in self._open if latest < since]
        self._open = [(other, latest) for other, latest in self._open if latest >= since]
        self._open.append((chain, self._count))
        if len(self._open) > _MOST_OPEN:
            ended.append(self._open.pop(0)[0])
        return chain, ended

    def end(self) -> list[list[T]]:
        """End all chains, and return those that were still open."""
        ended, self._open = [chain for chain, _ in self._open], []
        return ended

    def _taken(self, item: T) -> tuple[list[T], int]:
        """Close the chain that an item follows; return it and the number of its last item."""
        for k in reversed(range(len(self._open))):
            if self._follows(item, self._open[k][0][-1]):
                return self._open.pop(k)
        return [], 0
