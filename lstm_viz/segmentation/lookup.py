"""Vectorised lookup of keys in a sorted array."""

import numpy as np
import numpy.typing as npt

from lstm_viz.segmentation.hashing import Indices, Keys

#: With more keys than these in one bucket a binary search is faster.
_DEEPEST = 16


class Lookup:
    """A table from the upper bits of a key to the first such key in the sorted array.

    Keys are uniformly distributed hashes: with about four buckets per key, nearly all buckets have at most
    one. For 60,000 keys this takes a third of the time of a binary search.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        bits = min(len(keys).bit_length() + 2, 24)
        self._shift = np.uint32(32 - bits)
        sizes = np.bincount(keys >> self._shift, minlength=1 << bits).astype(np.int32)
        self._starts = np.cumsum(sizes, dtype=np.int32)
        self._starts -= sizes
        self._depth = int(sizes.max())
        self._padded = np.append(keys, np.full(max(1, self._depth), 0, np.uint32))

    def __call__(self, queries: Keys) -> npt.NDArray[np.int32]:
        """Return the index of each key; the number of keys if it is missing."""
        if self._depth > _DEEPEST:
            return self._searched(queries)
        first = self._starts.take(queries >> self._shift)
        rows = np.full(queries.shape, len(self._keys), np.int32)
        for _ in range(self._depth):
            np.copyto(rows, first, where=self._padded.take(first) == queries)
            first += 1
        return np.minimum(rows, len(self._keys), out=rows)

    def holds(self, queries: Keys) -> npt.NDArray[np.bool_]:
        """Return which keys are in the array."""
        return self(queries) < len(self._keys)

    def _searched(self, queries: Keys) -> npt.NDArray[np.int32]:
        rows: Indices = np.searchsorted(self._keys, queries)
        rows[self._padded[rows] != queries] = len(self._keys)
        return rows.astype(np.int32)
