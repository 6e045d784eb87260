"""The equations of a step, each in symbols and again with numbers."""

from collections.abc import Collection
from math import floor

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
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
from lstm_viz.app.panels.cell.fonts import underline_place
from lstm_viz.app.panels.cell.number_texts import significant
from lstm_viz.app.panels.cell.sheet import (
    EquationSheet,
    TextRun,
    number_runs,
    plain_text,
    sheet,
    symbol_runs,
)
from lstm_viz.app.panels.cell.values import StepValues
from lstm_viz.app.panels.cell.wire_painter import colour
from lstm_viz.app.theme import THEMES, Theme
from lstm_viz.app.widgets.figure import Background


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
        self._sheet: EquationSheet | None = None
        self._runs: tuple[TextRun, ...] = ()
        self._background = Background()
        self._height = 0
        self.resize(self.sizeHint())  # else a narrow sheet would request height before there is a layout
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Equations of the step"))
        self._add_copy()

    def set_values(self, values: StepValues | None, theme: Theme) -> None:
        """Show these values; pre-activations are "…" where they have none."""
        if theme is not self._theme:
            self._theme = theme
            self.update()
        self._values = values
        self._write()

    def text(self) -> str:
        """Return all equations as plain text, line by line."""
        return plain_text(self._values) if self._values is not None else ""

    def links(self) -> tuple[tuple[str, QRectF], ...]:
        """Return the numbers that have an arithmetic, by their gate or state, and their rectangles."""
        return tuple(link for run in self._runs for link in run.links)

    def number_at(self, point: QPointF) -> str | None:
        """Return the name of the number at ``point``: a gate, c or h; None for none."""
        return next((gate for gate, rect in self.links() if rect.contains(point)), None)

    def openable(self) -> Collection[str]:
        """Return the names of the numbers that are links."""
        return {gate for gate, _ in self.links()}

    def copy(self) -> None:
        """Copy all equations to the clipboard."""
        QGuiApplication.clipboard().setText(self.text())

    def _write(self) -> None:
        arranged, written = self._written()
        if (arranged, written) != (self._sheet, self._runs):
            self._sheet, self._runs = arranged, written
            self.setAccessibleDescription(self.text())
            self.update()

    def _written(self) -> tuple[EquationSheet | None, tuple[TextRun, ...]]:
        if self._values is None:
            return None, ()
        arranged = sheet(self._values, self.width(), self.font())
        if arranged.height != self._height:
            self._height = arranged.height
            self.updateGeometry()
        return arranged, number_runs(arranged, self._values, self._theme)

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
        if not gate or self._values is None or gate not in self._values.numbers:
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
        of = self._theme.name, self._sheet
        self._background.draw(painter, self, self._theme.panel, of, self._paint_symbols)
        _paint(painter, self._runs)
        if self.hasFocus():  # a line below the text
            painter.fillRect(0, self.height() - 2, self.width(), 2, colour(self._theme.accent))
        painter.end()

    def _paint_symbols(self, painter: QPainter) -> None:
        if self._sheet is not None:
            _paint(painter, symbol_runs(self._sheet, self._theme))

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.number_at(event.position()):
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()


def _paint(painter: QPainter, runs: tuple[TextRun, ...]) -> None:
    for run in runs:
        ink = colour(run.colour)
        painter.setFont(run.font)
        painter.setPen(ink)
        painter.drawText(QPointF(run.rect.left(), run.baseline), run.text)
        below, thickness = underline_place(run.font)
        for _, rect in run.links:
            left, right = floor(rect.left()), floor(rect.right())
            painter.fillRect(QRectF(left, run.baseline + below, right - left, thickness), ink)
