"""The one painter of all diagrams."""

import math
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from lstm_viz.app.sentence.cell.layout import PENDING, Layout, PlacedLabel, PlacedNode, PlacedWire
from lstm_viz.app.sentence.cell.names import stage_name
from lstm_viz.app.sentence.cell.scene import STAGES, Scene
from lstm_viz.app.sentence.cell.values import StepValues
from lstm_viz.app.theme import QUANTITIES, Theme

_GROW = 0.3  # how long, in stages, an element takes to appear
_GHOST, _PAST = 0.18, 0.5  # how strong what is still to come stands, and what a stage before has done
_CENTRE, _LEFT = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Look:
    """How far the step has played, 0 to `STAGES`, and which gate is under the mouse."""

    position: float = float(STAGES)
    hovered: str | None = None

    def grown(self, at: float) -> float:
        """Return how much, 0 to 1, of an element that starts to appear at ``at`` is there."""
        return 1.0 if self.position >= STAGES else min(max((self.position - at) / _GROW, 0.0), 1.0)

    def strength(self, at: float) -> float:
        """Return the opacity of what is there of it: full in its own stage and once the step has played."""
        return 1.0 if self.position >= STAGES or int(at) == int(self.position) else _PAST


@dataclass(frozen=True, slots=True)
class DiagramPainter:
    """Draws a placed scene with ``painter``."""

    painter: QPainter
    layout: Layout
    values: StepValues
    theme: Theme
    look: Look

    def draw(self, scene: Scene) -> None:
        """Draw all of it, wires first, so that boxes cover their ends."""
        for wire in self.layout.wires:
            self._wire(wire)
        for name, node in self.layout.nodes.items():
            self._node(name, node)
        for label in self.layout.labels:
            self._label(label)
        self._word()
        self._text(self.layout.about.symbol_rect, self.theme.muted, self.layout.about.symbol, _LEFT)
        if self.look.position < STAGES:
            stage = stage_name(scene.stages[int(self.look.position)])
            self.painter.setFont(self.layout.fonts.name)
            self._text(self.layout.stage, self.theme.text, stage, _CENTRE)

    # ---------------------------------------------------------------- wires

    def _wire(self, placed: PlacedWire) -> None:
        wire, scale = placed.wire, self.layout.scale
        pen = QPen(self._fill(wire.quantity), self._thickness(wire.number))
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        head = 8 * scale if wire.arrow else 0.0
        grown = self.look.grown(wire.at)
        if grown < 1:
            self._line(placed.points, head, pen, _GHOST)
        if grown > 0 and wire.branches:
            self._dot(placed.points[0], pen.color(), self.look.strength(wire.at))
        if grown > 0:
            self._line(_beginning(placed.points, grown), head, pen, self.look.strength(wire.at))

    def _line(self, points: tuple[QPointF, ...], head: float, pen: QPen, opacity: float) -> None:
        self.painter.setOpacity(opacity)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        tip, way = points[-1], _direction(points[-2], points[-1])
        path = QPainterPath(points[0])
        for point in (*points[1:-1], tip - way * head * 0.8):
            path.lineTo(point)
        self.painter.drawPath(path)
        if head:
            side = QPointF(-way.y(), way.x()) * head * 0.48
            self.painter.setPen(Qt.PenStyle.NoPen)
            self.painter.setBrush(pen.color())
            self.painter.drawPolygon(QPolygonF([tip, tip - way * head + side, tip - way * head - side]))

    def _dot(self, point: QPointF, colour: QColor, opacity: float) -> None:
        self.painter.setOpacity(opacity)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawEllipse(point, 3.2 * self.layout.scale, 3.2 * self.layout.scale)

    def _thickness(self, number: str | None) -> float:
        size = _bounded(self.values.numbers.get(number, 0.0)) if number else 0.0
        return (1.5 + 1.7 * abs(size)) * self.layout.scale

    # ---------------------------------------------------------------- nodes

    def _node(self, name: str, placed: PlacedNode) -> None:
        there = self.look.grown(placed.node.at) >= 0.5
        strength = self.look.strength(placed.node.at) if there else _GHOST
        self._box(placed, strength, hovered=name == self.look.hovered)
        self.painter.setOpacity(strength)
        if placed.node.kind == "gate":
            self._gate(name, placed, there)
        else:
            self.painter.setFont(self.layout.fonts.name)
            self._text(placed.rect, self._ink(placed.node.quantity), placed.title, _CENTRE)

    def _box(self, placed: PlacedNode, strength: float, hovered: bool) -> None:
        rect, scale = placed.rect, self.layout.scale
        radius = rect.height() / 2 if placed.node.kind != "gate" else 7 * scale
        edge, ground = (
            self._fill(placed.node.quantity),
            QColor(self.theme.raised if hovered else self.theme.panel),
        )
        tint = 0.10 * strength if placed.node.kind == "gate" else 0.0
        self.painter.setOpacity(1.0)  # also a ghost hides the wires behind it
        self.painter.setBrush(_blend(ground, edge, tint))
        self.painter.setPen(QPen(_blend(ground, edge, strength), (2.2 if hovered else 1.4) * max(scale, 0.9)))
        self.painter.drawRoundedRect(rect, radius, radius)

    def _gate(self, name: str, placed: PlacedNode, there: bool) -> None:
        rect, scale = placed.rect, self.layout.scale
        pad, bar = 7 * scale, 4 * scale
        lines = rect.adjusted(0, pad / 2, 0, -pad - bar)
        title, number = _halves(lines)
        self.painter.setFont(self.layout.fonts.name)
        self._text(title, self._ink(placed.node.quantity), placed.title, _CENTRE)
        if there:
            self.painter.setFont(self.layout.fonts.value)
            self._text(number, self._number_ink(name, self.theme.text), placed.number, _CENTRE)
        groove = QRectF(rect.left() + pad, rect.bottom() - pad - bar, rect.width() - 2 * pad, bar)
        self._bar(groove, name, self.values.numbers[name] if there else 0.0)

    def _bar(self, groove: QRectF, name: str, value: float) -> None:
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(self.theme.line))
        radius = groove.height() / 2
        self.painter.drawRoundedRect(groove, radius, radius)
        part = _bounded(value / QUANTITIES[name].limit)
        self.painter.setBrush(self._fill(name))
        if QUANTITIES[name].range == "unit":
            filled = QRectF(groove.topLeft(), groove.bottomRight())
            filled.setWidth(part * groove.width())
        else:
            end = groove.center().x() + part * groove.width() / 2
            filled = QRectF(groove.center().x(), groove.top(), end - groove.center().x(), groove.height())
        self.painter.drawRoundedRect(filled.normalized(), radius, radius)

    # ---------------------------------------------------------------- labels

    def _label(self, placed: PlacedLabel) -> None:
        there = self.look.grown(placed.label.at) >= 0.5
        self.painter.setOpacity(self.look.strength(placed.label.at) if there else _GHOST)
        self.painter.setFont(self.layout.fonts.symbol)
        self._text(placed.symbol_rect, self.theme.muted, placed.symbol, _LEFT)
        if there and placed.label.number:
            ink = self._number_ink(placed.label.number, self._ink(placed.label.quantity))
            self.painter.setFont(self.layout.fonts.number)
            self._text(
                placed.number_rect, self.theme.muted if placed.number == PENDING else ink, placed.number
            )

    def _word(self) -> None:
        word = self.layout.word
        self.painter.setOpacity(1.0)
        self.painter.setFont(self.layout.fonts.name)
        self._text(word.number_rect, self.theme.text, word.number)
        self.painter.setFont(self.layout.fonts.symbol)
        self._text(word.symbol_rect, self.theme.muted, word.symbol)

    def _text(self, rect: QRectF, colour: str, text: str, flags: Qt.AlignmentFlag = _LEFT) -> None:
        self.painter.setPen(QColor(colour))
        self.painter.drawText(rect, int(flags) | int(Qt.TextFlag.TextDontClip), text)

    # ---------------------------------------------------------------- colours

    def _fill(self, quantity: str) -> QColor:
        return QColor(self.theme.quantity[quantity])

    def _ink(self, quantity: str) -> str:
        return self.theme.ink[quantity]

    def _number_ink(self, number: str, ink: str) -> str:
        value = self.values.numbers.get(number, 0.0)
        return ink if math.isfinite(value) else self.theme.danger


def _blend(ground: QColor, colour: QColor, part: float) -> QColor:
    return QColor.fromRgbF(
        ground.redF() + (colour.redF() - ground.redF()) * part,
        ground.greenF() + (colour.greenF() - ground.greenF()) * part,
        ground.blueF() + (colour.blueF() - ground.blueF()) * part,
    )


def _halves(rect: QRectF) -> tuple[QRectF, QRectF]:
    half = rect.height() / 2
    return rect.adjusted(0, 0, 0, -half), rect.adjusted(0, half, 0, 0)


def _bounded(value: float) -> float:
    """Return ``value`` within −1…1, 0 for NaN."""
    return 0.0 if math.isnan(value) else min(max(value, -1.0), 1.0)


def _direction(start: QPointF, end: QPointF) -> QPointF:
    way = end - start
    length = (way.x() ** 2 + way.y() ** 2) ** 0.5
    return way / length if length else QPointF(0, 0)


def _beginning(points: tuple[QPointF, ...], part: float) -> tuple[QPointF, ...]:
    """Return the first ``part``, above 0, of a line of horizontal and vertical pieces."""
    if part >= 1:
        return points
    lengths = [(b - a).manhattanLength() for a, b in pairwise(points)]
    left, line = part * sum(lengths), [points[0]]
    for start, end, length in zip(points[:-1], points[1:], lengths, strict=True):
        line.append(start + (end - start) * min(left / length, 1.0) if length else end)
        left -= length
        if left <= 0:
            break
    return tuple(line)
