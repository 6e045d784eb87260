"""The timeline of a long input: every quantity over all steps, which can be zoomed and moved."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, RIGHT_MARGIN
from lstm_viz.app.panels.timeline.span import Numbers, Span, level_for, levels, numbers
from lstm_viz.app.texts import put
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.figure import Background, draw_cells
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.labels import quantity_name
from lstm_viz.app.widgets.painting import plain, text_font
from lstm_viz.app.widgets.pictures import picture
from lstm_viz.messages import Extremes
from lstm_viz.ordinals import ordinal

_BAND, _GAP, _AXIS = 16, 2, 13
_ZOOM = 1.25  # per notch of the wheel
_NOTCH = 120
_CLICK = 4  # a drag is longer, in pixels
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class Timeline(HoverWidget):
    """Draws a band per quantity: a column of pixels per range of steps.

    From top to bottom a column has the largest value of all units, groups of units (the mean of a gate, the
    value farthest from 0 of others), and the least value of all units: no extreme is lost, however many
    numbers a pixel has.

    Signals
    -------
    picked(step)
        A step was clicked.
    """

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._extremes: Extremes | None = None
        self._levels: tuple[Extremes, ...] = ()
        self._version = 0  # counts the extremes
        self._background = Background()
        self._names: tuple[str, ...] = ()
        self._span = Span.whole(0)
        self._shown, self._position = range(0), 0
        self._pressed: tuple[float, Span] | None = None
        self._drawn: dict[str, tuple[Numbers, QImage]] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Timeline"))
        self.setWhatsThis(
            self.tr(
                "All steps of the input. In each band the upper edge is the largest value of all units, the "
                "lower edge the least one; between them are groups of units: the mean of a gate, of other "
                "quantities the value farthest from 0. The wheel zooms, a drag moves, a click selects a "
                "step; + and − zoom, 0 shows all steps. The frame is around the columns that are shown "
                "below."
            )
        )

    # ------------------------------------------------------------ data

    def set_extremes(self, extremes: Extremes | None) -> None:
        """Draw these extremes, from the first to the last step; None while they are awaited."""
        steps = extremes.steps if extremes else 0
        if steps != self._span.steps:
            self._span = Span.whole(steps)
        self._extremes, self._levels = extremes, () if extremes is None else levels(extremes)
        self._version += 1
        self._redraw()

    def set_names(self, names: tuple[str, ...]) -> None:
        """Set the quantities, from top to bottom."""
        if names != self._names:
            self._names = names
            self.updateGeometry()
            self._redraw()

    def set_place(self, shown: range, position: int) -> None:
        """Set the columns that are shown below, and the playhead."""
        if (shown, position) == (self._shown, self._position):
            return
        moved = shown != self._shown
        self._shown, self._position = shown, position
        if moved and self._pressed is None:
            self.set_span(self._span.showing((shown.start + shown.stop) // 2))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._redraw()

    @property
    def span(self) -> Span:
        return self._span

    def set_span(self, span: Span) -> None:
        """Show these steps."""
        if span != self._span:
            self._span = span
            self._redraw()

    def _redraw(self) -> None:
        self._drawn = {}
        self._hover.hide()
        self.update()

    # ------------------------------------------------------------ geometry

    @property
    def strip(self) -> QRectF:
        """The rectangle of all bands."""
        return QRectF(
            LABEL_WIDTH, 0, max(1, self.width() - LABEL_WIDTH - RIGHT_MARGIN), self.height() - _AXIS
        )

    def band(self, index: int) -> QRectF:
        """Return the rectangle of a quantity."""
        return QRectF(self.strip.left(), index * (_BAND + _GAP), self.strip.width(), _BAND)

    def step_at(self, x: float) -> int:
        """Return the step at ``x``, the nearest one beside the strip."""
        place = self._span.first + int((x - self.strip.left()) / self.strip.width() * self._span.count)
        return max(self._span.first, min(place, self._span.stop - 1))

    def x_of(self, step: float) -> float:
        return self.strip.left() + (step - self._span.first) / max(1, self._span.count) * self.strip.width()

    def sizeHint(self) -> QSize:
        return QSize(400, len(self._names) * (_BAND + _GAP) + _AXIS)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    # ------------------------------------------------------------ painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            of = self._version, self._names, self._span, self._theme.name
            self._background.draw(painter, self, self._theme.ground, of, self._paint_bands)
            if self._extremes is not None:
                self._paint_frame(painter)
            if self.hasFocus():
                painter.setPen(QPen(QColor(self._theme.accent), 1))
                painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_bands(self, painter: QPainter) -> None:
        for index, name in enumerate(self._names):
            self._paint_band(painter, index, name)
        if self._extremes is not None:
            self._paint_axis(painter)

    def _paint_band(self, painter: QPainter, index: int, name: str) -> None:
        rect, theme = self.band(index), self._theme
        painter.fillRect(rect, QColor(theme.panel))
        painter.fillRect(QRectF(0, rect.top(), 3, rect.height()), QColor(theme.quantity[name]))
        painter.setPen(QColor(theme.ink[name]))
        painter.setFont(text_font(10))
        label = QRectF(10, rect.top(), LABEL_WIDTH - 14, rect.height())
        painter.drawText(label, _MIDDLE, f"{name}  {quantity_name(name)}")
        if self._extremes is None or name not in self._extremes.mean:
            return
        found, image = self._picture(name)
        left, right = (self.x_of(float(found.starts[k])) for k in (0, -1))
        painter.save()
        painter.setClipRect(rect)
        draw_cells(painter, QRectF(left, rect.top(), right - left, rect.height()), image)
        painter.restore()

    def _picture(self, name: str) -> tuple[Numbers, QImage]:
        if name not in self._drawn:
            width = int(self.strip.width() * self.devicePixelRatio())
            found = numbers(level_for(self._levels, self._span, width), name, self._span, width)
            self._drawn[name] = found, picture(found.rows, name, self._theme)
        return self._drawn[name]

    def _paint_axis(self, painter: QPainter) -> None:
        place = QRectF(self.strip.left(), self.strip.bottom(), self.strip.width(), _AXIS)
        painter.setPen(QColor(self._theme.muted))
        painter.setFont(text_font(10))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | _MIDDLE, f"{ordinal(self._span.first):,}")
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | _MIDDLE, f"{self._span.stop:,}")
        text = put(self.tr("%1 of %2 steps"), f"{self._span.count:,}", f"{self._span.steps:,}")
        painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | _MIDDLE, text)

    def _paint_frame(self, painter: QPainter) -> None:
        """Paint the frame around the columns that are shown below, and the playhead."""
        painter.save()
        painter.setClipRect(self.strip.adjusted(-2, 0, 2, 0))
        painter.setPen(QPen(QColor(self._theme.text), 1.5))
        left, right = self.x_of(self._shown.start), self.x_of(self._shown.stop)
        painter.drawRect(QRectF(left, 0.75, max(3.0, right - left), self.strip.height() - _GAP - 1))
        x = self.x_of(self._position + 0.5)
        painter.setPen(QPen(QColor(self._theme.accent), 1.5))
        painter.drawLine(QPointF(x, 1), QPointF(x, self.strip.height() - _GAP))
        painter.restore()

    # ------------------------------------------------------------ texts

    def describe_at(self, point: QPointF) -> str:
        """Return the exact least, mean and largest value of the pixel under a point."""
        index = int(point.y() // (_BAND + _GAP))
        if self._extremes is None or not 0 <= index < len(self._names) or not self.strip.contains(point):
            return ""
        name = self._names[index]
        found, _ = self._picture(name)
        column, row = self._pixel(found, point, index)
        low, mean, high, group = found.at(column, row)
        first, stop = int(found.starts[column]), int(found.starts[column + 1])
        steps = put(self.tr("step %1"), f"{stop:,}")
        if stop - first > 1:
            steps = put(self.tr("steps %1 to %2"), f"{ordinal(first):,}", f"{stop:,}")
        head = f"{steps} · {self._units(name, group)}\n{quantity_name(name)}  {name}"
        texts = (plain(value, 6) for value in (low, mean, high))
        return f"{head}: {put(self.tr('least %1 · mean %2 · largest %3'), *texts)}"

    def _pixel(self, found: Numbers, point: QPointF, index: int) -> tuple[int, int]:
        """Return the column and the row of the picture at a point."""
        left, right = (self.x_of(float(found.starts[k])) for k in (0, -1))
        columns, rows = len(found.mean), found.mean.shape[1] + 4
        column = int((point.x() - left) / (right - left) * columns)
        row = int((point.y() - self.band(index).top()) / _BAND * rows)
        return max(0, min(column, columns - 1)), max(0, min(row, rows - 1))

    def _units(self, name: str, group: range | None) -> str:
        assert self._extremes is not None
        starts = self._extremes.units[name]
        if group is None or len(starts) == 1:
            return self.tr("all units")
        if group.stop == len(starts):
            return put(self.tr("units from %1 on"), ordinal(starts[group.start]))
        return put(self.tr("units %1 to %2"), ordinal(starts[group.start]), starts[group.stop])

    def is_clickable(self, point: QPointF) -> bool:
        return self._extremes is not None and self.strip.contains(point)

    # ------------------------------------------------------------ mouse and keys

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.is_clickable(event.position()):
            self._pressed = event.position().x(), self._span

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        start, span = self._pressed
        moved = (start - event.position().x()) / self.strip.width() * span.count
        if abs(start - event.position().x()) >= _CLICK:
            self.set_span(span.moved(round(moved)))

    @guarded
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and abs(pressed[0] - event.position().x()) < _CLICK:
            self.picked.emit(self.step_at(event.position().x()))

    @guarded
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the mouse; a wheel to the side moves."""
        delta, x = event.angleDelta(), event.position().x()
        if delta.x():
            self.set_span(self._span.moved(round(-delta.x() / _NOTCH * self._span.count / 10)))
        elif delta.y():
            at = min(max((x - self.strip.left()) / self.strip.width(), 0.0), 1.0)
            self.set_span(self._span.zoomed(_ZOOM ** (delta.y() / _NOTCH), at))
        event.accept()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom around the playhead."""
        at = min(max((self._position - self._span.first) / max(1, self._span.count), 0.0), 1.0)
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.set_span(self._span.zoomed(_ZOOM, at))
        elif event.key() == Qt.Key.Key_Minus:
            self.set_span(self._span.zoomed(1 / _ZOOM, at))
        elif event.key() == Qt.Key.Key_0:
            self.set_span(Span.whole(self._span.steps))
        else:
            super().keyPressEvent(event)
