"""The classifier: for each gap the label with the highest sum of weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lstm_viz.segmentation.characters import SPACE, Codes
from lstm_viz.segmentation.edits import Edit
from lstm_viz.segmentation.encoding import MARGIN, EncodedText
from lstm_viz.segmentation.features import keys_of
from lstm_viz.segmentation.folding import Folded
from lstm_viz.segmentation.hashing import Indices, Keys
from lstm_viz.segmentation.lookup import Lookup

Labels = npt.NDArray[np.uint8]
Weights = npt.NDArray[np.int8]

#: Labels of a gap: inside a word, or before a token. Label n + `FIRST_EDIT` is the n-th edit.
SAME, BEGINS, FIRST_EDIT = 0, 1, 2
MOST_EDITS = 250
#: Limits of a trained model, and of one in a file. `MOST_CELLS` limits features × labels, which take a byte
#: each in memory; `MOST_WEIGHTS` the nonzero weights, which take five bytes each in a file.
MOST_FEATURES, MOST_CELLS, MOST_WEIGHTS, MOST_WORDS = 200_000, 1 << 24, 1 << 20, 1 << 18


@dataclass(frozen=True)
class SegmenterModel:
    """A linear classifier of gaps, with the other parameters of a segmenter.

    Attributes
    ----------
    keys : (F,) sorted array of uint32
        The keys of the features that have weights.
    weights : (labels, F + 1) array of int8
        The last column is 0, for unknown features.
    edits : tuple[Edit, ...]
    marks : sorted array of uint32
        Marks of the treebank, with ASCII quotation marks.
    apart : sorted array of uint32
        Those of them that never occur in a token with letters or digits.
    quotes : str
        Typographic quotation marks that the treebank uses.
    words : sorted array of uint32, or None
        Keys of the known words, if they are used as features.
    spaces_cut : bool
        Whether each space ends a token.
    letters : Mapping[str, tuple[str, ...]]
        Multiword tokens of a single letter, in lower case, and their words.
    """

    keys: Keys = field(repr=False)
    weights: Weights = field(repr=False)
    edits: tuple[Edit, ...]
    marks: Codes = field(repr=False)
    apart: Codes = field(repr=False)
    quotes: str
    words: Keys | None = field(repr=False)
    spaces_cut: bool
    letters: Mapping[str, tuple[str, ...]]
    _rows: Lookup = field(init=False, repr=False)
    _known: Lookup | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rows", Lookup(self.keys))
        object.__setattr__(self, "_known", None if self.words is None else Lookup(self.words))

    def decide(self, encoded: EncodedText, gaps: Indices) -> Labels:
        """Return the label of each gap."""
        blocks = [np.empty(0, np.uint8)]
        for keys in keys_of(encoded, gaps, self._known):
            rows = self._rows(keys)
            scores = [row.take(rows).sum(axis=0, dtype=np.int32) for row in self.weights]
            blocks.append(np.argmax(scores, axis=0).astype(np.uint8))
        return np.concatenate(blocks)


def gaps_of(folded: Folded, *, spaces_cut: bool) -> Indices:
    """Return the positions, in the padded text, of the characters after the gaps to classify."""
    if not len(folded.codes):
        return np.empty(0, np.intp)
    word = folded.codes != SPACE
    gap = word.copy()
    gap[0] = False
    if spaces_cut:
        gap[1:] &= word[:-1]
    gap &= ~folded.inner
    return np.flatnonzero(gap) + MARGIN
