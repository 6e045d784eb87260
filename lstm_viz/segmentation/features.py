"""What the classifier knows of a gap between two characters: hashed n-grams, shapes, chunks and words.

A *gap* lies between two neighbouring characters that are no white space; one space may lie in it. A *chunk*
is what stands between two spaces.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from lstm_viz.segmentation.characters import SPACE
from lstm_viz.segmentation.hashing import Hashes, Keys, joined_keys, mix
from lstm_viz.segmentation.signs import Places, Signs

#: How many characters of a chunk, and of a known word, are read from a gap.
LONGEST = 20
#: No feature of a gap depends on a character further away than this.
REACH = 2 * LONGEST + 4
#: So many gaps at a time, so that what is computed for them stays in the processor's cache.
_BLOCK = 4096

#: What features are made of. ``left n`` and ``right n``: the n characters next to the gap.
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

#: One kind of feature a line: up to three parts that belong together.
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
    """Return how many features a gap has."""
    return len(_FEATURES) + len(_WORD_FEATURES) * with_words


def keys_of(signs: Signs, gaps: Places, words: Keys | None) -> Iterator[Keys]:
    """Yield the keys of the features of gaps, (features, some gaps) at a time, in order.

    Parameters
    ----------
    signs : Signs
    gaps : (G,) sorted array of int
        Where the character after each gap stands; before it is another, or one space and another.
    words : sorted array of uint32, or None
        Keys of the known words, if the classifier asks for them.
    """
    for first in range(0, len(gaps), _BLOCK):
        some = gaps[first : first + _BLOCK]
        start = max(0, int(some[0]) - REACH)
        part = signs.part(start, int(some[-1]) + REACH)
        yield _keys(part, some - start, words)


def word_keys(signs: Signs, starts: Places, ends: Places) -> Keys:
    """Return the keys that words are known by."""
    return joined_keys(signs.between(starts, ends)[None], _WORD)


def _keys(signs: Signs, start: Places, words: Keys | None) -> Keys:
    spaced = signs.codes[start - 1] == SPACE
    end = start - spaced
    parts = [np.zeros((1, len(start)), np.uint64), _texts(signs, end, start), _shapes(signs, end, start)]
    if words is not None:
        parts.append(_words(signs, start, words))
    used, salt = (_PLAN, _SALT) if words is None else (_PLAN_WITH_WORDS, _SALT_WITH_WORDS)
    return joined_keys(np.concatenate(parts)[used], salt + spaced.astype(np.uint64) * _SPACED)


def _texts(signs: Signs, end: Places, start: Places) -> Hashes:
    """Return "left 1" to "chunk after" for gaps from ``end`` of the left side to ``start`` of the right."""
    first = np.maximum(signs.blank_before[end - 1] + 1, end - LONGEST)
    last = np.minimum(signs.blank_after[start], start + LONGEST)
    before, before_end = _chunk_before(signs, first)
    after, after_end = _chunk_after(signs, last)
    starts = [*(end - n for n in _NEXT), *(start for _ in _NEXT)]
    ends = [*(end for _ in _NEXT), *(start + n for n in _NEXT)]
    starts += [*(end - n for n in _NEXT[1:]), *(start + n - 1 for n in _NEXT[1:])]
    ends += [*(end - n + 1 for n in _NEXT[1:]), *(start + n for n in _NEXT[1:])]
    starts += [first, start, before, after]
    ends += [end, last, before_end, after_end]
    return signs.between(np.stack(starts), np.stack(ends))


_NEXT = (1, 2, 3, 4)


def _chunk_before(signs: Signs, first: Places) -> tuple[Places, Places]:
    """Return the span of the chunk before one that begins at ``first``; nothing if it only seems to begin."""
    blank = first - 1
    begins = signs.blank_before[blank] == blank
    start = np.maximum(signs.blank_before[blank - 1] + 1, blank - LONGEST)
    return np.where(begins, start, first), np.where(begins, blank, first)


def _chunk_after(signs: Signs, last: Places) -> tuple[Places, Places]:
    at = np.minimum(last, len(signs.codes) - 2)
    ends = signs.blank_after[at] == last
    end = np.minimum(signs.blank_after[at + 1], at + 1 + LONGEST)
    return np.where(ends, at + 1, last), np.where(ends, end, last)


def _shapes(signs: Signs, end: Places, start: Places) -> Hashes:
    first = np.maximum(signs.blank_before[end - 1] + 1, end - LONGEST)
    last = np.minimum(signs.blank_after[start], start + LONGEST)
    after, after_end = _chunk_after(signs, last)
    near = _NEXT[:3]
    starts = [*(end - n for n in near), *(start for _ in near), after]
    ends = [*(end for _ in near), *(start + n for n in near), np.minimum(after + 1, after_end)]
    chunks = signs.collapsed_between(np.stack((first, start)), np.stack((end, last)))
    return np.concatenate((signs.shapes_between(np.stack(starts), np.stack(ends)), chunks))


def _words(signs: Signs, gaps: Places, words: Keys) -> Hashes:
    """Return how long the longest known words are that end in the gap, begin in it, and lie across it."""
    size = len(signs.codes)
    lengths = np.arange(1, min(LONGEST, size) + 1)[:, None]
    starts = np.arange(size)[None] + np.zeros_like(lengths)
    ends = np.minimum(starts + lengths, size)
    known = _contains(words, word_keys(signs, starts, ends)) & (starts + lengths <= size)
    passed = np.zeros((len(lengths), size + 1), np.intp)
    np.cumsum(known, axis=1, out=passed[:, 1:])
    row = np.arange(len(lengths))[:, None]
    left = np.where(signs.codes[gaps - 1] == SPACE, gaps - 1, gaps)
    begins = known[row, gaps]
    final = left - lengths
    finishes = known[row, np.maximum(final, 0)] & (final >= 0)
    crosses = passed[row, left] > passed[row, np.maximum(gaps - lengths + 1, 0)]
    longest = [(found * lengths).max(axis=0) for found in (finishes, begins, crosses)]
    return np.stack(longest).astype(np.uint64)


def _contains(words: Keys, keys: Keys) -> npt.NDArray[np.bool_]:
    if not len(words):
        return np.zeros(keys.shape, bool)
    places = np.minimum(np.searchsorted(words, keys), len(words) - 1)
    return np.equal(words[places], keys)


def _plan(features: tuple[tuple[str, ...], ...]) -> Places:
    """Return the rows of the three parts of each feature, (3, features)."""
    rows = {part: row for row, part in enumerate(_PARTS)}
    return np.array([[rows[part] for part in (*parts, "nothing", "nothing")[:3]] for parts in features]).T


def _salt(number: int) -> Hashes:
    return mix(np.arange(1, number + 1, dtype=np.uint64))[:, None]


_PLAN, _PLAN_WITH_WORDS = _plan(_FEATURES), _plan(_FEATURES + _WORD_FEATURES)
_SALT, _SALT_WITH_WORDS = _salt(len(_FEATURES)), _salt(len(_FEATURES) + len(_WORD_FEATURES))
_SPACED, _WORD = mix(np.array([1 << 20, 1 << 21], np.uint64))
