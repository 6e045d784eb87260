"""Alignment of the words of two sentences."""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

#: With more pairs of equal words than this, only a common prefix and suffix are aligned exactly.
_MOST_LIKE = 50_000

#: Start and end in the old sentence, start and end in the new: words that are aligned.
_Stretch = tuple[int, int, int, int]


def places(old: Sequence[str], new: Sequence[str]) -> tuple[int | None, ...]:
    """Return the index in ``new`` of each word of ``old``; None if it was removed.

    Replaced words are aligned one to one.
    """
    found: list[int | None] = [None] * len(old)
    for a, b in pairs(old, new):
        if a is not None:
            found[a] = b
    return tuple(found)


def pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Yield the aligned words of both sentences, in order.

    Each pair is (index in ``old``, index in ``new``); None if the other has no such word. Between equal
    words, different words are paired one to one as far as possible. Long sentences of few different words are
    compared from both ends only.
    """
    for a, a_end, b, b_end in _stretches(old, new):
        for k in range(max(a_end - a, b_end - b)):
            yield (a + k if a + k < a_end else None, b + k if b + k < b_end else None)


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[_Stretch]:
    if _likes(old, new) <= _MOST_LIKE:
        for _, a, a_end, b, b_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield a, a_end, b, b_end
        return
    start = common_prefix_length(old, new)
    end = common_prefix_length(old[start:][::-1], new[start:][::-1])
    a_end, b_end = len(old) - end, len(new) - end
    yield 0, start, 0, start
    yield from _between(old, new, (start, a_end, start, b_end))
    yield a_end, len(old), b_end, len(new)


def _between(old: Sequence[str], new: Sequence[str], whole: _Stretch) -> Iterator[_Stretch]:
    """Yield the stretches within one whose first words differ, and whose last words differ."""
    a0, a_stop, b0, b_stop = whole
    inner_old, inner_new = old[a0:a_stop], new[b0:b_stop]
    if _likes(inner_old, inner_new) > _MOST_LIKE:
        yield whole
        return
    for a, a_end, b, b_end in _stretches(inner_old, inner_new):
        yield a0 + a, a0 + a_end, b0 + b, b0 + b_end


def _likes(old: Sequence[str], new: Sequence[str]) -> int:
    """Return the number of pairs of equal words of ``old`` and ``new``."""
    counted = Counter(new)
    return sum(number * counted[word] for word, number in Counter(old).items())


def common_prefix_length(old: Sequence[str], new: Sequence[str]) -> int:
    """Return the length of the common prefix of two sequences."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
