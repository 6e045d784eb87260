"""Training samples: texts with the label of every gap."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from lstm_viz.segmentation.characters import SPACE, Codes, Kind, alphanumeric, kinds, lowered, text_of
from lstm_viz.segmentation.edits import Edit, are_several, derive
from lstm_viz.segmentation.folding import Folded, fold
from lstm_viz.segmentation.model import BEGINS, MOST_EDITS, SAME, Labels
from lstm_viz.text.quotes import QUOTES
from lstm_viz.text.surrogates import has_surrogates
from lstm_viz.text.token import Token

#: A surface token: its span in the folded text, and its words.
Surface = tuple[int, int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Sample:
    """A folded text and the labels of its gaps.

    Attributes
    ----------
    folded : Folded
    labels : (N,) array of uint8
        The label of the gap before each character.
    """

    folded: Folded
    labels: Labels

    @property
    def codes(self) -> Codes:
        """The code points of the text."""
        return self.folded.codes


@dataclass(frozen=True, slots=True)
class Aligned:
    """A folded text and its surface tokens."""

    folded: Folded
    tokens: tuple[Surface, ...]


def align(text: str, tokens: Sequence[Token]) -> Aligned | None:
    """Return the surface tokens of the folded text.

    None if the tokens are not in order, or there are lone surrogates, which cannot be stored.
    """
    if has_surrogates(text) or not all(not has_surrogates(token.text) for token in tokens):
        return None
    folded = fold(text)
    spans = [(span, tuple(words)) for span, words in _grouped(tokens)]
    if not spans or not len(folded.codes):
        return None
    bounds = np.searchsorted(folded.starts, np.array([span for span, _ in spans]))
    flat = bounds.ravel()
    if (flat[1:] < flat[:-1]).any() or (bounds[:, 0] >= bounds[:, 1]).any():
        return None
    surface = ((a, b, words) for (a, b), (_, words) in zip(bounds.tolist(), spans, strict=True))
    return Aligned(folded, tuple(_trimmed(folded.codes, surface)))


def _grouped(tokens: Sequence[Token]) -> Iterator[tuple[tuple[int, int], Iterator[str]]]:
    for span, group in groupby(tokens, lambda token: (token.start, token.end)):
        yield span, (token.text for token in group)


def _trimmed(codes: Codes, tokens: Iterable[Surface]) -> Iterator[Surface]:
    """Yield the tokens without white space at their ends."""
    for start, end, words in tokens:
        first = start + int(codes[start] == SPACE)
        last = end - int(codes[end - 1] == SPACE)
        if first < last:
            yield first, last, words


def common_edits(texts: Iterable[Aligned]) -> tuple[Edit, ...]:
    """Return the edits of at least two multiword tokens, the most frequent first."""
    counted = Counter(edit for text in texts for *_, cuts in _multiwords(text) for _, edit in cuts)
    return tuple(edit for edit, number in counted.most_common(MOST_EDITS) if number > 1)


def letters(texts: Iterable[Aligned]) -> dict[str, tuple[str, ...]]:
    """Return the single letters that are mostly multiword tokens: they have no gap to classify."""
    counted: dict[str, Counter[tuple[str, ...]]] = {}
    for text in texts:
        for start, end, words in text.tokens:
            if end == start + 1:
                letter = chr(text.folded.codes[start]).lower()
                counted.setdefault(letter, Counter())[tuple(word.lower() for word in words)] += 1
    best = {letter: words.most_common(1)[0] for letter, words in counted.items()}
    return {letter: words for letter, (words, number) in best.items() if number > 1 and are_several(words)}


def sample(text: Aligned, edits: dict[Edit, int]) -> Sample:
    """Return a text with its labels; ``edits`` has the label of each edit."""
    codes = text.folded.codes
    labels = np.full(len(codes), SAME, np.uint8)
    for start, end, _ in text.tokens:
        labels[start] = BEGINS
        if end < len(labels):
            labels[end + (codes[end] == SPACE)] = BEGINS
    for start, cuts in _multiwords(text):
        if all(edit in edits for _, edit in cuts):
            for place, edit in cuts:
                labels[start + place] = edits[edit]
    return Sample(text.folded, labels)


def _multiwords(text: Aligned) -> Iterator[tuple[int, tuple[tuple[int, Edit], ...]]]:
    """Yield the start of each multiword token and its cuts, except those inside an original character."""
    inner = text.folded.inner
    for start, end, words in text.tokens:
        if len(words) > 1:
            cuts = derive(text_of(text.folded.codes[start:end]), words)
            if cuts is not None and not any(inner[start + place] for place, _ in cuts):
                yield start, cuts


# ---------------------------------------------------------------- typed spacing


#: Marks that are typed without a space before them, or after them.
_CLOSING = frozenset(".,;:!?)]}%…»”。，、！？；：）」』】》")
_OPENING = frozenset("([{«“¿¡（「『【《")


def glued(given: Sample) -> Sample:
    """Return a text stored with a space around every mark as it would be typed."""
    drop = [place for place, left, right, quoted in _borders(given) if _is_glued(left, right, quoted)]
    kept = np.ones(len(given.codes), bool)
    kept[drop] = False
    return Sample(given.folded.chosen(kept), given.labels[kept])


def _borders(given: Sample) -> Iterator[tuple[int, str, str, bool]]:
    """Yield the position of each space between two tokens, the tokens, and whether a quotation is open."""
    begins = [*np.flatnonzero(given.labels != SAME).tolist(), len(given.codes)]
    begins = begins if begins[0] == 0 else [0, *begins]
    text = text_of(given.codes)
    quoted = False
    for start, middle, end in zip(begins, begins[1:], begins[2:], strict=False):
        left, right = text[start:middle].strip(), text[middle:end].strip()
        quoted ^= left == '"'
        if text[middle - 1] == " ":
            yield middle - 1, left, right, quoted


def _is_glued(left: str, right: str, quoted: bool) -> bool:
    if right == '"':
        return quoted
    if left == '"' and quoted:
        return True
    if right[:1] in _CLOSING and not any(map(str.isalnum, right)):
        return True
    if left[-1:] in _OPENING and not any(map(str.isalnum, left)):
        return True
    return _is_clitic(right[:1], right[1:]) or _is_clitic(left[-1:], left[:-1]) or right.lower() == "n't"


def _is_clitic(mark: str, letters: str) -> bool:
    return mark in {"'", "’"} and letters.isalpha()


def joined(first: Sample, second: Sample, *, spaced: bool) -> Sample:
    """Return the concatenation of two samples; a token begins at the second."""
    labels = second.labels.copy()
    labels[0] = BEGINS
    space = np.full(int(spaced), SAME, np.uint8)
    folded = first.folded.followed_by(second.folded, spaced=spaced)
    return Sample(folded, np.concatenate((first.labels, space, labels)))


@dataclass(frozen=True, slots=True)
class Spacing:
    """How a treebank uses spaces.

    Attributes
    ----------
    between : float
        Fraction of the gaps between two tokens that have a space.
    within : float
        Number of spaces inside tokens, per token.
    """

    between: float
    within: float


def spacing(samples: Iterable[Sample]) -> Spacing:
    """Return the use of spaces in these samples."""
    begins = spaces = inside = 0
    for one in samples:
        space = one.codes[:-1] == SPACE
        starts = one.labels[1:] != SAME
        begins += int(np.count_nonzero(one.labels[1:] == BEGINS))
        spaces += int(np.count_nonzero(space & starts))
        inside += int(np.count_nonzero(space & ~starts))
    return Spacing(spaces / begins, inside / begins) if begins else Spacing(1, 0)


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a treebank.

    Attributes
    ----------
    known : sorted array of uint32
        Those that occur at least three times, with ASCII quotation marks.
    apart : sorted array of uint32
        Those of them that never occur in a token with letters or digits.
    quotes : str
        Typographic quotation marks that occur at least three times, and not far more rarely than their ASCII
        form: a tagger knows words with the usual one.
    """

    known: Codes
    apart: Codes
    quotes: str


def marks_of(samples: Sequence[Sample]) -> Marks:
    """Return the marks in these samples."""
    codes = np.concatenate([one.codes for one in samples])
    begins = np.concatenate([one.labels for one in samples]) == BEGINS
    begins[0] = True
    kind = kinds(codes)
    tokens = np.cumsum(begins) - 1
    alphanumeric_token = np.logical_or.reduceat(alphanumeric(kind), np.flatnonzero(begins))[tokens]
    mark, lower = kind == Kind.MARK, lowered(codes)
    known = _frequent(lower[mark])
    apart = np.setdiff1d(known, lower[mark & alphanumeric_token])
    return Marks(known, apart, _quotes(codes[mark]))


def _quotes(marks: Codes) -> str:
    found, numbers = np.unique(marks, return_counts=True)
    counted = dict(zip(found.tolist(), numbers.tolist(), strict=True))
    return "".join(
        chr(quote)
        for quote, plain in QUOTES.items()
        if (number := counted.get(quote, 0)) >= 3 and 10 * number >= counted.get(plain, 0)
    )


def _frequent(codes: Codes) -> Codes:
    found, number = np.unique(codes, return_counts=True)
    return found[number >= 3]
