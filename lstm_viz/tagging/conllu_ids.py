"""The IDs of a sentence's lines in CoNLL-U: which may come next.

Source: https://universaldependencies.org/format.html, "Words, Tokens and Empty Nodes".
"""

import re

_WORD = re.compile("[0-9]{1,9}")
_RANGE = re.compile("([1-9][0-9]{0,8})-([1-9][0-9]{0,8})")
_EMPTY = re.compile(r"(0|[1-9][0-9]{0,8})\.([1-9][0-9]{0,8})")
_SHOWN = 30


class Ids:
    """What has been read of a sentence's IDs.

    The methods that return str return what is wrong, or "" where nothing is.

    Attributes
    ----------
    due : int
        The ID that the next word must have. Whoever takes that word adds 1, which is all that there is to do
        at most lines.
    """

    __slots__ = ("_empty", "_gap", "_range", "due")

    def __init__(self) -> None:
        self.due = 1
        self._empty = 0, 0  # the last empty node before the word that is due; else of one that is past
        self._gap = 0  # the word that was due when a line was left out
        self._range = 0, 0

    def leave_out(self) -> None:
        """Let the next ID be a later one too: a line was left out."""
        self._gap = self.due

    def in_range(self) -> bool:
        """Return whether the word that is due is one of a multiword token."""
        return self.due <= self._range[1]

    def wrong_word(self, place: str) -> str:
        """Check the ID of a word that is not the one that was due."""
        if self._skip_to(place):
            return ""
        if place == "1":
            return f"the ID is 1 where {self.due} should be; a blank line must end each sentence"
        return f"the ID is {place} where {self.due} should be; IDs count up by one from 1 in each sentence"

    def wrong_range(self, place: str) -> str:
        """Check the ID of a multiword token, and go on to it."""
        found = _RANGE.fullmatch(place)
        if found is None:
            return f"{shown(place)} is not the ID of a word"
        first, last = int(found[1]), int(found[2])
        if last < first:
            return f"the range {place} ends before it begins"
        if first != self.due and not self._skip_to(found[1]):
            hint = "; a blank line must end each sentence" if first == 1 else ""
            return f"the range {place} is not right before its first word: word {self.due} comes next{hint}"
        if self.in_range():
            return f"the range {place} overlaps the range {self._range[0]}-{self._range[1]}"
        self._range = first, last
        return ""

    def wrong_empty(self, place: str) -> str:
        """Check the ID of an empty node, and go on to it."""
        found = _EMPTY.fullmatch(place)
        if found is None:
            return f"{shown(place)} is not the ID of a word"
        after, before = self.due - 1, self._empty
        due = f"{after}.{before[1] + 1 if before[0] == after else 1}"
        if place != due and not (self._gap == self.due and int(found[1]) > after):
            return f"the ID of the empty node is {place} where {due} should be"
        self._empty = int(found[1]), int(found[2])
        return ""

    def wrong_end(self) -> str:
        """Check that no range goes beyond the last word."""
        first, last = self._range
        return (
            f"the range {first}-{last} goes beyond the last word, {self.due - 1}" if self.in_range() else ""
        )

    def _skip_to(self, place: str) -> bool:
        """Go on to a later word if lines were left out before it; return whether it was so."""
        if self._gap != self.due or int(place) < self.due:
            return False
        self.due = int(place)
        return True


class Digits(dict[int, str]):
    """Each number as text, made once: all sentences begin with the same IDs, and text is what is compared."""

    def __missing__(self, number: int) -> str:
        self[number] = digits = str(number)
        return digits


def is_word(place: str) -> bool:
    """Return whether this is the ID of a word, whatever its place."""
    return _WORD.fullmatch(place) is not None


def shown(text: str) -> str:
    """Return a text from a file for a message: quoted, control characters escaped, and not too long."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
