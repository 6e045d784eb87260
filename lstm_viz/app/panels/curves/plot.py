"""The plot widget: pyqtgraph's, with the style and interaction of the window."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.curves.axes import Axis
from lstm_viz.app.panels.curves.box import PlotBox
from lstm_viz.app.panels.curves.curve import Curve
from lstm_viz.app.panels.curves.named_points import NAMED_SIZE, NamedPoint
from lstm_viz.app.panels.curves.pyramid import Values, plottable
from lstm_viz.app.panels.curves.scaled_lines import ScaledCurve, ScaledLine
from lstm_viz.app.theme import DARK, Theme
from lstm_viz.app.widgets.painting import text_font

Range = tuple[float, float]

_PIXELS_A_DOT = 9
_HANDLE = 0.03  # the position of the handle along the cursor


@dataclass(frozen=True, slots=True)
class PlotLine:
    """A curve and its style; ``smooth`` ones are smooth and drawn with a point every two pixels."""

    curve: Curve
    colour: str
    width: float = 1.0
    dashed: bool = False
    dots: bool = False
    smooth: bool = False


@dataclass(frozen=True, slots=True)
class Marker:
    """A marked point under the mouse."""

    step: float
    value: float
    colour: str


@dataclass(slots=True, eq=False)
class _Drawn:
    """A line with its graphics items, the state in which it was last drawn, and its heights."""

    line: PlotLine
    curve: ScaledCurve
    dots: pg.ScatterPlotItem | None
    state: tuple[object, ...] = ()
    heights: Values = field(default_factory=lambda: np.empty(0))


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """Draws lines; mouse actions are emitted by ``box`` and by the signals below.

    Unchanged data is not passed to pyqtgraph again, since it would repaint.

    Signals
    -------
    hovered(place)
        The position of the mouse, a `QPointF` in pixels of the widget; None if it has left.
    resized()
        The widget was resized.
    """

    hovered = Signal(object)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        box, axes = PlotBox(), {"bottom": Axis("bottom"), "left": Axis("left")}
        super().__init__(parent, plotItem=pg.PlotItem(viewBox=box, axisItems=axes, enableMenu=False))
        self.box, self.steps_axis, self.values_axis = box, axes["bottom"], axes["left"]
        self._theme = DARK
        self.plotItem.hideButtons()
        self.values_axis.setZValue(-200)  # below the curves, since it draws the grid
        self.plotItem.layout.setContentsMargins(0, 6, 8, 0)
        self.setObjectName("plot")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lines: list[_Drawn] = []
        self._shown: tuple[Range, Range] | None = None
        self._cursor_at: tuple[object, ...] = ()
        self._log = False
        self._values: Range | None = None
        label = {"position": 1.0, "anchors": [(0, 0), (1, 0)]}  # on the side of the line that has room
        self._cursor = ScaledLine(angle=90, movable=False, label="", labelOpts=label)
        self._cursor.setZValue(20)
        self._cursor.label.setFont(text_font(11))
        self._handle = pg.ScatterPlotItem(pxMode=True, size=12, symbol="t1", antialias=True)
        self._handle.setZValue(21)
        self._cursor.hide()
        self._markers = pg.ScatterPlotItem(pxMode=True, size=9)
        self._markers.setZValue(30)
        self._named = pg.ScatterPlotItem(pxMode=True, size=NAMED_SIZE, antialias=True)
        self._named.setZValue(10)
        self._named_state: tuple[object, ...] = ()
        for item in (self._cursor, self._handle, self._markers, self._named):
            self.plotItem.addItem(item, ignoreBounds=True)
        self.box.values_requested.connect(self._fix_values)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setBackground(QColor(theme.panel))
        self._set_frame(theme.accent)
        self._cursor.setPen(pg.mkPen(theme.text, width=1.2))
        self._cursor.label.setColor(theme.muted)
        self._handle.setPen(pg.mkPen(theme.panel, width=1))
        self._handle.setBrush(pg.mkBrush(theme.text))
        for part in (self.box, self.steps_axis, self.values_axis):
            part.set_theme(theme)

    def _set_frame(self, focused: str) -> None:
        self.setStyleSheet(
            f"#plot {{ border: 1px solid {self._theme.panel}; border-radius: 4px; }}"
            f" #plot:focus {{ border-color: {focused}; }}"
        )

    def pose(self, scale: float | None) -> None:
        """Style the plot for a figure, without the handle; None resets it."""
        posing = scale is not None
        # its background would be a bitmap in a vector format
        self.setCacheMode(self.CacheModeFlag.CacheNone if posing else self.CacheModeFlag.CacheBackground)
        self._set_frame(self._theme.panel if posing else self._theme.accent)
        self._handle.setVisible(not posing and self.box.cursor_step is not None)
        self._markers.setVisible(not posing)
        self._cursor.is_posing = posing
        self._named.setExportMode(posing, {"antialias": True, "resolutionScale": 1.0})
        for drawn in self._lines:
            drawn.curve.is_posing = posing
            if drawn.dots is not None:
                drawn.dots.setExportMode(posing, {"antialias": True, "resolutionScale": 1.0})

    # ------------------------------------------------------------ drawing

    def set_label_height(self, share: float) -> None:
        """Set the top of the cursor's label, as a share of the height: where the curves are not."""
        self._cursor.label.setPosition(share)

    def set_titles(self, steps: str, values: str) -> None:
        """Set the titles of the axes."""
        self.steps_axis.set_title(steps)
        self.values_axis.set_title(values)

    def draw(
        self, lines: Sequence[PlotLine], steps: Range, *, log: bool = False, full: Range | None = None
    ) -> None:
        """Draw the lines from one step to another.

        ``full`` is the range of values unless the user has set one; without it, the range fits the visible
        data. ``log`` draws the logarithms to the base 10.
        """
        if log != self._log:
            self._log, self._values = log, None
            self.values_axis.set_logarithmic(log)
        self._arrange(lines)
        pixels = max(2, int(self.box.width()))
        seen = [self._draw_line(drawn, steps, pixels) for drawn in self._lines]
        values = self._values or full or fitted(seen, log)
        self.box.values_fixed = self._values is not None
        if (steps, values) != self._shown:
            self._shown = steps, values
            self.box.setRange(xRange=steps, yRange=values, padding=0)

    @property
    def has_own_values(self) -> bool:
        """Whether the user has set a range of values."""
        return self._values is not None

    def forget_values(self) -> None:
        """Fit the range of values again, from the next `draw` on."""
        self._values = None

    def set_cursor(self, step: float | None, name: str = "") -> None:
        """Move the cursor to a step, labelled ``name``, or hide it."""
        low, high = self.box.viewRange()[1]
        place = () if step is None else (step, name, low, high)
        if place == self._cursor_at:
            return
        self._cursor_at, self.box.cursor_step = place, step
        self._cursor.setVisible(step is not None)
        if step is not None:
            self._cursor.setValue(step)
            self._cursor.label.setFormat(name)
            self._handle.setData(x=[step], y=[low + _HANDLE * (high - low)])
        else:
            self._handle.clear()

    def mark(self, markers: Sequence[Marker]) -> None:
        """Draw a ring around each marker."""
        seen = [marker for marker in markers if np.isfinite(self._height(marker.value))]
        self._markers.setData(
            x=[marker.step for marker in seen],
            y=[self._height(marker.value) for marker in seen],
            pen=[pg.mkPen(marker.colour, width=2) for marker in seen],
            brush=pg.mkBrush(self._theme.panel),
        )

    def name_points(self, points: Sequence[NamedPoint]) -> None:
        """Draw the points that the legend names."""
        state = (*points, self._log, self._theme)
        if state == self._named_state:
            return
        self._named_state = state
        seen = [point for point in points if np.isfinite(self._height(point.value))]
        self._named.setData(
            x=[point.step for point in seen],
            y=[self._height(point.value) for point in seen],
            symbol=[point.symbol for point in seen],
            pen=None,
            brush=[pg.mkBrush(point.colour) for point in seen],
        )

    def step_at(self, place: QPointF) -> float:
        """Return the step at a position in the widget."""
        return float(self.box.mapSceneToView(self.mapToScene(place.toPoint())).x())

    def place_of(self, step: float, value: float) -> QPointF:
        """Return the position of a step and a value, in pixels of the widget."""
        return QPointF(self.mapFromScene(self.box.mapViewToScene(QPointF(step, self._height(value)))))

    def _height(self, value: float) -> float:
        """Return a value in coordinates of the axis."""
        if not self._log:
            return value
        return float(np.log10(value)) if value > 0 else float("nan")

    def _fix_values(self, low: float, high: float) -> None:
        if np.isfinite([low, high]).all() and high - low > 1e-12:
            self._values, self._shown = (low, high), None
            self.box.values_fixed = True
            self.box.setYRange(low, high, padding=0)
            self.set_cursor(self.box.cursor_step, self._cursor.label.format)

    def _arrange(self, lines: Sequence[PlotLine]) -> None:
        """Create the items of the lines, unless the lines are unchanged."""
        if [drawn.line for drawn in self._lines] == list(lines):
            return
        for drawn in self._lines:
            self.plotItem.removeItem(drawn.curve)
            if drawn.dots is not None:
                self.plotItem.removeItem(drawn.dots)
        self._lines = [self._items_of(line) for line in lines]

    def _items_of(self, line: PlotLine) -> _Drawn:
        curve = ScaledCurve(pen=_pen(line), connect="finite", antialias=line.width > 1)
        self.plotItem.addItem(curve, ignoreBounds=True)
        if not line.dots:
            return _Drawn(line, curve, None)
        size = 3 + 2 * line.width
        dots = pg.ScatterPlotItem(size=size, pxMode=True, pen=None, brush=pg.mkBrush(line.colour))
        self.plotItem.addItem(dots, ignoreBounds=True)
        return _Drawn(line, curve, dots)

    def _draw_line(self, drawn: _Drawn, steps: Range, pixels: int) -> Values:
        """Set the points of a line's items, unless they are unchanged, and return their heights."""
        line = drawn.line
        state = line.curve.version, steps, pixels, self._log
        if state == drawn.state:
            return drawn.heights
        points = line.curve.samples(*steps, pixels // 2) if line.smooth else line.curve.window(*steps, pixels)
        x, y = plottable(*points)
        if self._log:
            y = np.log10(y, out=np.full(len(y), np.nan), where=y > 0)
        drawn.curve.setData(x, y)
        if drawn.dots is not None:
            few = len(x) <= pixels / _PIXELS_A_DOT
            there = np.isfinite(y) & few
            drawn.dots.setData(x=x[there], y=y[there])
        drawn.state, drawn.heights = state, y
        return y

    # ------------------------------------------------------------ Qt's overrides

    def sizeHint(self) -> QSize:
        return QSize(420, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 110)

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place = event.position()
        inside = self.box.sceneBoundingRect().contains(self.mapToScene(place.toPoint()))
        if not event.buttons():
            at = inside and self.box.is_at_cursor(self.box.mapFromScene(self.mapToScene(place.toPoint())))
            shape = Qt.CursorShape.SizeHorCursor if at else Qt.CursorShape.CrossCursor
            self.viewport().setCursor(shape if inside else Qt.CursorShape.ArrowCursor)
        self.hovered.emit(place if inside else None)

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # handled by the panel

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


def _pen(line: PlotLine) -> QPen:
    """Return a line's pen; its width is in pixels, and does not scale with the plot."""
    style = Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine
    pen: QPen = pg.mkPen(line.colour, width=line.width, style=style)
    return pen


def fitted(heights: Sequence[Values], log: bool) -> Range:
    """Return the range that fits these heights; it starts at 0 unless they are far above it."""
    every = np.concatenate(heights) if heights else np.empty(0)
    every = every[np.isfinite(every)]
    if not every.size:
        return (-1.0, 0.0) if log else (0.0, 1.0)
    low, high = float(every.min()), float(every.max())
    room = 0.05 * (high - low) or 0.05 * abs(high) or 0.5
    if log or low < 0 or low > 0.6 * high:
        return low - room, high + room
    return 0.0, high + room
