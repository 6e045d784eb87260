"""Corrections independent of the treebank: addresses stay whole, unseen marks are tokens."""

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
#: Characters that follow an emoji and are part of it: joiners, variation selectors, skin tones, keycap, tags.
_ADDED = r"\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
#: One token: a flag, an emoji of several characters, or a repeated mark.
_MARK = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|(.)(?:(?:[{_ADDED}]|(?<=\u200d)\S)+|\1+(?![{_ADDED}]))?", re.DOTALL
)
#: Marks that may be inside a word, or a number.
_IN_WORDS = frozenset("'").union(chr(quote) for quote, plain in QUOTES.items() if chr(plain) == "'")
_IN_NUMBERS = frozenset(".,:")


def guarded(folded: Folded, encoded: EncodedText, labels: Labels, apart: Codes) -> Labels:
    """Return the corrected labels of the gaps before each character.

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
    labels = _split_marks(encoded, labels, apart)
    unseen = np.flatnonzero(encoded.codes[MARGIN:-MARGIN] == UNKNOWN).tolist()
    if unseen or "@" in text or "://" in text or "www." in text:
        labels = labels.copy()
        _split_unseen(unseen, text, labels)
        for match in _ADDRESS.finditer(text):
            _make_token(text, *match.span(), labels)
    # Canonical composition splits some characters: U+2ADC into a mark and a combining character.
    return np.where(folded.inner, np.uint8(SAME), labels)


def _split_marks(encoded: EncodedText, labels: Labels, apart: Codes) -> Labels:
    """Split marks from letters if the treebank always does, even for unseen combinations."""
    inner = slice(MARGIN, -MARGIN)
    mark = contains(apart, encoded.codes[inner])
    if not mark.any():
        return labels
    letter = alphanumeric(encoded.shape[inner])
    border = (mark[1:] & letter[:-1]) | (mark[:-1] & letter[1:])
    labels = labels.copy()
    labels[1:][border & (labels[1:] == SAME)] = BEGINS
    return labels


def _split_unseen(unseen: list[int], text: str, labels: Labels) -> None:
    """Make unseen marks tokens of their own, unless they are inside a word or a number."""
    done = 0
    for place in unseen:
        if place < done:
            continue
        if _is_inner(text, place):
            labels[place : place + 2] = SAME
            continue
        match = _MARK.match(text, place)
        done = match.end() if match else place + 1
        _make_token(text, place, done, labels)


def _is_inner(text: str, place: int) -> bool:
    """Return whether this is an apostrophe between letters, or a mark between digits."""
    before, mark, after = text[place - 1 : place], text[place], text[place + 1 : place + 2]
    if mark in _IN_WORDS:
        return before.isalpha() and after.isalpha()
    return mark in _IN_NUMBERS and before.isdecimal() and after.isdecimal()


def _make_token(text: str, start: int, end: int, labels: Labels) -> None:
    labels[start] = BEGINS
    labels[start + 1 : end] = SAME
    if end < len(text):
        labels[end + (text[end] == " ")] = BEGINS
