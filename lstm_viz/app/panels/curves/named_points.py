"""Points of a curve that the legend names: the best epoch and the last."""

from dataclasses import dataclass

NAMED_SIZE = 13


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A point, its name in the legend, and the symbol of pyqtgraph that stands for it in both."""

    name: str
    step: float
    value: float
    symbol: str
    colour: str
