"""Lines of a plot whose widths scale with a figure.

pyqtgraph draws them with cosmetic pens, whose width is in pixels of the device: an enlarged SVG, or a PNG
with more pixels than the screen, would have hairlines.
"""

import pyqtgraph as pg
from PySide6.QtGui import QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from lstm_viz.app.guard import guarded


class ScaledCurve(pg.PlotCurveItem):  # type: ignore[misc]
    """A curve; while ``is_posing`` its width is in pixels of the figure."""

    is_posing = False

    @guarded
    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self.is_posing:
            stroke(painter, self.getPath(), self.opts["pen"])
        else:
            super().paint(painter, option, widget)


class ScaledLine(pg.InfiniteLine):  # type: ignore[misc]
    """A line through the plot; while ``is_posing`` its width is in pixels of the figure."""

    is_posing = False

    @guarded
    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not self.is_posing:
            super().paint(painter, option, widget)
            return
        ends, path = self.boundingRect(), QPainterPath()
        path.moveTo(ends.left(), 0)
        path.lineTo(ends.right(), 0)
        stroke(painter, path, self.pen)


def stroke(painter: QPainter, path: QPainterPath, pen: QPen) -> None:
    """Draw a path with a pen whose width is in the coordinates of the painter's window."""
    scaled, transform = QPen(pen), painter.worldTransform()
    scaled.setCosmetic(False)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setWorldTransform(QTransform())
    painter.strokePath(transform.map(path), scaled)
    painter.restore()
