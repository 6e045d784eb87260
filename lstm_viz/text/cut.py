"""Words that are fixed: what a corpus, or a person, says of how a text is cut.

The rest of a text is cut by the segmenter of the model that reads it. A `Cut` belongs to one text, letter for
letter; `carried` takes it along to the text that an edit makes of it.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from lstm_viz.text.alignment import shared
from lstm_viz.text.combining import combining_sequences
from lstm_viz.text.quotes import QUOTES
from lstm_viz.text.token import Token

#: No character of NFC is more characters in NFD (Unicode Standard Annex #15).
_LONGEST_DECOMPOSITION = 4


@dataclass(frozen=True, slots=True)
class Cut:
    """A text, and those of its words that are fixed.

    Attributes
    ----------
    text : str
    tokens : tuple of Token
        In the order of the text. The words of a multiword token share its start and end; other tokens do not
        overlap.
    tags : tuple of str
        The true tag of each token where a corpus tells them, else empty.

    Raises
    ------
    ValueError
        Where a token is not in the text or has no character, or they are not in order.
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
    """Return the cut of this text among ``cuts``; one without any fixed word where there is none."""
    return next((cut for cut in cuts if cut.text == text), Cut(text))


def spaced(words: Sequence[str], tags: Sequence[str] = ()) -> Cut:
    """Return these words with a space between them, all of them fixed; an empty one is shown as U+FFFD."""
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
    """Return whether no word of the text is left to a segmenter."""
    return not any(cut.text[start:end].strip() for start, end in _between(cut))


def with_fixed(tokens: Sequence[Token], cut: Cut) -> tuple[Token, ...]:
    """Return a segmenter's tokens with the fixed words in their place.

    A token that reaches into a fixed word loses that part, and so does a multiword token, which is then a
    plain word.
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
                break  # it goes on behind the next fixed word
            place += 1
        if number < len(fixed):
            result += fixed[number]
    return tuple(result)


def carried(cut: Cut, text: str) -> Cut:
    """Return the cut of the text that an edit made of ``cut.text``: words that it did not touch stay fixed.

    A word is touched where a letter of it was edited, or one was set against it without a space. True tags
    are those of the whole sentence: they go with any edit.
    """
    if text == cut.text:
        return cut
    if not cut.tokens:
        return Cut(text)
    start = shared(cut.text, text)
    room = min(len(cut.text), len(text)) - start
    same = shared(cut.text[::-1][:room], text[::-1][:room])
    end, moved = len(cut.text) - same, len(text) - len(cut.text)
    before = [token for token in cut.tokens if _is_before(token, start, text)]
    behind = [
        Token(token.text, token.start + moved, token.end + moved)
        for token in cut.tokens[len(before) :]
        if _is_behind(token, end, moved, text)
    ]
    return Cut(text, (*before, *behind))


def recut(cut: Cut, start: int, end: int, words: Sequence[str]) -> Cut:
    """Return the cut with the surface from ``start`` to ``end`` fixed as these words.

    Words that spell the surface, white space aside, each get the place of their own letters; others are the
    words of a multiword token, and share the whole. Fixed words that overlap the surface go.
    """
    others = [token for token in cut.tokens if token.end <= start or token.start >= end]
    new = _spelled(cut.text, start, end, words) or [Token(word, start, end) for word in words]
    return Cut(cut.text, tuple(sorted((*others, *new), key=lambda token: token.start)))


def plain(text: str) -> str:
    """Return what a tagger reads for letters of a text: NFC, quotation marks as they are typed."""
    return unicodedata.normalize("NFC", text.translate(QUOTES))


def _spelled(text: str, start: int, end: int, words: Sequence[str]) -> list[Token]:
    """Return the words at the places of their letters; none where they do not spell the surface."""
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
    """Return where the letters end that spell a word from ``start`` on; None where others stand there."""
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


def _is_behind(token: Token, edited: int, moved: int, text: str) -> bool:
    start = token.start + moved
    return token.start > edited or (token.start == edited and _is_free(text, start - 1))


def _is_free(text: str, place: int) -> bool:
    """Return whether no letter stands at this place of the text."""
    return not 0 <= place < len(text) or text[place].isspace()


def _between(cut: Cut) -> Iterator[tuple[int, int]]:
    """Yield where the text lies before, between and after its fixed words."""
    start = 0
    for (first, last), _ in _surfaces(cut.tokens):
        yield start, first
        start = last
    yield start, len(cut.text)


def _surfaces(tokens: Sequence[Token]) -> Iterator[tuple[tuple[int, int], list[Token]]]:
    """Yield each surface with its words: several where it is a multiword token."""
    for span, words in groupby(tokens, lambda token: (token.start, token.end)):
        yield span, list(words)


def _within(words: list[Token], text: str, start: int, end: int) -> list[Token]:
    """Return the words of a surface if they lie between these places, else what is left of it as one word."""
    if words[0].start >= start and words[0].end <= end:
        return words
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    return [Token(piece, start, start + len(piece))] if piece else []
