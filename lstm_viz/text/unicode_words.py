"""Language-independent tokeniser, after the word boundaries of Unicode.

Source: Unicode Standard Annex #29, "Unicode Text Segmentation", section 4: letters, digits and combining
marks of a script form a word, also across a full stop, an apostrophe or a middle dot between two letters, and
across a full stop or a comma between two digits. Han, which does not mark words, is split by character.
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
    """Return the words and marks of the text in order, in linear time."""
    return [Token(match.group(), *match.span()) for match in _WORD.finditer(text)]
