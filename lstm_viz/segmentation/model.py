"""The classifier: for each gap the label with the highest sum of weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lstm_viz.segmentation.characters import SPACE, Codes
from lstm_viz.segmentation.edits import Edit
from lstm_viz.segmentation.features import keys_of
from lstm_viz.segmentation.folding import Folded
from lstm_viz.segmentation.hashing import Keys
from lstm_viz.segmentation.signs import MARGIN, Places, Signs

Labels = npt.NDArray[np.uint8]
Weights = npt.NDArray[np.int8]

#: Labels of a gap: within a word, or where a token begins. Label n + `FIRST_EDIT` is the n-th edit.
SAME, BEGINS, FIRST_EDIT = 0, 1, 2
MOST_EDITS = 250


@dataclass(frozen=True)
class Model:
    """A linear classifier of gaps, and what was learnt beside it.

    Attributes
    ----------
    keys : (F,) sorted array of uint32
        The features that have weights.
    weights : (F, labels) array of int8
        What each feature adds to the score of each label.
    edits : tuple[Edit, ...]
    marks : sorted array of uint32
        Marks of the treebank, quotation marks as they are typed.
    quotes : str
        Typographic quotation marks that the treebank writes itself.
    words : sorted array of uint32, or None
        Keys of the known words, where the features ask for them.
    spaces_cut : bool
        Whether each space ends a token.
    letters : Mapping[str, tuple[str, ...]]
        Multiword tokens of a single letter, in lower case, and their words.
    """

    keys: Keys = field(repr=False)
    weights: Weights = field(repr=False)
    edits: tuple[Edit, ...]
    marks: Codes = field(repr=False)
    quotes: str
    words: Keys | None = field(repr=False)
    spaces_cut: bool
    letters: Mapping[str, tuple[str, ...]]
    _all_keys: Keys = field(init=False, repr=False)
    _all_weights: Weights = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # One row more, of every feature that has no weights; by columns, which are added up one at a time.
        nothing = np.zeros((1, self.weights.shape[1]), np.int8)
        weights = np.asfortranarray(np.concatenate((self.weights, nothing)))
        object.__setattr__(self, "_all_keys", np.append(self.keys, np.uint32(0)))
        object.__setattr__(self, "_all_weights", weights)

    def decide(self, signs: Signs, gaps: Places) -> Labels:
        """Return the label of each gap."""
        blocks = [np.empty(0, np.uint8)]
        for keys in keys_of(signs, gaps, self.words):
            rows = np.searchsorted(self.keys, keys)
            rows[self._all_keys[rows] != keys] = len(self.keys)
            scores = [column[rows].sum(axis=0, dtype=np.int32) for column in self._all_weights.T]
            blocks.append(np.argmax(scores, axis=0).astype(np.uint8))
        return np.concatenate(blocks)


def gaps_of(folded: Folded, *, spaces_cut: bool) -> Places:
    """Return where in the padded text the characters after the gaps stand that are to be labelled."""
    if not len(folded.codes):
        return np.empty(0, np.intp)
    word = folded.codes != SPACE
    gap = word.copy()
    gap[0] = False
    if spaces_cut:
        gap[1:] &= word[:-1]
    gap[1:] &= folded.starts[1:] != folded.starts[:-1]
    return np.flatnonzero(gap) + MARGIN
