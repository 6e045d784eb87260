"""Fixed tokens of a text, from a corpus or corrected by the user.

The rest of the text is segmented by the segmenter of the model. A `TokenizedText` belongs to exactly one
text; `with_text` returns the tokenized text of an edited text.
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
class TokenizedText:
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


def tokenized_text_of(text: str, tokenized_texts: Sequence[TokenizedText]) -> TokenizedText:
    """Return that of this text among ``tokenized_texts``; one without fixed tokens if there is none."""
    return next((tokenized for tokenized in tokenized_texts if tokenized.text == text), TokenizedText(text))


def spaced(words: Sequence[str], tags: Sequence[str] = ()) -> TokenizedText:
    """Return these words, separated by spaces, as fixed tokens; an empty word becomes U+FFFD."""
    tokens, end = [], 0
    words = [word or "\ufffd" for word in words]
    for word in words:
        tokens.append(Token(word, end, end + len(word)))
        end += len(word) + 1
    return TokenizedText(" ".join(words), tuple(tokens), tuple(tags))


def stripped(tokenized: TokenizedText) -> TokenizedText:
    """Return the tokenized text of the text without the white space around it."""
    text, start = tokenized.text.strip(), len(tokenized.text) - len(tokenized.text.lstrip())
    moved = (Token(token.text, token.start - start, token.end - start) for token in tokenized.tokens)
    return TokenizedText(text, tuple(moved), tokenized.tags)


def is_whole(tokenized: TokenizedText) -> bool:
    """Return whether all words of the text are fixed."""
    return not any(tokenized.text[start:end].strip() for start, end in _between(tokenized))


def with_fixed(tokens: Sequence[Token], tokenized: TokenizedText) -> tuple[Token, ...]:
    """Return a segmenter's tokens, replaced by the fixed tokens where they overlap.

    A token that overlaps a fixed one loses that part; a multiword token thereby becomes a plain word.
    """
    if not tokenized.tokens:
        return tuple(tokens)
    result: list[Token] = []
    rest, fixed = list(_surfaces(tokens)), [words for _, words in _surfaces(tokenized.tokens)]
    place = 0
    for number, (start, end) in enumerate(_between(tokenized)):
        while place < len(rest) and rest[place][0][0] < end:
            (first, last), words = rest[place]
            if last > start:
                result += _within(words, tokenized.text, max(first, start), min(last, end))
            if last > end:
                break  # it continues after the next fixed token
            place += 1
        if number < len(fixed):
            result += fixed[number]
    return tuple(result)


def with_text(tokenized: TokenizedText, text: str) -> TokenizedText:
    """Return the tokenized text of an edited text: tokens that the edit did not touch stay fixed.

    A token is touched if one of its characters was edited, or one was inserted next to it without a space.
    True tags belong to the whole sentence: any edit drops them.
    """
    if text == tokenized.text:
        return tokenized
    if not tokenized.tokens:
        return TokenizedText(text)
    start = common_prefix_length(tokenized.text, text)
    room = min(len(tokenized.text), len(text)) - start
    same = common_prefix_length(tokenized.text[::-1][:room], text[::-1][:room])
    end, moved = len(tokenized.text) - same, len(text) - len(tokenized.text)
    before = [token for token in tokenized.tokens if _is_before(token, start, text)]
    after = [
        Token(token.text, token.start + moved, token.end + moved)
        for token in tokenized.tokens[len(before) :]
        if _is_after(token, end, moved, text)
    ]
    return TokenizedText(text, (*before, *after))


def retokenized(tokenized: TokenizedText, start: int, end: int, words: Sequence[str]) -> TokenizedText:
    """Return the tokenized text with the surface from ``start`` to ``end`` fixed as these words.

    Words that spell the surface, apart from white space, get the spans of their own characters; others are
    the words of a multiword token, and share its span. Fixed tokens that overlap the surface are removed.
    """
    others = [token for token in tokenized.tokens if token.end <= start or token.start >= end]
    new = _spelled(tokenized.text, start, end, words) or [Token(word, start, end) for word in words]
    return TokenizedText(tokenized.text, tuple(sorted((*others, *new), key=lambda token: token.start)))


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


def _between(tokenized: TokenizedText) -> Iterator[tuple[int, int]]:
    """Yield the spans before, between and after the fixed tokens."""
    start = 0
    for (first, last), _ in _surfaces(tokenized.tokens):
        yield start, first
        start = last
    yield start, len(tokenized.text)


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
