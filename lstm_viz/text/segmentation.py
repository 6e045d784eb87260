"""By which rules a text is cut into words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from lstm_viz.text.token import Token

#: Rules for English; the Unicode standard's; learnt from the treebank of a run; the Unicode standard's, since
#: what the run learnt cannot be read.
SegmentationKind = Literal["english", "unicode", "treebank", "damaged"]


@dataclass(frozen=True, slots=True)
class Segmentation:
    """A way to cut a text, and of which kind it is."""

    kind: SegmentationKind
    segment: Callable[[str], Sequence[Token]]
