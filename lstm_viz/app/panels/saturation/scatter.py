"""The scatter plot of gate saturation: a dot per unit and gate, share nearly closed by share nearly open."""

import math
from collections.abc import Iterator
from itertools import accumulate
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.curves.pyramid import Values
from lstm_viz.app.panels.curves.readout import readout
from lstm_viz.app.panels.saturation.axes import BOTTOM, LEFT, RIGHT, TOP, Axes
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.hover import Hover
from lstm_viz.app.widgets.labels import quantity_name
from lstm_viz.app.widgets.painting import paint_focus, text_font
from lstm_viz.ordinals import ordinal
from lstm_viz.runs.gates import CLOSED, OPEN, Saturation

_REACH = 9.0  # a dot within so many pixels of the mouse is hovered
_ROW, _SAMPLE, _WIDTH_FOR_NAMES = 18, 16, 300
_SHAPES = MappingProxyType({"f": "circle", "i": "square", "o": "triangle", "r": "circle", "z": "square"})


class Scatter(QWidget):
    """Draws one line of ``gates.jsonl``.

    After A. Karpathy, J. Johnson, L. Fei-Fei, "Visualizing and Understanding Recurrent Networks", 2015,
    figure 2: the share of words at which a gate is left-saturated by that at which it is right-saturated.

    Signals
    -------
    unit_picked(unit), unit_stepped(by)
        A dot was clicked; a key was pressed for the previous or next unit.
    """

    unit_picked = Signal(int)
    unit_stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._saturation: Saturation | None = None
        self._gates: dict[str, Values] = {}
        self._unit: int | None = None
        self._theme = DARK
        self._pointed: tuple[str, int] | None = None
        self._posing = False
        self.hover = Hover(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Gate saturation"))
        self.setWhatsThis(
            self.tr(
                "Each dot is one gate of one unit. To the right: the share of words at which the gate is "
                "left-saturated, below 0.1 and so nearly closed. Upwards: the share at which it is "
                "right-saturated, above 0.9 and so nearly open. On the dashed line both add up to 1: the "
                "gate is at one end at every word, in its middle at either end equally often. At the lower "
                "left it is at neither end: between 0.1 and 0.9 at most words. After Karpathy, Johnson and "
                "Fei-Fei, 2015."
            )
        )

    def set_saturation(self, saturation: Saturation | None, unit: int | None, theme: Theme) -> None:
        """Set the gates; the dots of ``unit`` have a ring."""
        if saturation is not self._saturation:
            self._point(None)  # else the readout would show outdated numbers
        self._saturation, self._gates = saturation, gates_of(saturation)
        self._unit, self._theme = unit, theme
        self.hover.set_theme(theme)
        self._describe()
        self.update()

    def pose(self, scale: float | None) -> None:
        """Leave out the focus frame while a picture is taken."""
        self._posing = scale is not None

    def _describe(self) -> None:
        text = self.tr("%1 gate: %2 of %3 units nearly closed at most words, %4 nearly open")
        lines = []
        for gate, (closed, open_) in self._gates.items():
            line = text.replace("%1", quantity_name(gate)).replace("%3", str(len(closed)))
            line = line.replace("%2", str(int((closed > 0.5).sum())))
            lines.append(line.replace("%4", str(int((open_ > 0.5).sum()))))
        self.setAccessibleDescription("; ".join(lines))

    def sizeHint(self) -> QSize:
        return QSize(300, 230)

    def minimumSizeHint(self) -> QSize:
        return QSize(150, 150)

    # ------------------------------------------------------------ geometry

    @property
    def field(self) -> QRectF:
        """The rectangle of the plot."""
        top = TOP + _ROW if self._is_narrow else TOP
        side = max(20.0, min(self.width() - LEFT - RIGHT, self.height() - top - BOTTOM))
        wide = max(side, min(1.7 * side, self.width() - LEFT - RIGHT))
        return QRectF(LEFT, self.height() - BOTTOM - side, wide, side)

    def place(self, closed: float, open_: float) -> QPointF:
        """Return the position of a unit with these shares."""
        field = self.field
        return QPointF(field.left() + closed * field.width(), field.bottom() - open_ * field.height())

    def _places(self, rows: Values) -> Values:
        """Return the positions of all units of a gate (units, 2), in pixels."""
        field = self.field
        return np.stack(
            (field.left() + rows[0] * field.width(), field.bottom() - rows[1] * field.height()), -1
        )

    def dots_at(self, place: QPointF) -> list[tuple[str, int]]:
        """Return the gates and units whose dots are near ``place``, the nearest first."""
        near = list[tuple[float, str, int]]()
        for gate, rows in self._gates.items():
            apart = np.hypot(*(self._places(rows) - (place.x(), place.y())).T)
            near += [(float(apart[unit]), gate, int(unit)) for unit in np.flatnonzero(apart <= _REACH)]
        return [(gate, unit) for _, gate, unit in sorted(near)]

    # ------------------------------------------------------------ painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            Axes(self.field, self.width(), self.height(), self._theme).paint(painter)
            size = 4.0 if max((len(rows[0]) for rows in self._gates.values()), default=0) <= 200 else 3.0
            for gate, rows in self._gates.items():
                painter.setPen(QPen(QColor(self._theme.panel), 0.6))
                painter.setBrush(QColor(self._theme.quantity[gate]))
                for x, y in self._places(rows).tolist():
                    _paint_shape(painter, QPointF(x, y), _SHAPES[gate], size)
            self._paint_rings(painter)
            self._paint_legend(painter)
            if self.hasFocus() and not self._posing:
                paint_focus(painter, QRectF(self.rect()), self._theme)

    def _paint_rings(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.text), 1.6))
        for rows in self._gates.values():
            for unit in {self._unit, self._pointed[1] if self._pointed else None} - {None}:
                if unit is not None and unit < rows.shape[1]:
                    painter.drawEllipse(self.place(*rows[:, unit]), 6.5, 6.5)

    def _named(self, gate: str) -> str:
        """Return the name of a gate, and how often it is nearly open over all units."""
        text = self.tr("%1  %2 · %3 open").replace("%1", gate).replace("%2", quantity_name(gate))
        return text.replace("%3", f"{float(self._gates[gate][1].mean()):.0%}")

    def _paint_legend(self, painter: QPainter) -> None:
        """Paint the legend in the corner that no dot can reach, or in a row on top where it is narrow."""
        painter.setFont(text_font(11))
        names = {gate: gate if self._is_narrow else self._named(gate) for gate in self._gates}
        unit = "" if self._unit is None else str(ordinal(self._unit))
        ringed = self.tr("unit %1")
        texts = (
            *names.values(),
            *([ringed.replace("%1", unit)] if self._has_ring else []),
        )
        places = self._legend_places([painter.fontMetrics().horizontalAdvance(text) for text in texts])
        for gate, place in zip(names, places, strict=False):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.quantity[gate]))
            _paint_shape(painter, _sample(place), _SHAPES[gate], 4.5)
            painter.setPen(QColor(self._theme.ink[gate]))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, names[gate])
        if self._has_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.text), 1.6))
            painter.drawEllipse(_sample(places[-1]), 5.5, 5.5)
            painter.drawText(places[-1], Qt.AlignmentFlag.AlignVCenter, texts[-1])

    def _legend_places(self, widths: list[int]) -> list[QRectF]:
        """Return the rectangles of the names of the legend, which are so wide."""
        if not self._is_narrow:
            right, top = self.width() - RIGHT, self.field.top() + 8.0
            return [QRectF(right - w - 4, top + k * _ROW, w + 4, _ROW) for k, w in enumerate(widths)]
        lefts = accumulate(widths, lambda left, width: left + width + _SAMPLE + 8, initial=_SAMPLE + 4)
        return [QRectF(left, 0, width + 4, _ROW) for left, width in zip(lefts, widths, strict=False)]

    @property
    def _is_narrow(self) -> bool:
        return self.width() < _WIDTH_FOR_NAMES

    @property
    def _has_ring(self) -> bool:
        return self._unit is not None and any(self._unit < rows.shape[1] for rows in self._gates.values())

    # ------------------------------------------------------------ mouse and keys

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(event.position())

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        dots = self.dots_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else []
        if dots:
            self.unit_picked.emit(dots[0][1])
        else:
            event.ignore()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.unit_stepped.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def _point(self, place: QPointF | None) -> None:
        dots = [] if place is None else self.dots_at(place)
        pointed = dots[0] if dots else None
        if pointed != self._pointed:
            self._pointed = pointed
            self.setCursor(Qt.CursorShape.PointingHandCursor if dots else Qt.CursorShape.ArrowCursor)
            self.update()
        if place is not None and dots:
            self.hover.show_at(place, self.describe(dots))
        else:
            self.hover.hide()

    def describe(self, dots: list[tuple[str, int]]) -> str:
        """Return the description of the first of these dots, and how many others there are."""
        gate, unit = dots[0]
        closed, open_ = self._gates[gate][:, unit]
        head = self.tr("unit %1 · %2 gate %3")
        head = head.replace("%1", str(ordinal(unit))).replace("%2", quantity_name(gate)).replace("%3", gate)
        numbers = (
            (self.tr("share of words < %1"), CLOSED, closed),
            (self.tr("share of words > %1"), OPEN, open_),
        )
        text = readout(head, [(name.replace("%1", f"{limit:g}"), float(x)) for name, limit, x in numbers])
        more = self.tr("and %1 more here").replace("%1", str(len(dots) - 1))
        return f"{text}\n{more}" if len(dots) > 1 else text


def gates_of(saturation: Saturation | None) -> dict[str, Values]:
    """Return (2, units) by gate: shares closed and open; unknown gates are left out."""
    if saturation is None:
        return {}
    return dict(_gates(saturation))


def _gates(saturation: Saturation) -> Iterator[tuple[str, Values]]:
    for gate in _SHAPES:
        closed, open_ = saturation.closed.get(gate, ()), saturation.open.get(gate, ())
        if closed and len(closed) == len(open_) and all(map(math.isfinite, (*closed, *open_))):
            yield gate, np.array((closed, open_), np.float64)


def _paint_shape(painter: QPainter, place: QPointF, shape: str, size: float) -> None:
    x, y = place.x(), place.y()
    if shape == "circle":
        painter.drawEllipse(place, size, size)
    elif shape == "square":
        side = 0.9 * size
        painter.drawRect(QRectF(x - side, y - side, 2 * side, 2 * side))
    else:
        tall = 1.2 * size
        painter.drawPolygon(
            QPolygonF([QPointF(x, y - tall), QPointF(x + tall, y + size), QPointF(x - tall, y + size)])
        )


def _sample(place: QRectF) -> QPointF:
    """Return the centre of the sample before a name of the legend."""
    return QPointF(place.left() - 0.7 * _SAMPLE, place.center().y())
