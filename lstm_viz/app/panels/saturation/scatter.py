"""The scatter plot of gate saturation: a dot per unit and gate, share nearly closed by share nearly open."""

import math
from collections.abc import Iterator
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.curves.pyramid import Values
from lstm_viz.app.panels.curves.readout import readout
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.hover import Hover
from lstm_viz.app.widgets.labels import quantity_name
from lstm_viz.app.widgets.painting import number_font, text_font
from lstm_viz.ordinals import ordinal
from lstm_viz.runs.gates import CLOSED, OPEN, Saturation

_REACH = 9.0  # a dot within so many pixels of the mouse is hovered
_LEFT, _TOP, _RIGHT, _BOTTOM = 34, 12, 12, 34
_LEGEND_ROW = 18
_SHAPES = MappingProxyType({"f": "circle", "i": "square", "o": "triangle", "r": "circle", "z": "square"})
_CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop


class Scatter(QWidget):
    """Draws one line of ``gates.jsonl``.

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
        """The rectangle of the plot: its left is "never shut", its top "always open"."""
        side = max(20.0, min(self.width() - _LEFT - _RIGHT, self.height() - _TOP - _BOTTOM))
        wide = max(side, min(1.7 * side, self.width() - _LEFT - _RIGHT))
        return QRectF(_LEFT, self.height() - _BOTTOM - side, wide, side)

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
            self._paint_field(painter)
            size = 4.0 if max((len(rows[0]) for rows in self._gates.values()), default=0) <= 200 else 3.0
            for gate, rows in self._gates.items():
                painter.setPen(QPen(QColor(self._theme.panel), 0.6))
                painter.setBrush(QColor(self._theme.quantity[gate]))
                for x, y in self._places(rows).tolist():
                    _paint_shape(painter, QPointF(x, y), _SHAPES[gate], size)
            self._paint_rings(painter)
            self._paint_legend(painter)
            if self.hasFocus() and not self._posing:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(self._theme.accent), 1))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _paint_field(self, painter: QPainter) -> None:
        field, theme = self.field, self._theme
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawLine(field.bottomLeft(), field.bottomRight())
        painter.drawLine(field.bottomLeft(), field.topLeft())
        painter.setPen(QPen(QColor(theme.line), 1, Qt.PenStyle.DashLine))
        painter.drawLine(field.topLeft(), field.bottomRight())
        painter.setPen(QColor(theme.muted))
        painter.setFont(number_font(10))
        for share, text in ((0.0, "0"), (0.5, ".5"), (1.0, "1")):
            across, up = self.place(share, 0), self.place(0, share)
            painter.drawText(QRectF(across.x() - 20, across.y() + 4, 40, 14), _CENTRE, text)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(up.x() - 34, up.y() - 8, 28, 16), right, text)
        self._paint_corners(painter, field)

    def _paint_corners(self, painter: QPainter, field: QRectF) -> None:
        painter.setFont(text_font(10))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        below = QRectF(0, field.bottom() + 17, field.right() + _RIGHT - 2, 15)
        painter.drawText(below, right, self.tr("nearly always closed"))
        beside = QRectF(field.left() + 8, field.top() - 11, field.width() - 8, 14)
        painter.drawText(beside, Qt.AlignmentFlag.AlignLeft, self.tr("nearly always open"))

    def _paint_rings(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.text), 1.6))
        for rows in self._gates.values():
            for unit in {self._unit, self._pointed[1] if self._pointed else None} - {None}:
                if unit is not None and unit < rows.shape[1]:
                    painter.drawEllipse(self.place(*rows[:, unit]), 6.5, 6.5)

    def _paint_legend(self, painter: QPainter) -> None:
        """Paint the legend in the corner that no dot can reach."""
        painter.setFont(text_font(11))
        metrics = painter.fontMetrics()
        names = {gate: f"{gate}  {quantity_name(gate)}" for gate in self._gates}
        width = max((metrics.horizontalAdvance(name) for name in names.values()), default=0)
        left, top = self.width() - _RIGHT - width - 16, self.field.top() + 8.0
        for gate, name in names.items():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.quantity[gate]))
            _paint_shape(painter, QPointF(left, top + _LEGEND_ROW / 2), _SHAPES[gate], 4.5)
            painter.setPen(QColor(self._theme.ink[gate]))
            painter.drawText(
                QRectF(left + 12, top, width + 4, _LEGEND_ROW), Qt.AlignmentFlag.AlignVCenter, name
            )
            top += _LEGEND_ROW

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
