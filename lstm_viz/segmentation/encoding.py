"""Encoding of a text for the features: lower case, shapes and positions of white space."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lstm_viz.segmentation.characters import PADDING, SPACE, UNKNOWN, Codes, Kind, kinds, lowered, shapes
from lstm_viz.segmentation.hashing import CollapsedSubstrings, Indices, Substrings, symbols

#: Padding on each side of a text.
MARGIN = 6


@dataclass(frozen=True)
class EncodedText:
    """A padded text, encoded for the features.

    Attributes
    ----------
    codes : (N,) array of uint32
        Lower case; marks that the treebank does not have are `UNKNOWN`.
    shape : (N,) array of uint32
        As from `lstm_viz.segmentation.characters.shapes`.
    """

    codes: Codes
    shape: Codes
    _blank: npt.NDArray[np.bool_] = field(repr=False)

    def part(self, start: int, end: int) -> "EncodedText":
        """Return a part of the text."""
        return EncodedText(self.codes[start:end], self.shape[start:end], self._blank[start:end])

    @cached_property
    def between(self) -> Substrings:
        """Hashes of substrings of ``codes``."""
        return Substrings(symbols(self.codes))

    @cached_property
    def shapes_between(self) -> Substrings:
        """Hashes of substrings of ``shape``."""
        return Substrings(symbols(self.shape))

    @cached_property
    def collapsed_between(self) -> CollapsedSubstrings:
        """Hashes of substrings of ``shape`` in which each run counts once."""
        return CollapsedSubstrings(symbols(self.shape))

    @cached_property
    def blank_before(self) -> Indices:
        """The position of the last white space at or before each position; −1 if there is none."""
        places = np.where(self._blank, np.arange(len(self._blank)), -1)
        return np.maximum.accumulate(places)

    @cached_property
    def blank_after(self) -> Indices:
        """The position of the first white space at or after each position; N if there is none."""
        places = np.where(self._blank, np.arange(len(self._blank)), len(self._blank))
        return np.minimum.accumulate(places[::-1])[::-1]


def encode(codes: Codes, marks: Codes) -> EncodedText:
    """Encode folded and padded code points; ``marks`` are those of the treebank, sorted."""
    kind = kinds(codes)
    lower = lowered(codes)
    mark = np.flatnonzero(kind == Kind.MARK)
    lower[mark[~contains(marks, lower[mark])]] = UNKNOWN
    return EncodedText(lower, shapes(lower, kind), (lower == SPACE) | (lower == PADDING))


def padded(codes: Codes) -> Codes:
    """Return the code points with padding on both sides."""
    margin = np.full(MARGIN, PADDING, np.uint32)
    return np.concatenate((margin, codes, margin))


def contains(ordered: Codes, values: Codes) -> npt.NDArray[np.bool_]:
    """Return which values are in a sorted array; for few values ``np.isin`` takes five times as long."""
    if not len(ordered):
        return np.zeros(values.shape, bool)
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.equal(ordered[places], values)
