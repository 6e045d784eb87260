"""Segmentation of a text into words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from lstm_viz.text.token import Token

#: Rules for English; Unicode word boundaries; trained on the treebank of a run; Unicode word boundaries,
#: since the segmenter of the run cannot be read; columns of the model's own kind, which are no words.
SegmentationKind = Literal["english", "unicode", "treebank", "damaged", "own"]


@dataclass(frozen=True, slots=True)
class Segmentation:
    """A segmentation function and its kind."""

    kind: SegmentationKind
    segment: Callable[[str], Sequence[Token]]
