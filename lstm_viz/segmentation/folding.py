"""Normalisation of a text for the segmenter: NFC, with single spaces, and offsets in the original."""

import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstm_viz.segmentation.characters import SPACE, Codes, Kind, code_points, kinds, text_of
from lstm_viz.segmentation.hashing import Indices
from lstm_viz.text.combining import combining_sequences


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in NFC without outer white space, and the offsets of its characters in the original.

    Attributes
    ----------
    codes : (N,) array of uint32
        Code points; a run of white space is one space.
    starts, ends : (N,) arrays of int
        Span of each character in the original, in code points. Several characters that were composed from one
        share their start.
    """

    codes: Codes
    starts: Indices
    ends: Indices

    def text(self) -> str:
        """Return the characters as a string."""
        return text_of(self.codes)

    def chosen(self, kept: npt.NDArray[np.bool_]) -> "Folded":
        """Return the selected characters only."""
        return Folded(self.codes[kept], self.starts[kept], self.ends[kept])

    def followed_by(self, other: "Folded", *, spaced: bool) -> "Folded":
        """Return the concatenation, with a space between both if ``spaced``."""
        size = int(self.ends[-1])
        places = np.arange(size, size + spaced)
        shift = size + spaced
        return Folded(
            np.concatenate((self.codes, np.full(int(spaced), SPACE, np.uint32), other.codes)),
            np.concatenate((self.starts, places, other.starts + shift)),
            np.concatenate((self.ends, places + 1, other.ends + shift)),
        )

    @property
    def inner(self) -> npt.NDArray[np.bool_]:
        """Whether each character is from the same original character as the one before it, (N,)."""
        inner = np.zeros(len(self.codes), bool)
        inner[1:] = self.starts[1:] == self.starts[:-1]
        return inner

    @property
    def marked(self) -> Codes:
        """The codes, with an extra bit if a character cannot be separated from the one before it."""
        return self.codes | self.inner.astype(np.uint32) << np.uint32(31)


def fold(text: str) -> Folded:
    """Return the normalised text, in linear time."""
    codes, starts = code_points(text), np.arange(len(text))
    ends = starts + 1
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        codes, starts, ends = _composed(text)
    space = kinds(codes) == Kind.SPACE
    if not space.any():
        return Folded(codes, starts, ends)
    kept = ~space
    kept[1:] |= ~space[:-1]
    inside = np.flatnonzero(~space)
    kept = kept & (np.arange(len(kept)) >= inside[0]) if len(inside) else np.zeros_like(kept)
    if len(inside):
        kept[inside[-1] + 1 :] = False
    return Folded(np.where(space, np.uint32(SPACE), codes)[kept], starts[kept], ends[kept])


def _composed(text: str) -> tuple[Codes, Indices, Indices]:
    """Return the code points in NFC, and the span of each in the text."""
    codes: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in combining_sequences(text):
        composed = unicodedata.normalize("NFC", text[start:end])
        codes += map(ord, composed)
        starts += (min(start + place, end - 1) for place in range(len(composed)))
        ends += (min(start + place, end - 1) for place in range(1, len(composed)))
        ends.append(end)
    return np.array(codes, np.uint32), np.array(starts, np.intp), np.array(ends, np.intp)
