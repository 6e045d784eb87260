"""The equations of a step, each in symbols and again with numbers."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.cell.drags import GateClicks
from lstm_viz.app.panels.cell.number_texts import significant
from lstm_viz.app.panels.cell.sheet import TextRun, plain_text, runs, sheet
from lstm_viz.app.panels.cell.values import StepValues, with_sums
from lstm_viz.app.panels.cell.wire_painter import colour
from lstm_viz.app.theme import THEMES, Theme
from lstm_viz.messages import GateArithmetic


class Equations(GateClicks):
    """Draws the equations of a step in one column, or the gates in two where there is room.

    Its height depends on their arrangement, not on the digits. Without values it is empty and keeps its
    height. All equations can be copied, by Ctrl+C or the context menu.

    Signals
    -------
    number_clicked(str)
        The number of a gate, of c or h was clicked, or its letter pressed while the equations have the focus.
        Only for a single unit: a mean has no arithmetic.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: StepValues | None = None
        self._theme = THEMES["dark"]
        self._runs: tuple[TextRun, ...] = ()
        self._height = 0
        self.resize(self.sizeHint())  # else a narrow sheet would request height before there is a layout
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Equations of the step"))
        self._add_copy()

    def set_values(
        self, values: StepValues | None, gate_arithmetic: GateArithmetic | None, theme: Theme
    ) -> None:
        """Show these values; pre-activations are "…" while ``gate_arithmetic`` is about another step."""
        if theme is not self._theme:
            self._theme = theme
            self.update()
        self._values = values and with_sums(values, gate_arithmetic)
        self._write()

    def text(self) -> str:
        """Return all equations as plain text, line by line."""
        return plain_text(self._values) if self._values is not None else ""

    def runs(self) -> tuple[TextRun, ...]:
        """Return the drawn texts and their positions."""
        return self._runs

    def number_at(self, point: QPointF) -> str | None:
        """Return the name of the number at ``point``: a gate, c or h; None for none."""
        return next((run.gate for run in self._runs if run.gate and run.rect.contains(point)), None)

    def openable(self) -> Collection[str]:
        """Return the names of the numbers that are links."""
        return {run.gate for run in self._runs if run.gate}

    def copy(self) -> None:
        """Copy all equations to the clipboard."""
        QGuiApplication.clipboard().setText(self.text())

    def _write(self) -> None:
        written = self._written()
        if written != self._runs:
            self._runs = written
            self.setAccessibleDescription(self.text())
            self.update()

    def _written(self) -> tuple[TextRun, ...]:
        if self._values is None:
            return ()
        arranged = sheet(self._values, self.width(), self.font())
        if arranged.height != self._height:
            self._height = arranged.height
            self.updateGeometry()
        return runs(arranged, self._values, self._theme)

    def _add_copy(self) -> None:
        action = QAction(self.tr("&Copy the equations"), self)
        action.setShortcut(QKeySequence.StandardKey.Copy)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(self.copy)
        self.addAction(action)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def tip_at(self, point: QPointF) -> str:
        """Return the tool tip at ``point``."""
        gate = self.number_at(point)
        if not gate or self._values is None:
            return ""
        tip = self.tr("%1 = %2: click for its arithmetic").replace("%1", gate)
        if gate in self._values.clamped:
            tip = self.tr("%1 = %2, clamped: click for the arithmetic of its computed value").replace(
                "%1", gate
            )
        return tip.replace("%2", significant(self._values.numbers[gate]))

    # ---------------------------------------------------------------- Qt

    def sizeHint(self) -> QSize:
        return QSize(480, self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self._height)

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._write()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._write()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(self._theme.panel))
        for run in self._runs:
            painter.setFont(run.font)
            painter.setPen(colour(run.colour))
            painter.drawText(QPointF(run.rect.left(), run.baseline), run.text)
        if self.hasFocus():  # a line below the text
            painter.fillRect(0, self.height() - 2, self.width(), 2, colour(self._theme.accent))
        painter.end()

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.number_at(event.position()):
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()
