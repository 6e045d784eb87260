"""Validation of the IDs of a sentence's lines in CoNLL-U.

Source: https://universaldependencies.org/format.html, "Words, Tokens and Empty Nodes".
"""

import re

_WORD = re.compile("[0-9]{1,9}")
_RANGE = re.compile("([1-9][0-9]{0,8})-([1-9][0-9]{0,8})")
_EMPTY = re.compile(r"(0|[1-9][0-9]{0,8})\.([1-9][0-9]{0,8})")
_MOST_QUOTED = 30


class Ids:
    """Validates the IDs of a sentence in order.

    The methods that return str return an error message, or "".

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

    def word_error(self, place: str) -> str:
        """Validate the ID of a word that is not the expected one."""
        if self._skip_to(place):
            return ""
        if place == "1":
            return f"the ID is 1 where {self.expected} should be; a blank line must end each sentence"
        return (
            f"the ID is {place} where {self.expected} should be; IDs count up by one from 1 in each sentence"
        )

    def range_error(self, place: str) -> str:
        """Validate the ID of a multiword token, and store it."""
        found = _RANGE.fullmatch(place)
        if found is None:
            return f"{quoted(place)} is not the ID of a word"
        first, last = int(found[1]), int(found[2])
        if last < first:
            return f"the range {place} ends before it begins"
        if first != self.expected and not self._skip_to(found[1]):
            hint = "; a blank line must end each sentence" if first == 1 else ""
            return (
                f"the range {place} is not right before its first word: word {self.expected} comes next{hint}"
            )
        if self.in_range():
            return f"the range {place} overlaps the range {self._range[0]}-{self._range[1]}"
        self._range = first, last
        return ""

    def empty_node_error(self, place: str) -> str:
        """Validate the ID of an empty node, and store it."""
        found = _EMPTY.fullmatch(place)
        if found is None:
            return f"{quoted(place)} is not the ID of a word"
        after, before = self.expected - 1, self._empty
        expected = f"{after}.{before[1] + 1 if before[0] == after else 1}"
        if place != expected and not (self._gap == self.expected and int(found[1]) > after):
            return f"the ID of the empty node is {place} where {expected} should be"
        self._empty = int(found[1]), int(found[2])
        return ""

    def end_error(self) -> str:
        """Check that no range goes beyond the last word."""
        first, last = self._range
        return (
            f"the range {first}-{last} goes beyond the last word, {self.expected - 1}"
            if self.in_range()
            else ""
        )

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
