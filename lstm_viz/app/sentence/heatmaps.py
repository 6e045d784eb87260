"""The heatmaps of a view under each other, on the columns of the words, under one playhead."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.hover import Hover
from lstm_viz.app.painting import plain, shown_text
from lstm_viz.app.sentence.bands import Band
from lstm_viz.app.sentence.columns import LABEL_WIDTH, Columns
from lstm_viz.app.theme import DARK, ORDER, Theme
from lstm_viz.app.words import quantity_name
from lstm_viz.messages import View

_GAP = 6.0
_MIN_BAND = 30


class Heatmaps(QWidget):
    """Draws one `View`.

    Signals
    -------
    cell_clicked(column, unit)
        A cell was clicked; the unit is -1 where the rows are no units (the step's input).
    name_clicked(name)
        A heatmap's name was clicked.
    """

    cell_clicked = Signal(int, int)
    name_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: View | None = None
        self._columns = Columns()
        self._theme: Theme = DARK
        self._column = 0
        self._unit: int | None = 0
        self._inputs, self._alone = False, ""
        self._bands: tuple[Band, ...] = ()
        self._ground = QPixmap()
        self._ground_of: object = None
        self._hover = Hover(self)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Heatmaps"))

    # ------------------------------------------------------------ what is drawn

    def set_view(self, view: View | None, columns: Columns) -> None:
        unchanged = _shared_columns(self._view, view) if columns == self._columns else 0
        self._view, self._columns = view, columns
        self._hover.hide()
        self._arrange()
        self.update(columns.strip(unchanged, self.height(), onward=True) if unchanged else self.rect())

    def set_place(self, column: int, unit: int | None) -> None:
        """Put the playhead on a column and follow a unit."""
        if unit != self._unit:
            self.update()
        elif column != self._column:
            self.update(self._columns.strip(self._column, self.height()))
            self.update(self._columns.strip(column, self.height()))
        self._column, self._unit = column, unit
        self.setAccessibleDescription(self._in_words())

    def set_shown(self, inputs: bool, alone: str) -> None:
        """Show the step's input too, or one quantity alone."""
        if (inputs, alone) != (self._inputs, self._alone):
            self._inputs, self._alone = inputs, alone
            self._hover.hide()
            self._arrange()
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._ground_of = None
        self._hover.set_theme(theme)
        self._arrange()
        self.update()

    @property
    def bands(self) -> tuple[Band, ...]:
        return self._bands

    def names(self) -> tuple[str, ...]:
        """Return the quantities that are shown, from top to bottom."""
        if self._view is None:
            return ()
        names = ORDER[self._view.module.cell] + (("x",) if self._inputs else ())
        return (self._alone,) if self._alone in names else names

    def _arrange(self) -> None:
        """Lay the bands out on whole pixels: else a part, painted anew, would not fit the rest of it."""
        view, names = self._view, self.names()
        if view is None or not names:
            self._bands = ()
        else:
            tops = [round(k * (self.height() + _GAP) / len(names)) for k in range(len(names) + 1)]
            self._bands = tuple(
                self._band(view, name, QRectF(0, top, self.width(), below - _GAP - top))
                for name, top, below in zip(names, tops, tops[1:], strict=False)
            )

    def _band(self, view: View, name: str, rect: QRectF) -> Band:
        if name == "x":
            return Band(name, rect, view.x, self._columns, self._theme, view.parts)
        return Band(name, rect, view.quantities[name], self._columns, self._theme)

    # ------------------------------------------------------------ Qt

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._painted_ground())
        shown = self._columns.within(event.rect())
        for band in self._bands:
            band.paint(painter, self._unit if band.name != "x" else None, shown)
        if self._bands and self._column in self._columns.visible():
            self._paint_playhead(painter)

    def _painted_ground(self) -> QPixmap:
        """Return panels, names and scales, painted anew only when their arrangement changes."""
        arrangement = (self.names(), self.size(), self.devicePixelRatio())
        if arrangement != self._ground_of:
            self._ground = QPixmap(self.size() * self.devicePixelRatio())
            self._ground.setDevicePixelRatio(self.devicePixelRatio())
            self._ground.fill(QColor(self._theme.ground))
            with QPainter(self._ground) as painter:
                for band in self._bands:
                    band.paint_ground(painter)
            self._ground_of = arrangement
        return self._ground

    def _paint_playhead(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.text), 2))
        left = self._columns.left(self._column)
        painter.drawRoundedRect(QRectF(left, 1, self._columns.width, self.height() - 2), 4, 4)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        band = self._band_at(event.position())
        if band is None or event.button() != Qt.MouseButton.LeftButton:
            return
        column = self._columns.at(event.position().x())
        if column is not None:
            self.cell_clicked.emit(column, band.row_at(event.position().y()) if band.name != "x" else -1)
        elif event.position().x() < LABEL_WIDTH:
            self.name_clicked.emit(band.name)

    @guarded
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        band = self._band_at(event.position())
        column = self._columns.at(event.position().x())
        on_name = band is not None and event.position().x() < LABEL_WIDTH
        self.setCursor(Qt.CursorShape.PointingHandCursor if on_name else Qt.CursorShape.ArrowCursor)
        if band is not None and column is not None:
            self._hover.show_at(
                event.position(), self.describe(band, column, band.row_at(event.position().y()))
            )
        elif band is not None and on_name:
            self._hover.show_at(event.position(), self._name_hint())
        else:
            self._hover.hide()

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self._hover.hide()

    def sizeHint(self) -> QSize:
        return QSize(700, self.minimumSizeHint().height())  # what is left over is theirs

    def minimumSizeHint(self) -> QSize:
        return QSize(LABEL_WIDTH + 120, 6 * _MIN_BAND)

    # ------------------------------------------------------------ words for a place

    def describe(self, band: Band, column: int, row: int) -> str:
        """Return word, unit, quantity and exact value of a cell."""
        word = shown_text(self._view.columns[column]) if self._view else ""
        place = self.tr("input") if band.name == "x" else self.tr("unit")
        value = plain(float(band.values[column, row]), 6)
        return f"“{word}” · {place} {row}\n{quantity_name(band.name)}  {band.name} = {value}"

    def _in_words(self) -> str:
        """Return the followed unit's numbers at the playhead, for who hears the window."""
        if self._view is None or self._unit is None or self._column >= len(self._view.columns):
            return ""
        place = self.tr("unit %1").replace("%1", str(self._unit))
        bands = (band for band in self._bands if band.name != "x" and self._unit < band.rows)
        numbers = (
            f"{quantity_name(b.name)} {plain(float(b.values[self._column, self._unit]))}" for b in bands
        )
        return f"{shown_text(self._view.columns[self._column])}, {place}: {', '.join(numbers)}"

    def _name_hint(self) -> str:
        return self.tr("Show all quantities") if self._alone else self.tr("Show this quantity alone")

    def _band_at(self, position: QPointF) -> Band | None:
        return next((band for band in self._bands if band.rect.contains(position)), None)


def _shared_columns(old: View | None, new: View | None) -> int:
    """Return how many columns from the left two views of the same place have in common, number for number."""
    if old is None or new is None:
        return 0
    if (old.module, old.layer, old.direction) != (new.module, new.layer, new.direction):
        return 0
    steps = min(len(old.columns), len(new.columns))
    pairs = [(old.x, new.x), *((old.quantities[name], new.quantities[name]) for name in new.quantities)]
    differs = np.logical_or.reduce([(a[:steps] != b[:steps]).any(axis=1) for a, b in pairs])
    return int(differs.argmax()) if differs.any() else steps
