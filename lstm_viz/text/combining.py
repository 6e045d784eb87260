"""Combining character sequences: the parts of a text that normalise (NFC, NFD) independently."""

import unicodedata
from collections.abc import Iterator

#: A sequence ends after 30 combining characters, as in the Stream-Safe Text Format (Unicode Standard Annex
#: #15, section 13): the time that normalisation takes is quadratic in their number.
LONGEST = 31


def combining_sequences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of each character with its combining characters.

    Vowels and final consonants of decomposed Hangul count as combining. White space has none.
    """
    start = 0
    for place, character in enumerate(text):
        if place > start and not (
            _combines(character) and place - start < LONGEST and not text[start].isspace()
        ):
            yield start, place
            start = place
    if text:
        yield start, len(text)


def _combines(character: str) -> bool:
    # No character below U+0300 combines: most text needs no category lookup.
    return character >= "\u0300" and (
        unicodedata.category(character)[0] == "M" or "\u1160" <= character < "\u1200"
    )
