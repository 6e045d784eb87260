"""The stacked heatmaps of a view, aligned with the columns of the words, with one playhead."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.comparison.comparison import Comparison
from lstm_viz.app.panels.comparison.layers import HeatmapsViewModel, Layer, unchanged_columns
from lstm_viz.app.panels.comparison.marks import NONE, Marks
from lstm_viz.app.panels.heatmaps.bands import Band
from lstm_viz.app.panels.heatmaps.cell_texts import CellTexts
from lstm_viz.app.panels.heatmaps.column_layout import LABEL_WIDTH, ColumnLayout
from lstm_viz.app.panels.heatmaps.heatmap_labels import HeatmapLabel
from lstm_viz.app.panels.heatmaps.heatmap_table import heatmap_table
from lstm_viz.app.panels.heatmaps.marks_legend import MarkName, paint_past
from lstm_viz.app.selection.selection import ComparisonView
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.figure import Background
from lstm_viz.app.widgets.hover import HoverWidget
from lstm_viz.app.widgets.pictures import Pictures
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import Reading, View

_GAP = 4.0
_MIN_BAND = 30


class Heatmaps(HoverWidget):
    """Draws one `View`, or a comparison of two.

    The columns are those of the comparison, if there is one.

    Signals
    -------
    cell_clicked(name, column, row)
        A cell was clicked, in a column of the view; the row is a unit, of the input "x" a component.
    name_clicked(name)
        A heatmap's name was clicked.
    menu_requested(name, column, unit, position)
        A context menu is requested, in screen coordinates; column and unit are -1 at a heatmap's name.
    """

    cell_clicked = Signal(str, int, int)
    name_clicked = Signal(str)
    menu_requested = Signal(str, int, int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown, self._pale = HeatmapsViewModel(), False
        self._columns = ColumnLayout()
        self._column = 0
        self._unit: int | None = 0
        self._pointed: int | None = None
        self._inputs, self._alone = False, ""
        self._marked = False  # whether the bands are labelled with the side of the comparison
        self._labels: tuple[HeatmapLabel, ...] = ()
        self._bands: tuple[Band, ...] = ()
        self._background, self._pictures, self._words = Background(), Pictures(), CellTexts(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Heatmaps"))
        self.setWhatsThis(
            self.tr(
                "One heatmap per quantity of the cell, one column per word, one row per unit. The scales "
                "are fixed: gates range from 0 to 1, other quantities diverge around 0 (yellow-green "
                "+, violet −). For two compared readings, B − A is shown: the scale of each quantity holds "
                "its largest difference and is written beside it; a dot stands for 0 with the digits shown. "
                "Hatched columns have no word in one of the readings; a frame with a dot marks a clamped "
                "value, a filled corner one that changed with it by at least 0.005, a bar at a cell's right "
                "end one above the scale, at its left end one below it. Units, words, steps and layers count "
                "from 1; the code of a number has the indices of torch, from 0."
            )
        )

    # ------------------------------------------------------------ data

    def set_view(
        self,
        view: View | None,
        columns: ColumnLayout,
        comparison: Comparison | None = None,
        marks: Marks = NONE,
    ) -> None:
        """Draw a view, or its ``comparison`` with another; ``marks`` are the clamped cells."""
        old, self._shown = (
            self._shown,
            HeatmapsViewModel(view, comparison, self._shown.comparison_view, marks),
        )
        unchanged = unchanged_columns(old, self._shown) if columns == self._columns else 0
        self._columns = columns
        self._hover.hide()
        self._arrange()
        self.update(columns.strip(unchanged, self.height(), onward=True) if unchanged else self.rect())

    def set_comparison_view(self, comparison_view: ComparisonView, pale: bool) -> None:
        """Set what of a comparison is shown; ``pale`` while a newer one is awaited."""
        if (comparison_view, pale) != (self._shown.comparison_view, self._pale):
            self._shown, self._pale = replace(self._shown, comparison_view=comparison_view), pale
            self._hover.hide()
            self._arrange()
            self.update()

    def set_place(self, column: int, unit: int | None) -> None:
        """Set the column of the playhead and the selected unit."""
        if (column, unit) == (self._column, self._unit):
            return
        if unit != self._unit:
            self.update()
        else:
            self.update(self._columns.strip(self._column, self.height()))
            self.update(self._columns.strip(column, self.height()))
        self._column, self._unit = column, unit
        self._describe_playhead()

    def _describe_playhead(self) -> None:
        described = self._words.at_playhead(self._shown, self._bands, self._column, self._unit)
        self.setAccessibleDescription(described)

    def set_shown(self, inputs: bool, alone: str) -> None:
        """Set whether the step's input is shown too, and the quantity that is shown ``alone``, "" for all."""
        if (inputs, alone) != (self._inputs, self._alone):
            self._inputs, self._alone = inputs, alone
            self._hover.hide()
            self._arrange()
            self.update()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._arrange()

    @property
    def bands(self) -> tuple[Band, ...]:
        return self._bands

    def marks(self) -> list[MarkName]:
        """Return the marks of the visible cells."""
        seen = self._columns.visible()
        found: dict[MarkName, bool] = {
            "beyond": any(band.exceeds(seen) for band in self._bands),
            "absent": any(band.present is not None and not band.present.all() for band in self._bands),
            "clamped": any(band.marks for band in self._bands),
            "changed": any(band.corners is not None and band.corners.any() for band in self._bands),
            "difference": self._shown.mode == "difference" and self._is_edited,
        }
        return [name for name, is_there in found.items() if is_there]

    def names(self) -> tuple[str, ...]:
        """Return the quantities that are shown, from top to bottom."""
        names = self._shown.names() + (
            ("x",) if self._inputs and self._shown.layers("x", alone=False) else ()
        )
        return (self._alone,) if self._alone in names else names

    def table(self, reading: Reading | None = None) -> Table:
        """Return the numbers of the heatmaps, with all their digits, and the tags of the ``reading``."""
        return heatmap_table(self._shown, self.names(), self._alone, reading)

    def _arrange(self) -> None:
        """Lay the bands out on whole pixels: else a repainted part would not match the rest."""
        names = self.names()
        self._marked = self._shown.comparison is not None and self._shown.mode == "both"
        self._bands = self._labels = ()
        tops = [round(k * (self.height() + _GAP) / max(1, len(names))) for k in range(len(names) + 1)]
        for name, top, below in zip(names, tops, tops[1:], strict=False):
            self._lay_out(name, QRectF(0, top, self.width(), below - _GAP - top))
        self._keep_pictures()
        self._describe_playhead()

    def _keep_pictures(self) -> None:
        """Forget the pictures of quantities that are no longer shown."""
        self._pictures.keep([(band.name, band.mark) for band in self._bands])

    def _lay_out(self, name: str, rect: QRectF) -> None:
        """Lay out the layers of one quantity: those of a comparison are stacked in its panel."""
        layers = self._shown.layers(name, alone=name == self._alone)
        scale = layers[0].scale if len(layers) == 1 else None
        parted = name == "x" and len(self._parts(layers[0])) > 1
        self._labels += (HeatmapLabel(name, rect, self._theme, scale, self._marked, parted),)
        tops = [round(rect.top() + k * rect.height() / len(layers)) for k in range(len(layers) + 1)]
        for layer, top, below in zip(layers, tops, tops[1:], strict=False):
            part = QRectF(0, top, rect.width(), below - top)
            self._bands += (self._band(name, layer, part, 3.0 if len(layers) == 1 else 2.5),)

    def _band(self, name: str, layer: Layer, rect: QRectF, padding: float) -> Band:
        return Band(
            name,
            rect,
            layer.values,
            self._columns,
            self._theme,
            parts=self._parts(layer) if name == "x" else (),
            present=layer.present,
            scale=layer.scale,
            mark=layer.mark if self._marked else "",
            marks=self._shown.marks.get(name, ()) if layer.clamped else (),
            changed=layer.changed,
            padding=padding,
            titled=not self._bands,
            pictures=self._pictures,
        )

    @property
    def _is_edited(self) -> bool:
        return self._shown.comparison is not None and self._shown.comparison.edited

    def _parts(self, layer: Layer) -> tuple[tuple[str, int], ...]:
        """Return the parts of x, of B's for a layer of B."""
        comparison, view = self._shown.comparison, self._shown.view
        if comparison is not None:
            view = comparison.of("second" if layer.mark == "B" else "first").view
        return view.parts if view else ()

    # ------------------------------------------------------------ Qt

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        marks = tuple([(band.name, band.mark, band.scale, band.rows) for band in self._bands])
        of = self._theme.name, marks, self._columns.past_end(0, 1).getRect()
        self._background.draw(painter, self, self._theme.ground, of, self._paint_background)
        shown = self._columns.within(event.rect())
        for band in self._bands:
            band.paint(painter, shown, pale=self._pale)
        self._paint_units(painter, numbered=event.rect().left() < LABEL_WIDTH)
        if self._bands and self._column in self._columns.visible():
            self._paint_playhead(painter)

    def _paint_background(self, painter: QPainter) -> None:
        """Paint panels, names and scales."""
        for label in self._labels:
            label.paint(painter)
        for band in self._bands:
            band.paint_mark(painter)
            if self._columns.past:
                paint_past(
                    painter, self._columns.past_end(band.cells.top(), band.cells.height()), self._theme
                )
            if band.name != "x":
                band.axis.paint(painter)

    def _paint_units(self, painter: QPainter, *, numbered: bool) -> None:
        """Mark the selected unit and that under the mouse in all bands whose rows are units."""
        for unit, pointed in ((self._unit, False), (self._pointed, True)):
            if unit is None or (pointed and unit == self._unit):
                continue
            for band in [band for band in self._unit_bands if unit < band.rows]:
                band.paint_guide(painter, unit, pointed=pointed)
                if numbered:
                    band.axis.paint_row(painter, unit, pointed=pointed)

    @property
    def _unit_bands(self) -> list[Band]:
        return [band for band in self._bands if band.name != "x"]

    def point_at(self, unit: int | None) -> None:
        """Set the unit under the mouse, which is marked in all heatmaps."""
        if unit == self._pointed:
            return
        for moved in [moved for moved in (self._pointed, unit) if moved is not None]:
            for band in self._unit_bands:
                self.update(band.row_rect(moved))
        self._pointed = unit

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
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        band, column = self._band_at(event.position()), self._columns.at(event.position().x())
        on_unit = band is not None and band.name != "x" and column is not None
        self.point_at(band.unit_at(event.position()) if band is not None and on_unit else None)

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.point_at(None)

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        band = self._band_at(event.position())
        if band is None or event.button() != Qt.MouseButton.LeftButton:
            return
        column = self.column_at(event.position().x())
        if column is not None:
            self.cell_clicked.emit(band.name, column, band.unit_at(event.position()))
        elif event.position().x() < LABEL_WIDTH:
            self.name_clicked.emit(band.name)

    @guarded
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = QPointF(event.pos())
        band, column = self._band_at(place), self.column_at(place.x())
        if band is None or band.name == "x" or (column is None and place.x() >= LABEL_WIDTH):
            event.ignore()
            return
        self._hover.hide()
        unit = band.unit_at(place) if column is not None else -1
        self.menu_requested.emit(band.name, -1 if column is None else column, unit, event.globalPos())

    def sizeHint(self) -> QSize:
        return QSize(700, self.minimumSizeHint().height())  # the layout gives them the remaining height

    def minimumSizeHint(self) -> QSize:
        return QSize(LABEL_WIDTH + 120, 6 * _MIN_BAND)

    def column_at(self, x: float) -> int | None:
        """Return the view's column at ``x``, None outside the columns and at a word that only B has."""
        column, comparison = self._columns.at(x), self._shown.comparison
        return comparison.slots[column][0] if comparison is not None and column is not None else column

    def _band_at(self, position: QPointF) -> Band | None:
        return next((band for band in self._bands if band.rect.contains(position)), None)

    # ------------------------------------------------------------ texts

    def describe_at(self, point: QPointF) -> str:
        band, column = self._band_at(point), self._columns.at(point.x())
        if band is not None and column is not None:
            return self.describe(band, column, band.unit_at(point))
        return self._name_hint() if self.is_clickable(point) else ""

    def is_clickable(self, point: QPointF) -> bool:
        return self._band_at(point) is not None and point.x() < LABEL_WIDTH

    def describe(self, band: Band, column: int, row: int) -> str:
        """Return word, unit, quantity and exact value of a cell; for a comparison both and the difference."""
        return self._words.describe(self._shown, band, column, row)

    def _name_hint(self) -> str:
        return self.tr("Show all quantities") if self._alone else self.tr("Show this quantity alone")
