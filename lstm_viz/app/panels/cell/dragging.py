"""Dragging of a number of the diagram: where a drag can begin, and the value it results in."""

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF

from lstm_viz.app.panels.cell.layout import Layout
from lstm_viz.app.panels.cell.values import StepValues

#: The change per pixel of a quantity without a bar, at the scale of the hidden state.
_PER_PIXEL = 0.01
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Drag:
    """A quantity that was pressed at ``start``, where it had ``value``.

    To the right and upward are more; a gate's bar spans its range. ``moves`` is set once the mouse has moved
    far enough: until then it may be a click.
    """

    name: str
    value: float
    limits: tuple[float, float]
    per_pixel: float
    start: QPointF
    moves: bool = False

    def moved(self, point: QPointF) -> "Drag":
        """Return the drag as it begins to move at ``point``, without a jump."""
        return replace(self, start=point, moves=True)

    def distance_to(self, point: QPointF) -> float:
        """Return how many pixels the mouse has moved in the direction that changes the value."""
        way = point - self.start
        return way.x() - way.y()

    def at(self, point: QPointF) -> float:
        """Return the value at the mouse position ``point``."""
        low, high = self.limits
        return round(min(max(self.value + self.distance_to(point) * self.per_pixel, low), high), _DIGITS)


def name_at(layout: Layout, values: StepValues, point: QPointF) -> str | None:
    """Return the quantity whose box or number is at ``point``, if it can be clamped."""
    names = values.kind.symbols
    boxes = ((name, layout.nodes[name].rect) for name in names if name in layout.nodes)
    numbers = ((p.label.number, p.rect.adjusted(-4, -2, 4, 2)) for p in layout.labels)
    places = (*boxes, *numbers)
    return next((name for name, rect in places if name in names and rect.contains(point)), None)


def drag_at(layout: Layout, values: StepValues, point: QPointF) -> Drag | None:
    """Return the drag that a press at ``point`` begins; None where nothing can be clamped."""
    name = name_at(layout, values, point)
    if name is None or values.unit is None:
        return None
    low, high = values.kind[name].range
    value = values.numbers[name]
    start = min(max(value, low), high) if math.isfinite(value) else 0.0
    if name in layout.nodes and name != "h":
        per_pixel = (high - low) / layout.nodes[name].groove.width()
    else:
        per_pixel = _PER_PIXEL * values.kind[name].limit
    return Drag(name, start, (low, high), per_pixel, point)
