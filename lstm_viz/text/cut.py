"""Fixed tokens of a text, from a corpus or corrected by the user.

The rest of the text is segmented by the segmenter of the model. A `Cut` belongs to exactly one text;
`carried` returns the cut of an edited text.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from lstm_viz.text.alignment import common_prefix_length
from lstm_viz.text.combining import combining_sequences
from lstm_viz.text.quotes import QUOTES
from lstm_viz.text.token import Token

#: No NFC character has a longer NFD form (Unicode Standard Annex #15).
_LONGEST_DECOMPOSITION = 4


@dataclass(frozen=True, slots=True)
class Cut:
    """A text and its fixed tokens.

    Attributes
    ----------
    text : str
    tokens : tuple of Token
        In the order of the text. The words of a multiword token share its start and end; other tokens do not
        overlap.
    tags : tuple of str
        The true tag of each token, if from a corpus; else empty.

    Raises
    ------
    ValueError
        If a token is outside the text, is empty, or they are not in order.
    """

    text: str
    tokens: tuple[Token, ...] = ()
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.tags and len(self.tags) != len(self.tokens):
            raise ValueError("a tag for each token, or none")
        end = 0
        for (start, stop), _ in _surfaces(self.tokens):
            if not end <= start < stop <= len(self.text):
                raise ValueError("the tokens of a text are in it, one after the other")
            end = stop
        if not all(token.text for token in self.tokens):
            raise ValueError("a token has at least one character")


def cut_of(text: str, cuts: Sequence[Cut]) -> Cut:
    """Return the cut of this text among ``cuts``; one without fixed tokens if there is none."""
    return next((cut for cut in cuts if cut.text == text), Cut(text))


def spaced(words: Sequence[str], tags: Sequence[str] = ()) -> Cut:
    """Return the cut of these words, separated by spaces, all fixed; an empty word becomes U+FFFD."""
    tokens, end = [], 0
    words = [word or "\ufffd" for word in words]
    for word in words:
        tokens.append(Token(word, end, end + len(word)))
        end += len(word) + 1
    return Cut(" ".join(words), tuple(tokens), tuple(tags))


def stripped(cut: Cut) -> Cut:
    """Return the cut of the text without the white space around it."""
    text, start = cut.text.strip(), len(cut.text) - len(cut.text.lstrip())
    moved = (Token(token.text, token.start - start, token.end - start) for token in cut.tokens)
    return Cut(text, tuple(moved), cut.tags)


def is_whole(cut: Cut) -> bool:
    """Return whether all words of the text are fixed."""
    return not any(cut.text[start:end].strip() for start, end in _between(cut))


def with_fixed(tokens: Sequence[Token], cut: Cut) -> tuple[Token, ...]:
    """Return a segmenter's tokens, replaced by the fixed tokens where they overlap.

    A token that overlaps a fixed one loses that part; a multiword token thereby becomes a plain word.
    """
    if not cut.tokens:
        return tuple(tokens)
    result: list[Token] = []
    rest, fixed = list(_surfaces(tokens)), [words for _, words in _surfaces(cut.tokens)]
    place = 0
    for number, (start, end) in enumerate(_between(cut)):
        while place < len(rest) and rest[place][0][0] < end:
            (first, last), words = rest[place]
            if last > start:
                result += _within(words, cut.text, max(first, start), min(last, end))
            if last > end:
                break  # it continues after the next fixed token
            place += 1
        if number < len(fixed):
            result += fixed[number]
    return tuple(result)


def carried(cut: Cut, text: str) -> Cut:
    """Return the cut of an edited text: tokens that the edit did not touch stay fixed.

    A token is touched if one of its characters was edited, or one was inserted next to it without a space.
    True tags belong to the whole sentence: any edit drops them.
    """
    if text == cut.text:
        return cut
    if not cut.tokens:
        return Cut(text)
    start = common_prefix_length(cut.text, text)
    room = min(len(cut.text), len(text)) - start
    same = common_prefix_length(cut.text[::-1][:room], text[::-1][:room])
    end, moved = len(cut.text) - same, len(text) - len(cut.text)
    before = [token for token in cut.tokens if _is_before(token, start, text)]
    after = [
        Token(token.text, token.start + moved, token.end + moved)
        for token in cut.tokens[len(before) :]
        if _is_after(token, end, moved, text)
    ]
    return Cut(text, (*before, *after))


def recut(cut: Cut, start: int, end: int, words: Sequence[str]) -> Cut:
    """Return the cut with the surface from ``start`` to ``end`` fixed as these words.

    Words that spell the surface, apart from white space, get the spans of their own characters; others are
    the words of a multiword token, and share its span. Fixed tokens that overlap the surface are removed.
    """
    others = [token for token in cut.tokens if token.end <= start or token.start >= end]
    new = _spelled(cut.text, start, end, words) or [Token(word, start, end) for word in words]
    return Cut(cut.text, tuple(sorted((*others, *new), key=lambda token: token.start)))


def plain(text: str) -> str:
    """Return the input form of a text for a tagger: NFC, with ASCII quotation marks."""
    return unicodedata.normalize("NFC", text.translate(QUOTES))


def _spelled(text: str, start: int, end: int, words: Sequence[str]) -> list[Token]:
    """Return the words with their own spans; none if they do not spell the surface."""
    tokens, place = [], start
    for word in words:
        place += len(text[place:end]) - len(text[place:end].lstrip())
        stop = _spelled_until(text, place, end, plain(word))
        if stop is None:
            return []
        tokens.append(Token(word, place, stop))
        place = stop
    return tokens if not text[place:end].strip() else []


def _spelled_until(text: str, start: int, end: int, word: str) -> int | None:
    """Return the end of the characters from ``start`` that spell a word; None if they do not."""
    if text.startswith(word, start) and start + len(word) <= end:
        return start + len(word)
    longest, spelled = min(end, start + _LONGEST_DECOMPOSITION * len(word)), 0
    for first, stop in combining_sequences(
        text[start:longest]
    ):  # normalised on their own: linear in the text
        letters = plain(text[start + first : start + stop])
        if not word.startswith(letters, spelled):
            return None
        spelled += len(letters)
        if spelled == len(word):
            return start + stop
    return None


def _is_before(token: Token, edited: int, text: str) -> bool:
    return token.end < edited or (token.end == edited and _is_free(text, token.end))


def _is_after(token: Token, edited: int, moved: int, text: str) -> bool:
    start = token.start + moved
    return token.start > edited or (token.start == edited and _is_free(text, start - 1))


def _is_free(text: str, place: int) -> bool:
    """Return whether this place is outside the text or white space."""
    return not 0 <= place < len(text) or text[place].isspace()


def _between(cut: Cut) -> Iterator[tuple[int, int]]:
    """Yield the spans before, between and after the fixed tokens."""
    start = 0
    for (first, last), _ in _surfaces(cut.tokens):
        yield start, first
        start = last
    yield start, len(cut.text)


def _surfaces(tokens: Sequence[Token]) -> Iterator[tuple[tuple[int, int], list[Token]]]:
    """Yield each surface span with its words: several for a multiword token."""
    for span, words in groupby(tokens, lambda token: (token.start, token.end)):
        yield span, list(words)


def _within(words: list[Token], text: str, start: int, end: int) -> list[Token]:
    """Return the words of a surface if they are within these places, else its rest as one word."""
    if words[0].start >= start and words[0].end <= end:
        return words
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    return [Token(piece, start, start + len(piece))] if piece else []
