"""What was used last is kept, the rest is let go of."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

V = TypeVar("V")


class Recent(OrderedDict[Hashable, V]):
    """The values that were used last, at most ``most`` of them, or of that weight in all.

    The newest is kept however much it weighs.
    """

    def __init__(self, most: int, weigh: Callable[[V], int] = lambda _: 1) -> None:
        super().__init__()
        self._most, self._weigh = most, weigh

    def keep(self, key: Hashable, value: V) -> V:
        """Put a value in as the newest, the oldest giving way, and return it."""
        self[key] = value
        self.move_to_end(key)
        weight = sum(map(self._weigh, self.values()))
        while weight > self._most and len(self) > 1:
            weight -= self._weigh(self.popitem(last=False)[1])
        return value

    def get_or(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value of ``key``, made anew only if it is not among them."""
        if key not in self:
            return self.keep(key, make())
        self.move_to_end(key)
        return self[key]
