"""Words in one line of text, separated by bars."""

import re
from collections.abc import Sequence

from lstm_viz.text.cut import Cut, plain, recut
from lstm_viz.text.token import Token

BAR = "|"
_SPECIAL, _ESCAPED = re.compile(r"[|\\]"), re.compile(r"\\(.)")
_WORDS = re.compile(r"(?:[^|\\]|\\.?)+")


def written(words: Sequence[str]) -> str:
    """Return the words in one line; a bar or backslash in a word is escaped with a backslash."""
    return f" {BAR} ".join(_SPECIAL.sub(r"\\\g<0>", word) for word in words)


def parsed(line: str) -> tuple[str, ...]:
    """Return the words of a line, with single spaces in them."""
    pieces = [" ".join(_ESCAPED.sub(r"\1", piece).split()) for piece in _WORDS.findall(line)]
    return tuple(piece for piece in pieces if piece)


def surface_of(tokens: Sequence[Token], place: int) -> range:
    """Return the indices of the words that share the surface of the word at ``place``."""
    span = tokens[place].start, tokens[place].end
    first = last = place
    while first > 0 and (tokens[first - 1].start, tokens[first - 1].end) == span:
        first -= 1
    while last + 1 < len(tokens) and (tokens[last + 1].start, tokens[last + 1].end) == span:
        last += 1
    return range(first, last + 1)


def joined(cut: Cut, tokens: Sequence[Token], place: int) -> Cut | None:
    """Return the cut with the word at ``place`` joined with the next one; None if there is none."""
    words = surface_of(tokens, place)
    if words.stop >= len(tokens):
        return None
    start, end = tokens[place].start, tokens[words.stop].end
    return recut(cut, start, end, (plain(" ".join(cut.text[start:end].split())),))
