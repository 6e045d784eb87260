"""Segmentation of a text into words by a linear classifier of the gaps between characters."""

from dataclasses import dataclass, field

import numpy as np

from lstm_viz.segmentation import storage
from lstm_viz.segmentation.characters import SPACE, Codes
from lstm_viz.segmentation.edits import Cut, apply
from lstm_viz.segmentation.encoding import MARGIN, EncodedText, encode, padded
from lstm_viz.segmentation.features import LONGEST, REACH
from lstm_viz.segmentation.folding import Folded, fold
from lstm_viz.segmentation.guards import guarded
from lstm_viz.segmentation.hashing import Indices
from lstm_viz.segmentation.model import BEGINS, FIRST_EDIT, SAME, Labels, SegmenterModel, gaps_of
from lstm_viz.text.quotes import QUOTES
from lstm_viz.text.token import Token

#: The number of cached texts: two that are compared, and their predecessors.
_CACHED = 4


@dataclass(frozen=True, slots=True)
class _Segmented:
    """A segmented text."""

    text: str
    marked: Codes = field(repr=False)
    labels: Labels = field(repr=False)
    tokens: tuple[Token, ...]


class Segmenter:
    """Segments texts as in the treebank that it was trained on.

    The last few texts are cached: for a text that differs little from one of them, only the gaps near the
    difference are classified again.
    """

    def __init__(self, model: SegmenterModel) -> None:
        self.model = model
        self._recent: tuple[_Segmented, ...] = ()
        self._plain = {
            chr(quote): chr(plain) for quote, plain in QUOTES.items() if chr(quote) not in model.quotes
        }

    def segment(self, text: str) -> tuple[Token, ...]:
        """Return the syntactic words of a text; the words of a multiword token share its span."""
        recent = self._recent
        for one in recent:
            if one.text == text:
                return one.tokens
        segmented = self._segmented(text, recent)
        self._recent = (segmented, *recent[: _CACHED - 1])
        return segmented.tokens

    def to_bytes(self) -> bytes:
        """Return the segmenter as safetensors."""
        return storage.to_bytes(self.model)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Segmenter":
        """Return the segmenter from its bytes.

        Raises
        ------
        SegmenterError
            If they are not those of a segmenter.
        """
        return cls(storage.from_bytes(data))

    def _segmented(self, text: str, recent: tuple[_Segmented, ...]) -> _Segmented:
        folded = fold(text)
        if not len(folded.codes):
            return _Segmented(text, folded.codes, np.empty(0, np.uint8), ())
        encoded = encode(padded(folded.codes), self.model.marks)
        marked = folded.marked
        labels = self._labels(folded, marked, encoded, recent)
        tokens = self._tokens(folded, guarded(folded, encoded, labels, self.model.apart))
        return _Segmented(text, marked, labels, tokens)

    def _labels(
        self, folded: Folded, marked: Codes, encoded: EncodedText, recent: tuple[_Segmented, ...]
    ) -> Labels:
        """Return the label of the gap before each character; only gaps near a difference are classified."""
        size = len(folded.codes)
        labels = np.full(size, SAME, np.uint8)
        labels[0] = BEGINS
        labels[1:][(folded.codes[:-1] == SPACE) & self.model.spaces_cut] = BEGINS
        gaps = gaps_of(folded, spaces_cut=self.model.spaces_cut)
        closest = max((_shared(one, marked) for one in recent), key=lambda shared: shared.size, default=None)
        if closest is not None:
            first, last = _touched(encoded, closest, with_words=self.model.words is not None)
            labels[:first] = closest.labels[:first]
            labels[last:] = closest.labels[len(closest.labels) - (size - last) :]
            gaps = gaps[np.searchsorted(gaps, first + MARGIN) : np.searchsorted(gaps, last + MARGIN)]
        labels[gaps - MARGIN] = self.model.decide(encoded, gaps)
        return labels

    def _tokens(self, folded: Folded, labels: Labels) -> tuple[Token, ...]:
        text = self._with_ascii_quotes(folded.text())
        begins = np.flatnonzero(labels == BEGINS)
        ends = np.append(begins[1:], len(labels))
        ends -= folded.codes[ends - 1] == SPACE
        words = [text[start:end] for start, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        tokens = list(map(Token, words, folded.starts[begins].tolist(), folded.ends[ends - 1].tolist()))
        several = {
            number: apply(words[number], tuple((place - int(begins[number]), edit) for place, edit in cuts))
            for number, cuts in self._cuts(labels, begins).items()
        }
        if self.model.letters:
            several |= self._letters(words)
        return tuple(_with_several(tokens, several))

    def _with_ascii_quotes(self, text: str) -> str:
        """Return the text with ASCII quotation marks, except those that the treebank uses."""
        # ``translate`` visits each character, ``replace`` only occurrences.
        for quote, plain in self._plain.items():
            text = text.replace(quote, plain)
        return text

    def _cuts(self, labels: Labels, begins: Indices) -> dict[int, list[Cut]]:
        """Return the cuts in each multiword token, by its index."""
        places = np.flatnonzero(labels >= FIRST_EDIT)
        numbers = np.searchsorted(begins, places) - 1
        cuts: dict[int, list[Cut]] = {}
        for number, place in zip(numbers.tolist(), places.tolist(), strict=True):
            cuts.setdefault(number, []).append((place, self.model.edits[labels[place] - FIRST_EDIT]))
        return cuts

    def _letters(self, words: list[str]) -> dict[int, tuple[str, ...]]:
        """Return the words of each single letter that is a multiword token, by its index."""
        found = {}
        for number, word in enumerate(words):
            if len(word) == 1 and (several := self.model.letters.get(word.lower())):
                found[number] = (several[0].capitalize(), *several[1:]) if word.isupper() else several
        return found


def _with_several(tokens: list[Token], several: dict[int, tuple[str, ...]]) -> list[Token]:
    """Return the tokens, with multiword tokens replaced by their words."""
    replaced: list[Token] = []
    done = 0
    for number in sorted(several):
        _, start, end = tokens[number]
        replaced += tokens[done:number]
        replaced += (Token(word, start, end) for word in several[number])
        done = number + 1
    return replaced + tokens[done:]


@dataclass(frozen=True, slots=True)
class _Shared:
    """The common prefix of ``start`` and common suffix of ``end`` characters with a cached text."""

    start: int
    end: int
    length: int
    labels: Labels

    @property
    def size(self) -> int:
        return self.start + self.end


def _shared(cached: _Segmented, new: Codes) -> _Shared:
    old = cached.marked
    most = min(len(old), len(new))
    start = _equal(old[:most], new[:most])
    rest = most - start
    end = _equal(old[len(old) - rest :][::-1], new[len(new) - rest :][::-1])
    return _Shared(start, end, len(new), cached.labels)


def _equal(one: Codes, other: Codes) -> int:
    """Return the length of the common prefix."""
    differ = one != other
    first = int(differ.argmax()) if len(differ) else 0
    return first if first < len(differ) and differ[first] else len(differ)


def _touched(encoded: EncodedText, shared: _Shared, *, with_words: bool) -> tuple[int, int]:
    """Return the range of gaps whose features a difference can have changed.

    These are gaps in the chunks of the difference and in one more chunk on each side, those within n-grams of
    it, and with known words, those within the longest word.
    """
    start, end = shared.start + MARGIN, shared.length - shared.end + MARGIN
    near = LONGEST + 1 if with_words else 6
    before, after = encoded.blank_before, encoded.blank_after
    chunk = before[before[start - 1] - 1] + 1
    first = max(min(chunk, start - near), start - REACH)
    chunk = after[min(after[end] + 1, len(after) - 1)] + 2
    last = min(max(chunk, end + near), end + REACH)
    return max(0, int(first) - MARGIN), min(shared.length, int(last) - MARGIN)
