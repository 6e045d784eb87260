"""The number whose arithmetic is opened."""

from dataclasses import dataclass

from lstm_viz.messages import Reading

#: The numbers of a tag at a word: its score and, with a CRF, the best path to it and its marginal.
OF_TAG = ("score", "delta", "marginal")


@dataclass(frozen=True, slots=True)
class OpenedNumber:
    """The opened number, at the selected step, unit, layer and direction.

    ``name`` is a quantity of the cell, "x", or one of `OF_TAG`, then of ``tag``. ``index`` is the component
    of x from which it was opened, if any.
    """

    name: str
    tag: str = ""
    index: int | None = None

    @property
    def is_of_tag(self) -> bool:
        """Whether it is a number of a tag, and thus of no unit."""
        return self.name in OF_TAG


def can_open(opened: OpenedNumber, reading: Reading) -> bool:
    """Return whether the reading has such a number, at any of its words."""
    if opened.is_of_tag:
        known = opened.tag in reading.model.tags
        return known and (opened.name == "score" or reading.trellis is not None)
    return reading.view is not None and opened.name in (*reading.view.quantities, "x")
