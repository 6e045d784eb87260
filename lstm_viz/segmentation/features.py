"""Features of a gap between two characters: hashed n-grams, shapes, chunks and words.

A *gap* is between two neighbouring characters other than white space; one space may be in it. A *chunk* is
the text between two spaces.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lstm_viz.segmentation.characters import SPACE
from lstm_viz.segmentation.encoding import EncodedText
from lstm_viz.segmentation.hashing import Hashes, Indices, Keys, joined_keys, mix
from lstm_viz.segmentation.lookup import Lookup

#: The most characters of a chunk, and of a known word, that are used.
LONGEST = 20
#: No feature of a gap depends on a character further away.
REACH = 2 * LONGEST + 4
#: The number of gaps per block, so that its arrays stay in the processor's cache.
_BLOCK = 4096

#: The parts of features. ``left n`` and ``right n``: the n characters next to the gap.
_PARTS = (
    "nothing",
    *("left 1", "left 2", "left 3", "left 4", "right 1", "right 2", "right 3", "right 4"),
    *("2nd to the left", "3rd to the left", "4th to the left"),
    *("2nd to the right", "3rd to the right", "4th to the right"),
    *("chunk up to the gap", "chunk from the gap", "chunk before", "chunk after"),
    *("left 1 shape", "left 2 shapes", "left 3 shapes", "right 1 shape", "right 2 shapes", "right 3 shapes"),
    "shape after the chunk",
    *("chunk shape up to the gap", "chunk shape from the gap"),
    *("word ends", "word begins", "word lies across"),
)
_SIDES = ((1, 1), (2, 1), (1, 2), (2, 2), (3, 3))
_LEFT, _RIGHT, _BEFORE, _AFTER = _PARTS[15:19]
_LEFT_SHAPE, _RIGHT_SHAPE = _PARTS[26:28]

#: One feature template per line: up to three parts.
_FEATURES: tuple[tuple[str, ...], ...] = (
    *((part,) for part in _PARTS[:17]),
    *((f"left {n}", f"right {m}") for n, m in _SIDES),
    *((part,) for part in _PARTS[19:25]),
    *((_PARTS[18 + n], _PARTS[21 + m]) for n, m in _SIDES),
    (_LEFT, _RIGHT),
    (_LEFT, _BEFORE),
    (_RIGHT, _AFTER),
    (_LEFT, _RIGHT, _BEFORE),
    (_LEFT, _RIGHT, _AFTER),
    (_LEFT, "right 1"),
    ("left 1", _RIGHT),
    (_LEFT_SHAPE,),
    (_RIGHT_SHAPE,),
    (_LEFT_SHAPE, _RIGHT_SHAPE),
    (_LEFT_SHAPE, _RIGHT_SHAPE, "shape after the chunk"),
    (_LEFT, _RIGHT_SHAPE),
    (_LEFT_SHAPE, _RIGHT),
)
_WORD_FEATURES: tuple[tuple[str, ...], ...] = (
    *((part,) for part in _PARTS[28:]),
    tuple(_PARTS[28:]),
)


def count(*, with_words: bool) -> int:
    """Return the number of features of a gap."""
    return len(_FEATURES) + len(_WORD_FEATURES) * with_words


def keys_of(encoded: EncodedText, gaps: Indices, words: Lookup | None) -> Iterator[Keys]:
    """Yield the feature keys of the gaps, in blocks of shape (features, gaps).

    Parameters
    ----------
    encoded : EncodedText
    gaps : (G,) sorted array of int
        The position of the character after each gap; before it is another one, or one and a space.
    words : Lookup or None
        Keys of the known words, if they are used as features.
    """
    for first in range(0, len(gaps), _BLOCK):
        some = gaps[first : first + _BLOCK]
        start = max(0, int(some[0]) - REACH)
        part = encoded.part(start, int(some[-1]) + REACH)
        yield _keys(part, some - start, words)


def word_keys(encoded: EncodedText, starts: Indices, ends: Indices) -> Keys:
    """Return the keys of words, by their spans."""
    return joined_keys(encoded.between(starts, ends)[None], _WORD)


def _keys(encoded: EncodedText, start: Indices, words: Lookup | None) -> Keys:
    spaced = encoded.codes[start - 1] == SPACE
    parts = np.zeros((len(_PARTS), len(start)), np.uint64)
    _fill(parts, encoded, _Sides.of(encoded, start - spaced, start))
    if words is not None:
        parts[28:] = _words(encoded, start, words)
    used, salt = (_PLAN, _SALT) if words is None else (_PLAN_WITH_WORDS, _SALT_WITH_WORDS)
    return joined_keys(parts[used], salt + spaced * _SPACED)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The spans on both sides of gaps: each side, its chunk, and the chunk beyond."""

    end: Indices
    start: Indices
    first: Indices
    last: Indices
    before: tuple[Indices, Indices]
    after: tuple[Indices, Indices]

    @classmethod
    def of(cls, encoded: EncodedText, end: Indices, start: Indices) -> "_Sides":
        """Return the sides of gaps from ``end`` of the left side to ``start`` of the right one."""
        first = np.maximum(encoded.blank_before[end - 1] + 1, end - LONGEST)
        last = np.minimum(encoded.blank_after[start], start + LONGEST)
        return cls(end, start, first, last, _chunk_before(encoded, first), _chunk_after(encoded, last))


def _chunk_before(encoded: EncodedText, first: Indices) -> tuple[Indices, Indices]:
    """Return the span of the chunk before the one from ``first`` on; empty if that one is truncated."""
    blank = first - 1
    begins = encoded.blank_before[blank] == blank
    start = np.maximum(encoded.blank_before[blank - 1] + 1, blank - LONGEST)
    return np.where(begins, start, first), np.where(begins, blank, first)


def _chunk_after(encoded: EncodedText, last: Indices) -> tuple[Indices, Indices]:
    at = np.minimum(last, len(encoded.codes) - 2)
    ends = encoded.blank_after[at] == last
    end = np.minimum(encoded.blank_after[at + 1], at + 1 + LONGEST)
    return np.where(ends, at + 1, last), np.where(ends, end, last)


def _fill(parts: Hashes, encoded: EncodedText, sides: _Sides) -> None:
    """Fill in all parts except those of known words."""
    end, start = sides.end, sides.start
    starts, ends = np.empty((2, 25, len(start)), np.intp)
    starts[:4], ends[:4] = end - _NEAR, end
    starts[4:8], ends[4:8] = start, start + _NEAR
    starts[8:11], ends[8:11] = starts[1:4], starts[:3]
    starts[11:14], ends[11:14] = ends[4:7], ends[5:8]
    starts[14], ends[14] = sides.first, end
    starts[15], ends[15] = start, sides.last
    starts[16], ends[16] = sides.before
    starts[17], ends[17] = sides.after
    parts[1:19] = encoded.between(starts[:18], ends[:18])
    starts[18:24], ends[18:24] = starts[_SHAPED], ends[_SHAPED]
    starts[24], ends[24] = sides.after[0], np.minimum(sides.after[0] + 1, sides.after[1])
    parts[19:26] = encoded.shapes_between(starts[18:], ends[18:])
    parts[26:28] = encoded.collapsed_between(starts[14:16], ends[14:16])


#: The distances of the characters next to a gap, and the rows whose shapes are used.
_NEAR = np.arange(1, 5)[:, None]
_SHAPED = [0, 1, 2, 4, 5, 6]


def _words(encoded: EncodedText, gaps: Indices, words: Lookup) -> Hashes:
    """Return the lengths of the longest known words that end at the gap, begin at it, and span it."""
    origin = max(0, int(gaps[0]) - LONGEST - 1)
    size = min(len(encoded.codes), int(gaps[-1]) + LONGEST) - origin
    lengths = np.arange(1, min(LONGEST, size) + 1)[:, None]
    starts = np.arange(size) + np.zeros_like(lengths)
    ends = np.minimum(starts + lengths, size)
    known = words.holds(word_keys(encoded, starts + origin, ends + origin)) & (starts + lengths <= size)
    passed = np.zeros((len(lengths), size + 1), np.intp)
    np.cumsum(known, axis=1, out=passed[:, 1:])
    row = lengths - 1
    right = gaps - origin
    left = right - (encoded.codes[gaps - 1] == SPACE)
    final = left - lengths
    finishes = known[row, np.maximum(final, 0)] & (final >= 0)
    crosses = passed[row, left] > passed[row, np.maximum(right - lengths + 1, 0)]
    longest = [(found * lengths).max(axis=0) for found in (finishes, known[row, right], crosses)]
    return np.stack(longest).astype(np.uint64)


def _plan(features: tuple[tuple[str, ...], ...]) -> Indices:
    """Return the rows of the parts of each feature, (3, features)."""
    rows = {part: row for row, part in enumerate(_PARTS)}
    return np.array([[rows[part] for part in (*parts, "nothing", "nothing")[:3]] for parts in features]).T


def _salt(number: int) -> Hashes:
    return mix(np.arange(1, number + 1, dtype=np.uint64))[:, None]


_PLAN, _PLAN_WITH_WORDS = _plan(_FEATURES), _plan(_FEATURES + _WORD_FEATURES)
_SALT, _SALT_WITH_WORDS = _salt(len(_FEATURES)), _salt(len(_FEATURES) + len(_WORD_FEATURES))
_SPACED, _WORD = mix(np.array([1 << 20, 1 << 21], np.uint64))
