"""Paints the numbers of a step into its frame: as digits, bars and wire thickness."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from lstm_viz.app.panels.cell.frame import PlacedNode, PlacedWire
from lstm_viz.app.panels.cell.layout import PENDING, Layout, PlacedLabel
from lstm_viz.app.panels.cell.number_texts import stage_name
from lstm_viz.app.panels.cell.playback import Playback
from lstm_viz.app.panels.cell.values import StepValues
from lstm_viz.app.panels.cell.wire_painter import CENTRE, LEFT, colour, draw_pencil, draw_wire, write
from lstm_viz.app.theme import Theme
from lstm_viz.cells import QUANTITIES

_PENCIL = 9.0  # pixels


@dataclass(frozen=True, slots=True)
class NumberPainter:
    """Draws the numbers of a layout with ``painter``."""

    painter: QPainter
    layout: Layout
    values: StepValues
    theme: Theme
    playback: Playback

    def draw(self) -> None:
        """Draw all numbers, over the output of `FramePainter`."""
        frame = self.layout.frame
        for wire in frame.wires:
            if wire.wire.number:
                self._wire(wire, wire.wire.number)
        for name, number in self.layout.gates.items():
            if self.playback.is_there(frame.nodes[name].node.at):
                self._gate(name, number, frame.nodes[name])
        self.painter.setFont(frame.fonts.number)
        for label in self.layout.labels:
            if label.number and self.playback.is_there(label.label.at):
                self._label(label)
        self._words()

    def _wire(self, placed: PlacedWire, number: str) -> None:
        scale = self.layout.frame.scale
        size = abs(_bounded(self.values.numbers.get(number, 0.0)))
        pen = QPen(colour(self.theme.quantity[placed.wire.quantity]), (1.5 + 1.7 * size) * scale)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)  # else a thick wire would extend into the box where it starts
        draw_wire(self.painter, placed, pen, scale, self.playback)

    def _gate(self, name: str, number: str, placed: PlacedNode) -> None:
        self.painter.setOpacity(self.playback.opacity(placed.node.at))
        self.painter.setFont(self.layout.frame.fonts.value)
        write(self.painter, placed.number_rect, self._ink(name, self.theme.text), number, CENTRE)
        self._bar(placed.groove, name)
        if name in self.values.clamped:
            beside = placed.number_rect.center().y() + _PENCIL / 2  # a long name fills its line
            self._pencil(QPointF(placed.rect.right() - _PENCIL - 3, beside), self.theme.ink[name])

    def _bar(self, groove: QRectF, name: str) -> None:
        quantity, radius = QUANTITIES[name], groove.height() / 2
        part = _bounded(self.values.numbers[name] / quantity.limit)
        if not quantity.is_signed:
            filled = QRectF(groove.left(), groove.top(), part * groove.width(), groove.height())
        else:
            end = part * groove.width() / 2
            filled = QRectF(groove.center().x(), groove.top(), end, groove.height()).normalized()
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour(self.theme.quantity[name]))
        self.painter.drawRoundedRect(filled, radius, radius)

    def _label(self, placed: PlacedLabel) -> None:
        label = placed.label
        ink = self._ink(label.number, self.theme.ink[label.quantity])
        self.painter.setOpacity(self.playback.opacity(label.at))
        pending = placed.number == PENDING
        write(self.painter, placed.number_rect, self.theme.muted if pending else ink, placed.number, LEFT)
        if label.number in self.values.clamped:
            self._mark(placed)

    def _mark(self, placed: PlacedLabel) -> None:
        """Draw the sign of a clamp at a number beside a wire."""
        ink, rect = self.theme.ink[placed.label.quantity], placed.number_rect.adjusted(-3, 0, 3, 1)
        self.painter.setPen(QPen(colour(ink), 1, Qt.PenStyle.DashLine))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(rect, 3, 3)
        self._pencil(rect.bottomLeft() + QPointF(-_PENCIL - 4, -3), ink)

    def _pencil(self, tip: QPointF, ink: str) -> None:
        draw_pencil(self.painter, tip, _PENCIL, colour(ink))

    def _words(self) -> None:
        layout, fonts = self.layout, self.layout.frame.fonts
        self.painter.setOpacity(1.0)
        self.painter.setFont(fonts.symbol)
        write(self.painter, layout.about.rect, self.theme.muted, layout.about.text)
        self.painter.setFont(fonts.name)
        write(self.painter, layout.word.rect, self.theme.text, layout.word.text)
        if not self.playback.at_rest:
            stage = layout.frame.basis.scene.stages[int(self.playback.position)]
            write(self.painter, layout.frame.stage, self.theme.text, stage_name(stage), CENTRE)

    def _ink(self, number: str | None, usual: str) -> str:
        value = self.values.numbers.get(number or "", 0.0)
        return usual if math.isfinite(value) else self.theme.danger


def _bounded(value: float) -> float:
    """Return ``value`` within −1…1, 0 for NaN."""
    return 0.0 if math.isnan(value) else min(max(value, -1.0), 1.0)
