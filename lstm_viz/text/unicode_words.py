"""Cuts a text into words by rules that know no language, after the word boundaries of Unicode.

Source: Unicode Standard Annex #29, "Unicode Text Segmentation", section 4: letters, digits and marks of a
script make a word, and so they do over a full stop, an apostrophe or a middle dot between two letters, over a
full stop or a comma between two digits. Han, which marks no words, is cut character by character.
"""

import re

from lstm_viz.text.token import Token
from lstm_viz.text.tokens import HAN, MARKS, PICTURE, SPACE

_LETTER = rf"[^{SPACE}{MARKS}{HAN}]"
_WORD = re.compile(
    "|".join(
        (
            rf"{PICTURE}(?:\u200d{PICTURE})*+",
            rf"{_LETTER}++(?:(?:(?<!\d)['’.\u00b7\u2027](?!\d)|(?<=\d)[.,'’](?=\d)){_LETTER}++)*+",
            rf"[{HAN}]",
            r"(?P<mark>[.!?*=~-])(?P=mark)++",
            rf"[^{SPACE}]",
        )
    )
)


def unicode_words(text: str) -> list[Token]:
    """Return the words and marks of the text in order; the time is linear in the text."""
    return [Token(match.group(), *match.span()) for match in _WORD.finditer(text)]
