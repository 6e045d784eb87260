"""What needs no treebank: addresses are whole, marks that were never seen are tokens."""

import re

import numpy as np

from lstm_viz.segmentation.characters import UNKNOWN, Codes, alphanumeric
from lstm_viz.segmentation.encoding import MARGIN, EncodedText, contains
from lstm_viz.segmentation.folding import Folded
from lstm_viz.segmentation.model import BEGINS, SAME, Labels
from lstm_viz.text.quotes import QUOTES

_ADDRESS = re.compile(
    r"(?:https?://|ftp://|www\.(?=\w))[^\s<>\"]*[^\s<>\"'’”».,;:!?)\]}…]"
    r"|(?<![\w.+-])[\w+-][\w.+-]*@\w[\w-]*(?:\.\w[\w-]*)+"
)
#: What follows a picture and is part of it: joiners, variation selectors, skin tones, keycap, tags.
_ADDED = r"\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
#: A mark of its own: a flag, a picture of several characters, or one mark as often as it is repeated.
_MARK = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|(.)(?:(?:[{_ADDED}]|(?<=\u200d)\S)+|\1+(?![{_ADDED}]))?", re.DOTALL
)
#: What may hold a word, or a number, together.
_IN_WORDS = frozenset("'").union(chr(quote) for quote, plain in QUOTES.items() if chr(plain) == "'")
_IN_NUMBERS = frozenset(".,:")


def guarded(folded: Folded, encoded: EncodedText, labels: Labels, apart: Codes) -> Labels:
    """Return the labels of the gaps before each character, corrected.

    Parameters
    ----------
    folded : Folded
        The text.
    encoded : EncodedText
        The padded text, encoded.
    labels : (N,) array of uint8
    apart : sorted array of uint32
        Marks that are always tokens of their own.
    """
    text = folded.text()
    labels = _cut_apart(encoded, labels, apart)
    strange = np.flatnonzero(encoded.codes[MARGIN:-MARGIN] == UNKNOWN).tolist()
    if strange or "@" in text or "://" in text or "www." in text:
        labels = labels.copy()
        _set_apart(strange, text, labels)
        for match in _ADDRESS.finditer(text):
            _make_token(text, *match.span(), labels)
    # Canonical composition makes several characters of some: of U+2ADC a mark and a combining character.
    return np.where(folded.inner, np.uint8(SAME), labels)


def _cut_apart(encoded: EncodedText, labels: Labels, apart: Codes) -> Labels:
    """Cut marks from letters where the treebank always does so, though it may not have seen them so close."""
    inner = slice(MARGIN, -MARGIN)
    mark = contains(apart, encoded.codes[inner])
    if not mark.any():
        return labels
    letter = alphanumeric(encoded.shape[inner])
    border = (mark[1:] & letter[:-1]) | (mark[:-1] & letter[1:])
    labels = labels.copy()
    labels[1:][border & (labels[1:] == SAME)] = BEGINS
    return labels


def _set_apart(strange: list[int], text: str, labels: Labels) -> None:
    """Make marks that the treebank does not have tokens, unless they hold a word or a number together."""
    done = 0
    for place in strange:
        if place < done:
            continue
        if _is_inner(text, place):
            labels[place : place + 2] = SAME
            continue
        match = _MARK.match(text, place)
        done = match.end() if match else place + 1
        _make_token(text, place, done, labels)


def _is_inner(text: str, place: int) -> bool:
    """Whether this is an apostrophe between letters, or a mark between digits."""
    before, mark, after = text[place - 1 : place], text[place], text[place + 1 : place + 2]
    if mark in _IN_WORDS:
        return before.isalpha() and after.isalpha()
    return mark in _IN_NUMBERS and before.isdecimal() and after.isdecimal()


def _make_token(text: str, start: int, end: int, labels: Labels) -> None:
    labels[start] = BEGINS
    labels[start + 1 : end] = SAME
    if end < len(text):
        labels[end + (text[end] == " ")] = BEGINS
