"""Which words of two sentences are the same: what was said of one can then be found again in the other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

#: How many pairs of like words are looked at before two sentences are taken to be too much of the same.
_MOST_LIKE = 50_000

#: From and to which word of the old sentence, and of the new: what of them stands side by side.
_Stretch = tuple[int, int, int, int]


def places(old: Sequence[str], new: Sequence[str]) -> tuple[int | None, ...]:
    """Return where each word of ``old`` is in ``new``; None where it is gone.

    Words that were typed over keep their place, one for one.
    """
    found: list[int | None] = [None] * len(old)
    for a, b in pairs(old, new):
        if a is not None:
            found[a] = b
    return tuple(found)


def pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Yield the words of both sentences in order, side by side where they belong together.

    Each pair is (place in ``old``, place in ``new``); None where the other has no such word. Between words
    that are the same, words that differ are paired one for one as far as they go. Long sentences of few
    different words are compared from both ends only.
    """
    for a, a_end, b, b_end in _stretches(old, new):
        for k in range(max(a_end - a, b_end - b)):
            yield (a + k if a + k < a_end else None, b + k if b + k < b_end else None)


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[_Stretch]:
    if _likes(old, new) <= _MOST_LIKE:
        for _, a, a_end, b, b_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield a, a_end, b, b_end
        return
    start = shared(old, new)
    end = shared(old[start:][::-1], new[start:][::-1])
    a_end, b_end = len(old) - end, len(new) - end
    yield 0, start, 0, start
    yield from _between(old, new, (start, a_end, start, b_end))
    yield a_end, len(old), b_end, len(new)


def _between(old: Sequence[str], new: Sequence[str], whole: _Stretch) -> Iterator[_Stretch]:
    """Yield the stretches within one that shares neither its first word nor its last."""
    a0, a_stop, b0, b_stop = whole
    inner_old, inner_new = old[a0:a_stop], new[b0:b_stop]
    if _likes(inner_old, inner_new) > _MOST_LIKE:
        yield whole
        return
    for a, a_end, b, b_end in _stretches(inner_old, inner_new):
        yield a0 + a, a0 + a_end, b0 + b, b0 + b_end


def _likes(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many pairs of a word of ``old`` and the same word of ``new`` there are."""
    counted = Counter(new)
    return sum(number * counted[word] for word, number in Counter(old).items())


def shared(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many items two sequences share from their start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
