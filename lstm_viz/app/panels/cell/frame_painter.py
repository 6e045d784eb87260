"""Paints the static part of a diagram."""

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from lstm_viz.app.panels.cell.frame import Frame, PlacedNode, PlacedSymbol, PlacedWire
from lstm_viz.app.panels.cell.playback import Playback
from lstm_viz.app.panels.cell.wire_painter import CENTRE, LEFT, colour, draw_wire, write
from lstm_viz.app.theme import Theme

_THICKNESS = 1.5  # of a wire that carries more than one number, on the scene's grid


@dataclass(frozen=True, slots=True)
class FramePainter:
    """Draws a frame with ``painter``."""

    painter: QPainter
    frame: Frame
    theme: Theme
    playback: Playback

    def draw(self) -> None:
        """Draw the background and the frame."""
        size = self.frame.basis.size
        self.painter.fillRect(0, 0, ceil(size.width()), ceil(size.height()), colour(self.theme.panel))
        for wire in self.frame.wires:
            if not wire.wire.number:
                self._wire(wire)
        for name, node in self.frame.nodes.items():
            self._node(node, name == self.playback.hovered, is_clamped(name, node, self.playback.clamped))
        self.painter.setFont(self.frame.fonts.symbol)
        for symbol in (*self.frame.labels, self.frame.word):
            self._symbol(symbol)
        self.painter.setOpacity(1.0)

    def _wire(self, placed: PlacedWire) -> None:
        pen = QPen(colour(self.theme.quantity[placed.wire.quantity]), _THICKNESS * self.frame.scale)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        draw_wire(self.painter, placed, pen, self.frame.scale, self.playback)

    def _node(self, placed: PlacedNode, hovered: bool, clamped: bool) -> None:
        strength = self.playback.opacity(placed.node.at)
        self._box(placed, strength, hovered, clamped)
        self.painter.setOpacity(strength)
        self.painter.setFont(self.frame.fonts.name)
        write(self.painter, placed.title_rect, self.theme.ink[placed.node.quantity], placed.title, CENTRE)
        if placed.is_gate:
            radius = placed.groove.height() / 2
            self.painter.setPen(Qt.PenStyle.NoPen)
            self.painter.setBrush(colour(self.theme.line))
            self.painter.drawRoundedRect(placed.groove, radius, radius)

    def _box(self, placed: PlacedNode, strength: float, hovered: bool, clamped: bool) -> None:
        rect, scale = placed.rect, self.frame.scale
        radius = 7 * scale if placed.is_gate else rect.height() / 2
        edge = colour(self.theme.quantity[placed.node.quantity])
        background = colour(self.theme.raised if hovered else self.theme.panel)
        tint = 0.10 * strength if placed.is_gate else 0.0
        self.painter.setOpacity(1.0)
        self.painter.setBrush(_blend(background, edge, tint))
        thickness = (2.2 if hovered or clamped else 1.4) * max(scale, 0.9)
        style = Qt.PenStyle.DashLine if clamped else Qt.PenStyle.SolidLine
        self.painter.setPen(QPen(_blend(background, edge, strength), thickness, style))
        self.painter.drawRoundedRect(rect, radius, radius)

    def _symbol(self, placed: PlacedSymbol) -> None:
        self.painter.setOpacity(self.playback.opacity(placed.label.at))
        write(self.painter, placed.rect, self.theme.muted, placed.text, LEFT)


def is_clamped(name: str, placed: PlacedNode, clamped: frozenset[str]) -> bool:
    """Return whether a box is that of a clamped number."""
    return placed.is_gate and name in clamped


def frame_picture(
    frame: Frame, theme: Theme, hovered: str | None, clamped: frozenset[str], scale: float
) -> QPixmap:
    """Return the frame of a step at rest as a pixmap, ``scale`` pixels per point."""
    size = frame.basis.size * scale
    picture = QPixmap(ceil(size.width()), ceil(size.height()))
    picture.setDevicePixelRatio(scale)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    FramePainter(painter, frame, theme, Playback(hovered=hovered, clamped=clamped)).draw()
    painter.end()
    return picture


def _blend(background: QColor, over: QColor, part: float) -> QColor:
    return QColor.fromRgbF(
        background.redF() + (over.redF() - background.redF()) * part,
        background.greenF() + (over.greenF() - background.greenF()) * part,
        background.blueF() + (over.blueF() - background.blueF()) * part,
    )
