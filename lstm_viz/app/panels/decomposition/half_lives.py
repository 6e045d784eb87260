"""The plot of the half-lives: after how many words half of a unit's state is left, one dot per unit."""

from functools import cached_property

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.decomposition.decomposition_picture import DecompositionPicture
from lstm_viz.app.panels.decomposition.source_painter import PALE
from lstm_viz.app.panels.decomposition.view_model import DecompositionViewModel
from lstm_viz.app.texts import counted
from lstm_viz.app.widgets.figure import Background
from lstm_viz.app.widgets.painting import number_font, text_font
from lstm_viz.messages import Floats
from lstm_viz.ordinals import ordinal

#: The ends of the fixed scale, as powers of ten: a dot beyond them is drawn at the end.
LOW, HIGH = -1, 2
_LEFT, _TOP, _BOTTOM = 30.0, 24.0, 16.0
_CENTRE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_TICK = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def steps(value: float) -> str:
    """Return a half-life as text: "1.7", "∞", "NaN"."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "∞"
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


class HalfLives(DecompositionPicture):
    """Draws the half-life of every unit, sorted.

    Signals
    -------
    unit_picked(unit)
        A dot was clicked.
    """

    unit_picked = Signal(int)

    CACHED = ("ranked", "points")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = Background()
        self.setAccessibleName(self.tr("Half-lives of the units"))
        self.setWhatsThis(
            self.tr(
                "The number of steps after which half of a unit's state is left: ln ½ / mean of ln f over "
                "this sentence (of a GRU, ln z). One dot per unit, sorted, on a logarithmic scale; a ring "
                "marks the selected unit. A unit with a long half-life carries information through the "
                "sentence."
            )
        )

    def accessible_text(self) -> str:
        return self.headline() if self._shown is not None and self._shown.fresh else ""

    # ------------------------------------------------------------ data

    @property
    def _values(self) -> Floats:
        return self._shown.decomposition.half_lives if self._shown else np.zeros(0, np.float32)

    @cached_property
    def ranked(self) -> npt.NDArray[np.intp]:
        """The units by half-life, the shortest first; those without one are omitted."""
        return np.argsort(self._values, kind="stable")[
            : len(self._values) - int(np.isnan(self._values).sum())
        ]

    @cached_property
    def points(self) -> list[QPointF]:
        """The position of the dot of each of `ranked`."""
        count = len(self.ranked)
        with np.errstate(divide="ignore"):
            share = (np.log10(self._values[self.ranked].astype(np.float64)) - LOW) / (HIGH - LOW)
        area = self.area
        ys = area.bottom() - np.clip(share, 0.0, 1.0) * area.height()
        xs = area.left() + (np.arange(count) + 0.5) / max(1, count) * area.width()
        return [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]

    @property
    def area(self) -> QRectF:
        width, height = self.width() - _LEFT - 6, self.height() - _TOP - _BOTTOM
        return QRectF(_LEFT, _TOP, max(8.0, width), max(8.0, height))

    def headline(self) -> str:
        """Return the half-life of the unit as text; for the mean over all, the median."""
        if self._shown is None or not self._shown.fresh:
            return self.tr("Half-life")
        unit, characters = self._shown.decomposition.unit, self._shown.view.module.own_columns
        if unit is None:
            middle = float(np.median(self._values))
            text = self.tr("Median half-life: %1 words")
            spelled = self.tr("Median half-life: %1 characters")
            return (spelled if characters else text).replace("%1", steps(middle))
        value = float(self._values[unit])
        if np.isinf(value):
            return self.tr("Half-life: ∞")
        text = self.tr("Half-life: %1 words")
        spelled = self.tr("Half-life: %1 characters")
        return (spelled if characters else text).replace("%1", steps(value))

    # ------------------------------------------------------------ Qt

    def sizeHint(self) -> QSize:
        return QSize(220, 180)

    def minimumSizeHint(self) -> QSize:
        return QSize(130, 90)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._shown
        if shown is None:
            return
        with QPainter(self) as painter:
            painter.setOpacity(1.0 if shown.fresh else PALE)
            of = self._theme.name, self._footer()
            self._background.draw(painter, self, self._theme.panel, of, self._paint_axis)
            self._paint_head(painter)
            self._paint_dots(painter, shown)

    def _paint_head(self, painter: QPainter) -> None:
        painter.setFont(text_font(11))
        painter.setPen(QColor(self._theme.text))
        text = painter.fontMetrics().elidedText(
            self.headline(), Qt.TextElideMode.ElideRight, self.width() - 2
        )
        painter.drawText(QRectF(0, 0, self.width(), 15), _CENTRE, text)

    def _paint_axis(self, painter: QPainter) -> None:
        painter.setFont(number_font(9))
        area = self.area
        for power in range(LOW, HIGH + 1):
            y = area.bottom() - (power - LOW) / (HIGH - LOW) * area.height()
            painter.setPen(QPen(QColor(self._theme.line), 1))
            painter.drawLine(QPointF(area.left(), round(y) + 0.5), QPointF(area.right(), round(y) + 0.5))
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QRectF(0, y - 7, _LEFT - 5, 14), _TICK, f"{10.0**power:g}")
        painter.setFont(text_font(10))
        below = QRectF(area.left(), area.bottom() + 3, area.width(), 13)
        painter.drawText(below, _CENTRE, self._footer())

    def _footer(self) -> str:
        lost = len(self._values) - len(self.ranked)
        if lost:
            return counted(self.tr("%1 unit(|s) (is|are) NaN", None, lost), lost)
        return self.tr("units, the shortest first")

    def _paint_dots(self, painter: QPainter, shown: DecompositionViewModel) -> None:
        if not self.points:
            return
        size = max(2.0, min(6.0, self.area.width() / len(self.points)))
        round_ones = size > 3  # small dots need no antialiasing, and are painted many times faster without
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, round_ones)
        pen = QPen(QColor(self._theme.quantity[shown.gate]), size)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap if round_ones else Qt.PenCapStyle.SquareCap)
        painter.setPen(pen)
        painter.drawPoints(self.points)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = self._place_of(shown.decomposition.unit)
        if place is not None:
            painter.setPen(QPen(QColor(self._theme.text), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place, 5.0, 5.0)

    def _place_of(self, unit: int | None) -> QPointF | None:
        found = np.flatnonzero(self.ranked == (-1 if unit is None else unit))
        return self.points[int(found[0])] if len(found) else None

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        unit = self.unit_at(event.position())
        if unit is not None and event.button() == Qt.MouseButton.LeftButton:
            self.unit_picked.emit(unit)

    def is_clickable(self, point: QPointF) -> bool:
        return self.unit_at(point) is not None

    def describe_at(self, point: QPointF) -> str:
        unit = self.unit_at(point)
        if unit is None:
            return ""
        text = self.tr("unit %1: half-life of %2 steps").replace("%1", str(ordinal(unit)))
        return text.replace("%2", steps(float(self._values[unit])))

    def unit_at(self, point: QPointF) -> int | None:
        """Return the unit whose dot is above or below a point."""
        area, count = self.area, len(self.ranked)
        if self._shown is None or not self._shown.fresh or not count or not area.contains(point):
            return None
        return int(self.ranked[min(int((point.x() - area.left()) / area.width() * count), count - 1)])
