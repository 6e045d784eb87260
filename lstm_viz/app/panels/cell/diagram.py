"""The diagram of a cell at one step: the values on every wire, and the animation of the step."""

from collections.abc import Collection

from PySide6.QtCore import QAbstractAnimation, QEvent, QPointF, QSize, QSizeF, Qt, QVariantAnimation
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.cell.dragging import Drag, drag_at, name_at
from lstm_viz.app.panels.cell.drags import NumberDrags
from lstm_viz.app.panels.cell.frame import Basis, Frame, frame
from lstm_viz.app.panels.cell.frame_painter import FramePainter, frame_picture
from lstm_viz.app.panels.cell.layout import Layout, place
from lstm_viz.app.panels.cell.number_texts import long_name, significant
from lstm_viz.app.panels.cell.painter import NumberPainter
from lstm_viz.app.panels.cell.playback import Playback
from lstm_viz.app.panels.cell.scene import STAGES
from lstm_viz.app.panels.cell.values import StepValues
from lstm_viz.app.panels.cell.wire_painter import colour
from lstm_viz.app.theme import THEMES, Theme
from lstm_viz.app.widgets.figure import is_raster
from lstm_viz.app.widgets.labels import unit_name

_DURATION = 900  # ms for a whole step at speed 1


class CellDiagram(NumberDrags):
    """Draws `StepValues`; without values it is an empty panel.

    Signals
    -------
    number_clicked(str)
        A gate's box, the number of c or h, or x was clicked, or its letter pressed while the diagram has the
        focus. Except for x only for a single unit: a mean has no arithmetic.
    dragged(str, float), dropped(), drag_refused(str), menu_requested(str, position)
        As in `NumberDrags`. Only a single unit's numbers are dragged.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: StepValues | None = None
        self._theme = THEMES["dark"]
        self._frame: Frame | None = None
        self._picture: tuple[object, QPixmap] = (None, QPixmap())
        self._hovered: str | None = None
        self._fixed = ""
        self._motion = True
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(float(STAGES))
        self._animation.valueChanged.connect(self._moved)
        self.set_speed(1.0)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Cell diagram"))

    # ---------------------------------------------------------------- data

    def set_values(self, values: StepValues | None, theme: Theme, fixed: str = "") -> None:
        """Show these values; a running animation continues. ``fixed`` is why none can be dragged."""
        self._values, self._theme, self._fixed = values, theme, fixed
        if values is None:
            self._animation.stop()
        if values is None or values.unit is None:
            self._hover(None)
        self.setAccessibleDescription(self._description())
        self.update()

    def set_motion(self, moves: bool) -> None:
        """Set whether `play` animates the step, or shows its end at once."""
        self._motion = moves
        if not moves:
            self._stop()

    def set_speed(self, speed: float) -> None:
        """Set the speed of the animation, above 0; 1 is normal."""
        self._animation.setDuration(max(round(_DURATION / speed), 1))

    # ---------------------------------------------------------------- animation

    def play(self) -> None:
        """Play the step from its start, or show its end at once if motion is off or the widget hidden."""
        self._stop()
        if self._motion and self._values is not None and self.isVisible():
            self._animation.start()

    @property
    def is_playing(self) -> bool:
        """Whether a step is being played."""
        return self._animation.state() == QAbstractAnimation.State.Running

    @property
    def position(self) -> float:
        """The position of the playback: stage and fraction of it, `STAGES` when all is shown."""
        return float(self._animation.currentValue()) if self.is_playing else float(STAGES)

    def _moved(self, _position: float) -> None:
        self.update()

    def _stop(self) -> None:
        if self.is_playing:
            self._animation.stop()
            self.update()

    # ---------------------------------------------------------------- gates

    def layout_now(self) -> Layout | None:
        """Return the layout at the present size, None without values."""
        if self._values is None:
            return None
        return place(self._frame_of(self._values), self._values)

    def _frame_of(self, values: StepValues) -> Frame:
        basis = Basis.of(values, QSizeF(self.size()), self.font())
        if self._frame is None or self._frame.basis != basis:
            self._frame = frame(basis)
        return self._frame

    def number_at(self, point: QPointF) -> str | None:
        """Return the gate, c, h or x at ``point``, if it has an arithmetic."""
        layout = self.layout_now()
        if layout is None or self._values is None:
            return None
        opens = self.openable()
        boxes = [(name, layout.nodes[name].rect) for name in self._values.kind.activated]
        numbers = [(label.label.number or "", label.rect) for label in layout.labels]
        places = (*boxes, *numbers, ("x", layout.word.rect))
        return next((name for name, rect in places if name in opens and rect.contains(point)), None)

    def openable(self) -> Collection[str]:
        """Return the names of all quantities that have an arithmetic."""
        if self._values is None:
            return ()
        return ("x",) if self._values.unit is None else (*self._values.kind.order, "x")

    def _hover(self, gate: str | None) -> None:
        if gate != self._hovered:
            self._hovered = gate
            self.update()

    def point_at(self, point: QPointF) -> None:
        """Set hover state and cursor for ``point``: a click on a gate's box, a drag of a bar or number."""
        drag, gate = self.drag_at(point), self.number_at(point)
        self._hover(gate if gate != "x" else None)
        if drag is not None and not self._is_title(drag.name, point):
            self.setCursor(Qt.CursorShape.SizeAllCursor)
        elif gate:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def _is_title(self, name: str, point: QPointF) -> bool:
        """Return whether ``point`` is in the upper part of a gate's box, above its bar."""
        layout = self.layout_now()
        node = layout.nodes.get(name) if layout else None
        return node is not None and node.rect.contains(point) and point.y() < node.groove.top() - 4

    def drag_at(self, point: QPointF) -> Drag | None:
        """Return the drag that a press at ``point`` begins, None for none."""
        layout = self.layout_now()
        if layout is None or self._values is None or self._fixed:
            return None
        return drag_at(layout, self._values, point)

    def why_no_drag(self, point: QPointF) -> str:
        """Return why the number at ``point`` cannot be dragged, "" if it can or there is none."""
        if self._values is None or not self.name_at(point):
            return ""
        mean = self.tr("Select a single unit to clamp it.") if self._values.unit is None else ""
        return self._fixed or mean

    def name_at(self, point: QPointF) -> str:
        """Return the number at ``point`` that can be clamped, "" for none."""
        layout = self.layout_now()
        found = name_at(layout, self._values, point) if layout and self._values else None
        return found or ""

    # ---------------------------------------------------------------- texts

    def _description(self) -> str:
        values = self._values
        if values is None:
            return ""
        unit = self.tr("mean over all units") if values.unit is None else unit_name(values.unit)
        numbers = (f"{long_name(q)} = {values.texts[q]}" for q in values.kind.order)
        return f"“{values.word}”, {unit}: {', '.join(numbers)}."

    def tip_at(self, point: QPointF) -> str:
        """Return the tool tip at ``point``."""
        layout, values = self.layout_now(), self._values
        if layout is None or values is None:
            return ""
        name = self.name_at(point)
        if name in values.numbers:
            return self._number_tip(name, values, point)
        if layout.word.rect.contains(point):
            return f"{values.word}\n{self.tr('Click for x, the input of the cell')}"
        for placed in layout.labels:
            number = values.numbers.get(placed.label.number or "")
            if number is not None and placed.rect.contains(point):
                return f"{placed.label.tip or placed.symbol} = {significant(number)}"
        return ""

    def _number_tip(self, name: str, values: StepValues, point: QPointF) -> str:
        """Return the unrounded number, and the actions it has."""
        number = f"{name} = {significant(values.numbers[name])}"
        if name in values.clamped:
            number = self.tr("%1, clamped").replace("%1", number)
        if self._fixed:
            return f"{number}\n{self._fixed}"
        if values.unit is None:
            return self.tr("%1 (a mean: select a single unit to clamp it)").replace("%1", number)
        if self.number_at(point):
            return self.tr("%1: click for its arithmetic, drag to clamp it").replace("%1", number)
        return self.tr("%1: drag to clamp it").replace("%1", number)

    # ---------------------------------------------------------------- Qt

    def sizeHint(self) -> QSize:
        return QSize(480, 330)

    def minimumSizeHint(self) -> QSize:
        return QSize(380, 226)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        layout = self.layout_now()
        if layout is not None and self._values is not None:
            selection = Playback(self.position, self._hovered, self._values.clamped)
            self._paint_frame(painter, layout.frame, selection)
            NumberPainter(painter, layout, self._values, self._theme, selection).draw()
        else:
            painter.fillRect(self.rect(), colour(self._theme.panel))
        if self.hasFocus():
            painter.setOpacity(1.0)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour(self._theme.accent), 1.5))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 6, 6)
        painter.end()

    def _paint_frame(self, painter: QPainter, frame: Frame, selection: Playback) -> None:
        if not selection.at_rest or not is_raster(painter):
            FramePainter(painter, frame, self._theme, selection).draw()
            return
        # not devicePixelRatio: the widget may be rendered into a finer image
        scale = painter.deviceTransform().m11()
        key = (frame, self._theme, selection.hovered, selection.clamped, scale)
        if self._picture[0] != key:
            self._picture = (key, frame_picture(*key))
        painter.drawPixmap(0, 0, self._picture[1])

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        self.unsetCursor()

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        self._stop()
        super().hideEvent(event)
