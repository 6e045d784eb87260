"""What a cell's diagram is made of: frozen data on a grid of 480 × 330, whatever the cell."""

from dataclasses import dataclass
from typing import Literal

WIDTH, HEIGHT = 480.0, 330.0
LEFT, RIGHT = 10.0, 470.0  # where wires enter and leave
STAGES = 3

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Node:
    """A gate box, an operator or a function, centred at ``x, y``; it lights up at ``at`` (see `Scene`).

    ``quantity`` gives the colour: of a gate its own, of an operator that of what it makes. ``text`` is what
    stands in an operator or a function ("activation" stands for the RNN's own).
    """

    kind: Literal["gate", "operator", "function"]
    quantity: str
    x: float
    y: float
    at: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Wire:
    """A line of horizontal and vertical pieces that ends at the border of the node ``end``.

    One that starts at a node's centre is drawn from that node's border. ``number`` is what it carries: its
    size shows in the thickness. A dot marks where it ``branches`` off.
    """

    points: tuple[Point, ...]
    quantity: str
    at: float
    number: str | None = None
    end: str | None = None
    arrow: bool = True
    branches: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A symbol and the number ``number`` beside the point ``x, y``.

    ``anchor`` is the place within the label that comes next to the point: (0, 0.5) puts the label to the
    right of it, (0.5, 1) above it. The symbol stands over the number, or before it where not ``stacked``:
    such a label is to the right of its point. ``tip`` is the symbol in full where there is no room for it.
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
    ``stages`` names them. ``word`` is the label beside which the word of the step stands.
    """

    nodes: dict[str, Node]
    wires: tuple[Wire, ...]
    labels: tuple[Label, ...]
    word: Label
    stages: tuple[str, str, str]


def gates(scene: Scene) -> tuple[str, ...]:
    """Return the names of the gates, from left to right."""
    boxes = [(node.x, name) for name, node in scene.nodes.items() if node.kind == "gate"]
    return tuple(name for _, name in sorted(boxes))
