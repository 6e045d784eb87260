"""Where everything of a diagram comes to lie at a given size: a pure function of scene, values and font."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from lstm_viz.app.sentence.cell.figures import decimal
from lstm_viz.app.sentence.cell.fonts import Fonts, fonts, size_of
from lstm_viz.app.sentence.cell.names import gate_name
from lstm_viz.app.sentence.cell.scene import HEIGHT, LEFT, RIGHT, WIDTH, Label, Node, Scene, Wire
from lstm_viz.app.sentence.cell.values import StepValues

PENDING = "…"
_ABOUT = Label("", RIGHT, 304, (1.0, 0.5), "x", 0.0)


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node, its rectangle, what is written in it and, of a gate, its number."""

    node: Node
    rect: QRectF
    title: str
    number: str


@dataclass(frozen=True, slots=True)
class PlacedWire:
    """A wire and its points, the last of them at the border of the node where it ends."""

    wire: Wire
    points: tuple[QPointF, ...]


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label, its two texts and their rectangles; either text may be empty."""

    label: Label
    symbol: str
    symbol_rect: QRectF
    number: str
    number_rect: QRectF

    @property
    def rect(self) -> QRectF:
        """What both texts cover."""
        return self.symbol_rect.united(self.number_rect)


@dataclass(frozen=True, slots=True)
class Layout:
    """A scene in pixels; ``about`` says whose numbers these are, in ``stage`` stands the stage that plays."""

    scale: float
    fonts: Fonts
    nodes: dict[str, PlacedNode]
    wires: tuple[PlacedWire, ...]
    labels: tuple[PlacedLabel, ...]
    word: PlacedLabel
    about: PlacedLabel
    stage: QRectF


def place(scene: Scene, values: StepValues, size: QSizeF, base: QFont) -> Layout:
    """Return where the parts of ``scene`` lie; ``base`` is the interface's font."""
    grid = _Grid.of(size, base)
    nodes = {name: _node(grid, name, node, values) for name, node in scene.nodes.items()}
    about = _label(grid, _ABOUT, _about(values), "")
    return Layout(
        scale=grid.scale,
        fonts=grid.fonts,
        nodes=nodes,
        wires=tuple(_wire(grid, wire, nodes) for wire in scene.wires),
        labels=tuple(_label(grid, label, label.symbol, _number(label, values)) for label in scene.labels),
        word=_word(grid, scene.word, values.word, about.rect.left() - grid.gap),
        about=about,
        stage=QRectF(0, 4 * grid.scale, size.width(), size_of(grid.fonts.name, "Ag").height()),
    )


def written(values: StepValues, name: str) -> str:
    """Return the number ``name`` as text: "…" while it is awaited, nothing where a mean has none."""
    if name in values.numbers:
        return decimal(values.numbers[name])
    return "" if values.unit is None else PENDING


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


def _node(grid: _Grid, name: str, node: Node, values: StepValues) -> PlacedNode:
    gate = node.kind == "gate"
    title = gate_name(name) if gate else values.activation if node.text == "activation" else node.text
    size = _node_size(grid, node, size_of(grid.fonts.name, title))
    corner = grid.point(node.x, node.y) - QPointF(size.width() / 2, size.height() / 2)
    return PlacedNode(node, QRectF(corner, size), title, written(values, name) if gate else "")


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


def _wire(grid: _Grid, wire: Wire, nodes: dict[str, PlacedNode]) -> PlacedWire:
    points = [grid.point(*point) for point in wire.points]
    if wire.end:
        box, way = nodes[wire.end].rect, points[-1] - points[-2]
        points[-1] -= QPointF(_sign(way.x()) * box.width() / 2, _sign(way.y()) * box.height() / 2)
    return PlacedWire(wire, tuple(points))


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _number(label: Label, values: StepValues) -> str:
    return written(values, label.number) if label.number else ""


def _label(grid: _Grid, label: Label, symbol: str, number: str) -> PlacedLabel:
    first, second = size_of(grid.fonts.symbol, symbol), size_of(grid.fonts.number, number)
    between = grid.gap if symbol and number else 0.0
    if label.stacked:
        size = QSizeF(max(first.width(), second.width()), first.height() + second.height())
    else:
        size = QSizeF(first.width() + between + second.width(), max(first.height(), second.height()))
    box = QRectF(_corner(grid, label, size), size)
    above, below = QRectF(box.topLeft(), first), QRectF(box.topLeft(), second)
    if label.stacked:
        above.translate(label.anchor[0] * (box.width() - first.width()), 0)
        below.translate(label.anchor[0] * (box.width() - second.width()), first.height())
    else:
        above.setBottom(box.bottom())
        below.moveLeft(above.right() + between)
        below.setBottom(box.bottom())
    return PlacedLabel(label, symbol, above, number, below)


def _corner(grid: _Grid, label: Label, size: QSizeF) -> QPointF:
    """Return the label's upper left corner: a gap away from its point, but flush at the diagram's sides."""
    ax, ay = label.anchor
    dx = 0.0 if label.x in (LEFT, RIGHT) else (1 - 2 * ax) * grid.gap
    dy = (1 - 2 * ay) * grid.gap
    return grid.point(label.x, label.y) + QPointF(dx - ax * size.width(), dy - ay * size.height())


def _word(grid: _Grid, label: Label, word: str, right: float) -> PlacedLabel:
    placed = _label(grid, label, label.symbol, "")
    left = placed.symbol_rect.right() + grid.gap
    room = max(right - left, 0.0)
    text = QFontMetricsF(grid.fonts.name).elidedText(f"“{word}”", Qt.TextElideMode.ElideMiddle, room)
    size = size_of(grid.fonts.name, text)
    return PlacedLabel(
        label, label.symbol, placed.symbol_rect, text, QRectF(QPointF(left, placed.symbol_rect.top()), size)
    )


def _about(values: StepValues) -> str:
    if values.unit is None:
        return QCoreApplication.translate("CellDiagram", "mean over %1 units").replace(
            "%1", str(values.units)
        )
    return QCoreApplication.translate("CellDiagram", "unit %1").replace("%1", str(values.unit))
