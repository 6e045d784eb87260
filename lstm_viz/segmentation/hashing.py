"""Vectorised hashes of substrings, the same in every process and on every system.

A substring's hash is a polynomial in its symbols modulo 2⁶⁴. With an odd base every power is invertible, so
that the hash of a substring is a difference of two prefix sums times an inverse power, independent of its
position.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Keys = npt.NDArray[np.uint32]
Indices = npt.NDArray[np.intp]

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_FACTORS = np.uint64(0xD6E8FEB86659FD93), np.uint64(0xA0761D6478BD642F)


def mix(values: npt.NDArray[np.unsignedinteger]) -> Hashes:
    """Return 64 mixed bits for each number (the finaliser of SplitMix64, Steele et al. 2014)."""
    mixed = values.astype(np.uint64)
    mixed ^= mixed >> np.uint64(30)
    mixed *= _FIRST
    mixed ^= mixed >> np.uint64(27)
    mixed *= _SECOND
    mixed ^= mixed >> np.uint64(31)
    return mixed


def symbols(codes: npt.NDArray[np.unsignedinteger]) -> Hashes:
    """Return a nonzero number for each symbol."""
    return mix(codes + np.uint64(1))


class Substrings:
    """Hashes of the substrings of a text.

    Parameters
    ----------
    numbers : (N,) array of uint64
        As from `symbols`.
    """

    def __init__(self, numbers: Hashes) -> None:
        powers, self._inverses = _powers(len(numbers))
        self._sums = np.zeros(len(numbers) + 1, np.uint64)
        np.cumsum(numbers * powers[: len(numbers)], out=self._sums[1:])

    def __call__(self, starts: Indices, ends: Indices) -> Hashes:
        """Return the hashes of the substrings with these starts and ends."""
        return (self._sums[ends] - self._sums[starts]) * self._inverses[starts]


class CollapsedSubstrings:
    """Hashes of substrings in which each run of one symbol counts once; as `Substrings`."""

    def __init__(self, numbers: Hashes) -> None:
        first = np.ones(len(numbers), bool)
        first[1:] = numbers[1:] != numbers[:-1]
        self._numbers, self._ranks = numbers, np.cumsum(first) - 1
        powers, self._inverses = _powers(len(numbers))
        self._sums = np.zeros(len(numbers) + 1, np.uint64)
        np.cumsum(numbers * powers[self._ranks] * first, out=self._sums[1:])

    def __call__(self, starts: Indices, ends: Indices) -> Hashes:
        """Return the hashes of the non-empty substrings with these starts and ends."""
        hashes = self._numbers[starts]
        hashes += (self._sums[ends] - self._sums[starts + 1]) * self._inverses[self._ranks[starts]]
        return hashes


def joined_keys(hashes: Hashes, salt: Hashes) -> Keys:
    """Return the 32-bit keys of features.

    Parameters
    ----------
    hashes : (P, ...) array of uint64
        Up to three hashes of the parts, in order.
    salt : array of uint64
        Distinguishes the feature templates.
    """
    joined = salt + hashes[0]
    for factor, other in zip(_FACTORS, hashes[1:], strict=False):
        joined += other * factor
    return (mix(joined) >> np.uint64(32)).astype(np.uint32)


def _powers(count: int) -> tuple[Hashes, Hashes]:
    """Return the powers of the base and of its inverse modulo 2⁶⁴, from 0 to at least ``count``."""
    return _powers_to(1 << max(10, count.bit_length()))


@lru_cache(maxsize=4)
def _powers_to(count: int) -> tuple[Hashes, Hashes]:
    both = []
    for base in (_BASE, _INVERSE):
        powers = np.full(count + 1, base, np.uint64)
        powers[0] = 1
        both.append(np.multiply.accumulate(powers))
    return both[0], both[1]
