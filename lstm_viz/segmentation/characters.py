"""Character classes of the segmenter: lower case, kind and shape."""

import re
import unicodedata
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from lstm_viz.text.quotes import QUOTES

Codes = npt.NDArray[np.uint32]

SPACE = 0x20
#: The padding on both sides of a text; not a code point, nor is the next.
PADDING = 0x110000
#: The symbol of every mark that the treebank does not have.
UNKNOWN = 0x110001


class Kind(IntEnum):
    """The kinds of characters. Each mark has its own shape: see `shapes`."""

    SPACE = 1
    MARK = 2
    DIGIT = 3
    UPPER = 4
    LOWER = 5
    LETTER = 6
    COMBINING = 7
    HIRAGANA = 8
    KATAKANA = 9
    HAN = 10
    HANGUL = 11
    OTHER = 12


#: The kinds of letters and digits.
ALPHANUMERIC = frozenset(Kind) - {Kind.SPACE, Kind.MARK, Kind.COMBINING, Kind.OTHER}

_SCRIPTS = {
    "HIRAGANA": Kind.HIRAGANA,
    "KATAKANA": Kind.KATAKANA,
    "CJK UNIFIED": Kind.HAN,
    "CJK COMPATIBILITY IDEOGRAPH": Kind.HAN,
    "HANGUL": Kind.HANGUL,
}
_SCRIPT = re.compile("|".join(_SCRIPTS))
#: Neither shown nor part of a word: controls, zero-width space, directional marks.
_INVISIBLE = frozenset(
    code
    for codes in (range(0x20), range(0x7F, 0xA0), range(0x202A, 0x202F), range(0x2066, 0x206A))
    for code in (*codes, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF)
)
#: Emoji that are newer than Python's Unicode data are marks too.
_PICTURES = range(0x1F000, 0x1FB00)
_KIND_SHIFT = 21


def code_points(text: str) -> Codes:
    """Return the code points of a text; lone surrogates are code points too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def text_of(codes: Codes) -> str:
    """Return the text of code points."""
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


class _Table:
    """Lower case and kind of each code point, computed on first use.

    Pages of zeros are not resident until they are written: the table takes memory for used scripts only.
    """

    def __init__(self) -> None:
        self._known = np.zeros(UNKNOWN + 1, np.uint32)

    def __call__(self, codes: Codes) -> Codes:
        found = self._known[codes]
        if not found.all():
            for code in np.unique(codes[found == 0]).tolist():
                self._known[code] = _packed(code)
            found = self._known[codes]
        return found


def lowered(codes: Codes) -> Codes:
    """Return each character in lower case, with ASCII quotation marks."""
    return _TABLE(codes) & np.uint32((1 << _KIND_SHIFT) - 1)


def kinds(codes: Codes) -> Codes:
    """Return the `Kind` of each character."""
    return _TABLE(codes) >> np.uint32(_KIND_SHIFT)


def alphanumeric(kind: Codes) -> npt.NDArray[np.bool_]:
    """Return which kinds, or `shapes`, are those of letters and digits."""
    return _ALPHANUMERIC[np.minimum(kind, len(_ALPHANUMERIC) - 1)]


def shapes(codes: Codes, kind: Codes) -> Codes:
    """Return the shape of each character: its kind, or for a mark the mark itself."""
    return np.where(kind == Kind.MARK, codes + np.uint32(len(Kind) + 1), kind)


def _packed(code: int) -> int:
    if code >= PADDING:
        return code | Kind.OTHER << _KIND_SHIFT
    character = chr(code)
    lower = QUOTES.get(code) or ord(character.lower()[0])
    return lower | _kind(code, character) << _KIND_SHIFT


def _kind(code: int, character: str) -> Kind:
    if character.isspace() or code in _INVISIBLE:
        return Kind.SPACE
    category = unicodedata.category(character)
    if category in {"Lu", "Lt"}:
        return Kind.UPPER
    if category == "Ll":
        return Kind.LOWER
    simple = {"N": Kind.DIGIT, "P": Kind.MARK, "S": Kind.MARK, "M": Kind.COMBINING, "L": Kind.LETTER}
    kind = simple.get(category[0], Kind.OTHER)
    if code in QUOTES or (category == "Cn" and code in _PICTURES):
        return Kind.MARK
    script = _SCRIPT.match(unicodedata.name(character, "")) if kind is Kind.LETTER else None
    return _SCRIPTS[script.group()] if script else kind


_TABLE = _Table()
_ALPHANUMERIC = np.array([kind in ALPHANUMERIC for kind in range(len(Kind) + 2)])
