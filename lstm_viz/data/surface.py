"""The text of a sentence in a treebank, and the ranges of its words in it."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lstm_viz.data.conllu import UNTAGGED, Sentence, SurfaceToken
from lstm_viz.text.combining import combining_sequences
from lstm_viz.text.token import Token
from lstm_viz.text.tokenized_text import TokenizedText

_Span = tuple[int, int]


def tokenized_sentence(sentence: Sentence) -> TokenizedText:
    """Return the fixed segmentation of a sentence's text, with the true tags, "" where there is none."""
    return TokenizedText(*tokens_of(sentence), tuple("" if tag == UNTAGGED else tag for tag in sentence.tags))


def tokens_of(sentence: Sentence) -> tuple[str, tuple[Token, ...]]:
    """Return the text of a sentence and its syntactic words as tokens of that text.

    The text is that of the sentence if it consists of its surface tokens in order, with any white space
    between and within them, up to canonical equivalence (NFC, NFD). Otherwise it is joined from the surface
    tokens.

    Returns
    -------
    text : str
    tokens : tuple[Token, ...]
        One per syntactic word, with the word as ``text``. The words of a multiword token share its span.
    """
    surface = sentence.surface
    given = sentence.text or ""
    spans = _exact(given, surface) or _equivalent(given, surface)
    text = given if spans is not None else _joined(surface)
    spans = spans if spans is not None else _spans_in_joined(surface)
    shared = (span for span, token in zip(spans, surface, strict=True) for _ in range(token.words))
    return text, tuple(Token(word, *span) for word, span in zip(sentence.words, shared, strict=True))


def _exact(text: str, surface: Sequence[SurfaceToken]) -> list[_Span] | None:
    """Return the spans of the tokens if the text consists of exactly them and white space."""
    spans = []
    end = 0
    for token in surface:
        start = _after_space(text, end)
        if not token.form or not text.startswith(token.form, start):
            return None
        end = start + len(token.form)
        spans.append((start, end))
    return spans if _after_space(text, end) == len(text) else None


def _after_space(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _equivalent(text: str, surface: Sequence[SurfaceToken]) -> list[_Span] | None:
    """Return the spans of the tokens if they equal the text up to white space and canonical equivalence."""
    places: list[_Span] = []  # for each decomposed character the span of its combining sequence
    characters = []
    for decomposed, span in _decomposed(text):
        characters.append(decomposed)
        places += [span] * len(decomposed)
    forms = ["".join(decomposed for decomposed, _ in _decomposed(token.form)) for token in surface]
    if "".join(characters) != "".join(forms) or not all(forms):
        return None
    spans = list(_spans_of(forms, places))
    return spans if all(one[1] <= other[0] for one, other in pairwise(spans)) else None


def _decomposed(text: str) -> Iterator[tuple[str, _Span]]:
    """Yield each combining character sequence except white space in NFD, and its span."""
    for start, end in combining_sequences(text):
        if not text[start].isspace():
            yield unicodedata.normalize("NFD", text[start:end]), (start, end)


def _spans_of(forms: Sequence[str], places: Sequence[_Span]) -> Iterator[_Span]:
    done = 0
    for form in forms:
        start, done = done, done + len(form)
        yield places[start][0], places[done - 1][1]


def _joined(surface: Sequence[SurfaceToken]) -> str:
    parts = [token.form + " " * token.space_after for token in surface[:-1]]
    return "".join([*parts, *(token.form for token in surface[-1:])])


def _spans_in_joined(surface: Sequence[SurfaceToken]) -> list[_Span]:
    spans = []
    start = 0
    for token in surface:
        end = start + len(token.form)
        spans.append((start, end))
        start = end + token.space_after
    return spans
