"""Validation of the IDs of a sentence's lines in CoNLL-U.

Source: https://universaldependencies.org/format.html, "Words, Tokens and Empty Nodes".
"""

import re

from lstm_viz.errors import CodedText, ErrorCode, coded

_WORD = re.compile("[0-9]{1,9}")
_RANGE = re.compile("([1-9][0-9]{0,8})-([1-9][0-9]{0,8})")
_EMPTY = re.compile(r"(0|[1-9][0-9]{0,8})\.([1-9][0-9]{0,8})")
_MOST_QUOTED = 30


class Ids:
    """Validates the IDs of a sentence in order.

    The methods that end in ``_error`` return the error, if any.

    Attributes
    ----------
    expected : int
        The ID of the next word. The caller adds 1 after a word with this ID, which is all that most lines
        need.
    """

    __slots__ = ("_empty", "_gap", "_range", "expected")

    def __init__(self) -> None:
        self.expected = 1
        self._empty = 0, 0  # the last empty node; it counts only if it is right before the expected word
        self._gap = 0  # the expected word when a line was skipped
        self._range = 0, 0

    def skip(self) -> None:
        """Allow the next ID to be a later one: a line was skipped."""
        self._gap = self.expected

    def in_range(self) -> bool:
        """Return whether the expected word is part of a multiword token."""
        return self.expected <= self._range[1]

    def word_error(self, place: str) -> CodedText | None:
        """Validate the ID of a word that is not the expected one."""
        if self._skip_to(place):
            return None
        if place == "1":
            return coded("line_id_first", expected=self.expected)
        return coded("line_id", id=place, expected=self.expected)

    def range_error(self, place: str) -> CodedText | None:
        """Validate the ID of a multiword token, and store it."""
        found = _RANGE.fullmatch(place)
        if found is None:
            return coded("line_id_invalid", id=quoted(place))
        first, last = int(found[1]), int(found[2])
        if last < first:
            return coded("line_range_order", range=place)
        if first != self.expected and not self._skip_to(found[1]):
            code: ErrorCode = "line_range_first" if first == 1 else "line_range_place"
            return coded(code, range=place, expected=self.expected)
        if self.in_range():
            return coded("line_range_overlaps", range=place, other=f"{self._range[0]}-{self._range[1]}")
        self._range = first, last
        return None

    def empty_node_error(self, place: str) -> CodedText | None:
        """Validate the ID of an empty node, and store it."""
        found = _EMPTY.fullmatch(place)
        if found is None:
            return coded("line_id_invalid", id=quoted(place))
        after, before = self.expected - 1, self._empty
        expected = f"{after}.{before[1] + 1 if before[0] == after else 1}"
        if place != expected and not (self._gap == self.expected and int(found[1]) > after):
            return coded("line_node_id", id=place, expected=expected)
        self._empty = int(found[1]), int(found[2])
        return None

    def end_error(self) -> CodedText | None:
        """Check that no range goes beyond the last word."""
        if not self.in_range():
            return None
        first, last = self._range
        return coded("line_range_beyond", range=f"{first}-{last}", last=self.expected - 1)

    def _skip_to(self, place: str) -> bool:
        """Advance to a later word if lines were skipped before it; return whether they were."""
        if self._gap != self.expected or int(place) < self.expected:
            return False
        self.expected = int(place)
        return True


class Digits(dict[int, str]):
    """Cached decimal strings: all sentences begin with the same IDs, which are compared as text."""

    def __missing__(self, number: int) -> str:
        self[number] = digits = str(number)
        return digits


def is_word(place: str) -> bool:
    """Return whether this is the ID of a word, at any position."""
    return _WORD.fullmatch(place) is not None


def quoted(text: str) -> str:
    """Return a text from a file for an error message: quoted, escaped and truncated."""
    return repr(text if len(text) <= _MOST_QUOTED else f"{text[:_MOST_QUOTED]}…")
