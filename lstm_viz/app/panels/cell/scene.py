"""The elements of a cell's diagram: frozen data on a grid of 480 × 330, the same for all cells."""

from dataclasses import dataclass
from typing import Literal

WIDTH, HEIGHT = 480.0, 330.0
LEFT, RIGHT = 10.0, 470.0  # where wires enter and leave
STAGES = 3

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Node:
    """A gate box, an operator or a function, centred at ``x, y``; it lights up at ``at`` (see `Scene`).

    ``quantity`` gives the colour: for a gate its own, for an operator that of its result. ``text`` is the
    text of an operator or a function.
    """

    kind: Literal["gate", "operator", "function"]
    quantity: str
    x: float
    y: float
    at: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Wire:
    """A line of horizontal and vertical segments that ends at the border of the node ``end``.

    One that starts at a node's centre is drawn from that node's border. ``number`` is the number it carries,
    whose size determines the thickness. A dot marks where it ``branches`` off.
    """

    points: tuple[Point, ...]
    quantity: str
    at: float
    number: str | None = None
    end: str | None = None
    arrow: bool = True
    branches: bool = False


@dataclass(frozen=True, slots=True)
class NumberLabel:
    """A symbol and the number ``number`` beside the point ``x, y``.

    ``anchor`` is the point of the label that is placed at ``x, y``: (0, 0.5) puts the label to the right,
    (0.5, 1) above. The symbol is above the number, or before it if not ``stacked``: such a label is to the
    right of its point. ``tip`` is the full symbol where there is no room for it.
    """

    symbol: str
    x: float
    y: float
    anchor: Point
    quantity: str
    at: float
    number: str | None = None
    stacked: bool = True
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """A diagram, and the order in which a step plays in it.

    Time runs from 0 to `STAGES`; the whole part of an element's ``at`` is the stage in which it lights up.
    ``stages`` names them. ``word`` is the label beside which the word of the step is drawn.
    """

    nodes: dict[str, Node]
    wires: tuple[Wire, ...]
    labels: tuple[NumberLabel, ...]
    word: NumberLabel
    stages: tuple[str, str, str]
