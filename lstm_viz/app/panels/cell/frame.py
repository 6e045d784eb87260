"""The static part of a diagram: boxes, wires, symbols, and the positions of the numbers."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont

from lstm_viz.app.panels.cell.diagrams import scene_of
from lstm_viz.app.panels.cell.fonts import Fonts, fonts, size_of
from lstm_viz.app.panels.cell.formulas import in_direction
from lstm_viz.app.panels.cell.number_texts import gate_name
from lstm_viz.app.panels.cell.scene import HEIGHT, LEFT, RIGHT, WIDTH, Node, NumberLabel, Scene, Wire
from lstm_viz.app.panels.cell.values import StepValues
from lstm_viz.cells import CellKind

_HEAD = 8.0  # the length of an arrow head on the scene's grid


@dataclass(frozen=True, slots=True)
class Basis:
    """All that a `Frame` depends on; ``known`` are the numbers that can be shown, None for all."""

    kind: CellKind
    backward: bool
    known: frozenset[str] | None
    size: QSizeF
    font: QFont

    @classmethod
    def of(cls, values: StepValues, size: QSizeF, font: QFont) -> "Basis":
        """Return the basis for ``values``; a mean has no numbers that are computed from the weights."""
        known = frozenset(values.numbers) if values.unit is None else None
        return cls(values.kind, values.backward, known, size, font)

    @property
    def scene(self) -> Scene:
        """The scene of the cell."""
        return scene_of(self.kind)

    def has(self, number: str | None) -> bool:
        """Return whether ``number`` is a number that can be shown."""
        return number is not None and (self.known is None or number in self.known)


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node, its rectangle and its title; for a gate also the rectangles of its number and its bar."""

    node: Node
    rect: QRectF
    title: str
    title_rect: QRectF
    number_rect: QRectF
    groove: QRectF

    @property
    def is_gate(self) -> bool:
        """Whether it has a number and a bar."""
        return self.node.kind == "gate"


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line and its arrow head, empty for none."""

    line: tuple[QPointF, ...]
    head: tuple[QPointF, ...]


@dataclass(frozen=True, slots=True)
class PlacedWire:
    """A wire and its points; the first and the last lie on the borders of the nodes it connects."""

    wire: Wire
    points: tuple[QPointF, ...]
    head: float
    whole: Arrow


@dataclass(frozen=True, slots=True)
class PlacedSymbol:
    """The symbol of a label, and the zero-width rectangle that anchors its number."""

    label: NumberLabel
    text: str
    rect: QRectF
    number_anchor: QRectF

    def number_rect(self, width: float) -> QRectF:
        """Return the rectangle of a number of this width."""
        before = self.label.anchor[0] * width if self.label.stacked else 0.0
        return self.number_anchor.adjusted(-before, 0, width - before, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A scene in pixels, without its numbers.

    ``about`` is the right end of the text that names step and unit, ``stage`` the rectangle of the stage.
    """

    basis: Basis
    scale: float
    gap: float
    fonts: Fonts
    nodes: dict[str, PlacedNode]
    wires: tuple[PlacedWire, ...]
    labels: tuple[PlacedSymbol, ...]
    word: PlacedSymbol
    about: QRectF
    stage: QRectF


def frame(basis: Basis) -> Frame:
    """Return the frame of a basis."""
    grid, scene = _Grid.of(basis.size, basis.font), basis.scene
    nodes = {name: _node(grid, name, node) for name, node in scene.nodes.items()}
    about, title = size_of(grid.fonts.symbol, "Ag").height(), size_of(grid.fonts.name, "Ag").height()
    return Frame(
        basis=basis,
        scale=grid.scale,
        gap=grid.gap,
        fonts=grid.fonts,
        nodes=nodes,
        wires=tuple(_wire(grid, wire, scene, nodes) for wire in scene.wires),
        labels=tuple(
            _symbol(grid, _directed(label, basis.backward), basis.has(label.number)) for label in scene.labels
        ),
        word=_symbol(grid, scene.word, False),
        about=QRectF(grid.point(RIGHT, 304) - QPointF(0, about / 2), QSizeF(0, about)),
        stage=QRectF(0, 4 * grid.scale, basis.size.width(), title),
    )


def arrow(points: tuple[QPointF, ...], head: float) -> Arrow:
    """Return the line through ``points`` with a head of this length; 0 for none."""
    if not head:
        return Arrow(points, ())
    tip, way = points[-1], _direction(points[-2], points[-1])
    side = QPointF(-way.y(), way.x()) * head * 0.48
    line = (*points[:-1], tip - way * head * 0.8)
    return Arrow(line, (tip, tip - way * head + side, tip - way * head - side))


@dataclass(frozen=True, slots=True)
class _Grid:
    """The scene's grid in pixels: positions follow the widget's sides, sizes its smaller scale."""

    sx: float
    sy: float
    scale: float
    fonts: Fonts

    @classmethod
    def of(cls, size: QSizeF, base: QFont) -> "_Grid":
        sx, sy = size.width() / WIDTH, size.height() / HEIGHT
        return cls(sx, sy, min(sx, sy), fonts(base, min(sx, sy)))

    @property
    def gap(self) -> float:
        return max(7 * self.scale, 6)

    def point(self, x: float, y: float) -> QPointF:
        return QPointF(x * self.sx, y * self.sy)


def _node(grid: _Grid, name: str, node: Node) -> PlacedNode:
    gate = node.kind == "gate"
    title = gate_name(name) if gate else node.text
    size = _node_size(grid, node, size_of(grid.fonts.name, title))
    rect = QRectF(grid.point(node.x, node.y) - QPointF(size.width() / 2, size.height() / 2), size)
    if not gate:
        return PlacedNode(node, rect, title, rect, QRectF(), QRectF())
    pad, bar = 7 * grid.scale, 4 * grid.scale
    lines = rect.adjusted(0, pad / 2, 0, -pad - bar)
    half = lines.height() / 2
    groove = QRectF(rect.left() + pad, rect.bottom() - pad - bar, rect.width() - 2 * pad, bar)
    return PlacedNode(
        node, rect, title, lines.adjusted(0, 0, 0, -half), lines.adjusted(0, half, 0, 0), groove
    )


def _node_size(grid: _Grid, node: Node, text: QSizeF) -> QSizeF:
    scale = grid.scale
    if node.kind == "operator":
        return QSizeF(max(22 * scale, 20), max(22 * scale, 20))
    if node.kind == "function":
        return QSizeF(text.width() + 14 * scale, max(text.height() + 2, 20 * scale))
    number = size_of(grid.fonts.value, "−0.000")
    width = max(text.width(), number.width()) + 12 * scale
    height = text.height() + number.height() + 16 * scale
    return QSizeF(max(82 * grid.sx, width), max(58 * grid.sy, height))


def _wire(grid: _Grid, wire: Wire, scene: Scene, nodes: dict[str, PlacedNode]) -> PlacedWire:
    points = [grid.point(*point) for point in wire.points]
    start = next((name for name, node in scene.nodes.items() if (node.x, node.y) == wire.points[0]), None)
    first, last = points[1] - points[0], points[-1] - points[-2]
    if start:
        points[0] += _to_border(nodes[start].rect, first)
    if wire.end:
        points[-1] -= _to_border(nodes[wire.end].rect, last)
    head = _HEAD * grid.scale if wire.arrow else 0.0
    return PlacedWire(wire, tuple(points), head, arrow(tuple(points), head))


def _to_border(box: QRectF, way: QPointF) -> QPointF:
    return QPointF(_sign(way.x()) * box.width() / 2, _sign(way.y()) * box.height() / 2)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _direction(start: QPointF, end: QPointF) -> QPointF:
    way = end - start
    length = (way.x() ** 2 + way.y() ** 2) ** 0.5
    return way / length if length else QPointF(0, 0)


def _directed(label: NumberLabel, backward: bool) -> NumberLabel:
    symbol, tip = in_direction(label.symbol, backward), in_direction(label.tip, backward)
    return replace(label, symbol=symbol, tip=tip)


def _symbol(grid: _Grid, label: NumberLabel, numbered: bool) -> PlacedSymbol:
    """Place a label: its symbol above or before its number, if it is ``numbered``."""
    text = size_of(grid.fonts.symbol, label.symbol)
    number = size_of(grid.fonts.number, "0").height() if numbered else 0.0
    high = text.height() + number if label.stacked else max(text.height(), number)
    corner = _corner(grid, label, high)
    if label.stacked:
        rect = QRectF(corner - QPointF(label.anchor[0] * text.width(), 0), text)
        return PlacedSymbol(label, label.symbol, rect, QRectF(corner.x(), rect.bottom(), 0, number))
    rect = QRectF(corner, QSizeF(text.width(), high))
    return PlacedSymbol(label, label.symbol, rect, QRectF(rect.right() + grid.gap, rect.top(), 0, high))


def _corner(grid: _Grid, label: NumberLabel, height: float) -> QPointF:
    """Return the label's anchor at its top: a gap from its point, but flush at the diagram's sides."""
    ax, ay = label.anchor
    dx = 0.0 if label.x in (LEFT, RIGHT) else (1 - 2 * ax) * grid.gap
    return grid.point(label.x, label.y) + QPointF(dx, (1 - 2 * ay) * grid.gap - ay * height)
