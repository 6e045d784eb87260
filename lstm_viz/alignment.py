"""Which words of two sentences are the same: what was said of one can then be found again in the other."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher


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
    that are the same, words that differ are paired one for one as far as they go.
    """
    for _, a, a_end, b, b_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for k in range(max(a_end - a, b_end - b)):
            yield (a + k if a + k < a_end else None, b + k if b + k < b_end else None)
