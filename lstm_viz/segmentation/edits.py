"""Edits that split a multiword token into its words: "des" is "de les"."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise, takewhile

#: Multiword tokens of more letters or words are treated as one word.
_MOST_LETTERS, _MOST_WORDS = 40, 8


@dataclass(frozen=True, slots=True)
class Edit:
    """A split inside a multiword token: what the pieces on both sides lose and gain.

    Attributes
    ----------
    left_loses : int
        The number of letters removed from the end of the left piece.
    left_gains : str
        What is appended instead.
    inserted : tuple[str, ...]
        Words between the two pieces.
    right_loses : int
        The number of letters removed from the start of the right piece.
    right_gains : str
    cased : bool
        Whether the gained letters follow the case of the surface.
    """

    left_loses: int = 0
    left_gains: str = ""
    inserted: tuple[str, ...] = ()
    right_loses: int = 0
    right_gains: str = ""
    cased: bool = True


#: An offset in a multiword token, and the edit there.
Cut = tuple[int, Edit]


@lru_cache(maxsize=1 << 12)
def apply(surface: str, cuts: tuple[Cut, ...]) -> tuple[str, ...]:
    """Return the words of a multiword token; the unedited pieces if an edit does not apply."""
    ends = [0, *(place for place, _ in cuts), len(surface)]
    pieces = [surface[start:end] for start, end in pairwise(ends)]
    upper = len(surface) > 1 and surface.isupper()
    edits = [None, *(edit for _, edit in cuts), None]
    words: list[str] = []
    for piece, before, after in zip(pieces, edits, edits[1:], strict=False):
        word = _edited(piece, before, after, upper=upper)
        if not word:
            return tuple(pieces)
        words.append(word)
        words += (_cased(added, "", after, upper=upper) for added in (after.inserted if after else ()))
    return tuple(words)


def _edited(piece: str, before: Edit | None, after: Edit | None, *, upper: bool) -> str:
    """Return the edited piece; empty if the edits do not apply."""
    front = before.right_loses if before else 0
    back = len(piece) - (after.left_loses if after else 0)
    if front > back:
        return ""
    head = _cased(before.right_gains, piece[:front], before, upper=upper) if before else ""
    tail = _cased(after.left_gains, piece[back:], after, upper=upper) if after else ""
    return head + piece[front:back] + tail


def _cased(gained: str, lost: str, edit: Edit | None, *, upper: bool) -> str:
    if edit is None or not edit.cased:
        return gained
    if upper:
        return gained.upper()
    return gained[:1].upper() + gained[1:] if lost[:1].isupper() else gained


@lru_cache(maxsize=1 << 14)
def derive(surface: str, words: tuple[str, ...]) -> tuple[Cut, ...] | None:
    """Return the cuts that split a multiword token into these words; None if there are none."""
    if not are_several(words) or not 1 < len(surface) <= _MOST_LETTERS:
        return None
    ends = _Alignment(surface, words).ends()
    if ends is None:
        return None
    for cased in (True, False):
        cuts = tuple(_cuts(surface, words, ends, cased=cased))
        if apply(surface, cuts) == words:
            return cuts
    return None


def are_several(words: tuple[str, ...]) -> bool:
    """Return whether these are the words of a multiword token, within the limits."""
    return 1 < len(words) <= _MOST_WORDS and all(0 < len(word) <= _MOST_LETTERS for word in words)


class _Alignment:
    """The minimum-cost alignment of the words of a multiword token with parts of its surface."""

    def __init__(self, surface: str, words: tuple[str, ...]) -> None:
        self._surface, self._words = surface, words
        self._best: dict[tuple[int, int], tuple[int, tuple[int, ...]] | None] = {}

    def ends(self) -> tuple[int, ...] | None:
        """Return the end of each word's part; a word with an empty part is inserted."""
        found = self._from(0, 0)
        return found[1] if found else None

    def _from(self, word: int, start: int) -> tuple[int, tuple[int, ...]] | None:
        if word == len(self._words):
            return (0, ()) if start == len(self._surface) else None
        if (word, start) not in self._best:
            self._best[word, start] = min(self._ways(word, start), default=None)
        return self._best[word, start]

    def _ways(self, word: int, start: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        last = word == len(self._words) - 1
        outer = word == 0 or last
        stop = len(self._surface)
        for end in (stop,) if last else range(start if not outer else start + 1, stop):
            if end == start and outer:
                continue
            rest = self._from(word + 1, end)
            if rest:
                yield self._cost(word, start, end) + rest[0], (end, *rest[1])

    def _cost(self, word: int, start: int, end: int) -> int:
        if start == end:
            return len(self._words[word]) + 2
        piece, whole = self._surface[start:end], self._words[word]
        kept = _common_part(piece, whole, first=word == 0, last=word == len(self._words) - 1)[2]
        return len(piece) + len(whole) - 2 * kept + (piece != whole)


def _common_part(piece: str, word: str, *, first: bool, last: bool) -> tuple[int, int, int]:
    """Return the offsets of the common letters in the piece and in the word, and their number."""
    if first:
        return 0, 0, _common_prefix_length(piece, word)
    if last:
        kept = _common_prefix_length(piece[::-1], word[::-1])
        return len(piece) - kept, len(word) - kept, kept
    match = SequenceMatcher(None, piece, word, autojunk=False).find_longest_match()
    return match.a, match.b, match.size


def _common_prefix_length(piece: str, word: str) -> int:
    """Return the length of the common prefix."""
    return sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(piece, word, strict=False)))


def _cuts(surface: str, words: tuple[str, ...], ends: tuple[int, ...], *, cased: bool) -> Iterator[Cut]:
    start, inserted, left = 0, [], ("", 0)
    for number, (word, end) in enumerate(zip(words, ends, strict=True)):
        if end == start:
            inserted.append(word)
            continue
        piece = surface[start:end]
        a, b, kept = _common_part(piece, word, first=number == 0, last=number == len(words) - 1)
        if number:
            yield start, _edit(left, tuple(inserted), (word[:b], a), cased=cased)
        left = (word[b + kept :], len(piece) - a - kept)
        start, inserted = end, []


def _edit(left: tuple[str, int], inserted: tuple[str, ...], right: tuple[str, int], *, cased: bool) -> Edit:
    if cased:
        inserted = tuple(word.lower() for word in inserted)
        left, right = (left[0].lower(), left[1]), (right[0].lower(), right[1])
    return Edit(left[1], left[0], inserted, right[1], right[0], cased)
