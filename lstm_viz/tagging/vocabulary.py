"""Vocabularies: words, characters or tags and their indices."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from lstm_viz.errors import InvalidError


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Items in a fixed order; all other strings share one index after the last.

    Attributes
    ----------
    items : tuple of str
        Distinct items; the k-th has index k.

    Raises
    ------
    ValueError
        If an item occurs twice.
    """

    items: tuple[str, ...]
    _indices: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        indices = {item: index for index, item in enumerate(self.items)}
        if len(indices) != len(self.items):
            twice = Counter(self.items).most_common(1)[0][0]
            raise InvalidError("vocabulary_repeats", item=twice)
        object.__setattr__(self, "_indices", MappingProxyType(indices))

    @classmethod
    def of(cls, occurrences: Iterable[str], min_count: int = 1) -> "Vocabulary":
        """Return the items that occur ``min_count`` times or more, in the order of their first occurrence."""
        counts = Counter(occurrences)
        return cls(tuple(item for item, count in counts.items() if count >= min_count))

    @property
    def unknown(self) -> int:
        """The index of everything that is not in the vocabulary."""
        return len(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, item: object) -> bool:
        return item in self._indices

    def indices(self, items: Sequence[str]) -> list[int]:
        """Return the index of each item."""
        index, unknown = self._indices.get, self.unknown
        return [index(item, unknown) for item in items]
