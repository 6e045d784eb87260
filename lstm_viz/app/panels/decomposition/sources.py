"""The sources plot: a bar for each word's contribution, and beside it those to all units."""

from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.decomposition.decomposition_picture import DecompositionPicture
from lstm_viz.app.panels.decomposition.dense import Dense
from lstm_viz.app.panels.decomposition.geometry import HEADER, SourcesLayout
from lstm_viz.app.panels.decomposition.rows import SourceRow, SourceRows, rows_of, summed
from lstm_viz.app.panels.decomposition.source_painter import PALE, SourcePainter
from lstm_viz.app.texts import counted
from lstm_viz.app.widgets.figure import Background
from lstm_viz.app.widgets.labels import unit_name
from lstm_viz.app.widgets.numerals import decimal, nice, ratio
from lstm_viz.cells import QUANTITIES
from lstm_viz.messages import Floats

#: The number of rows that screen readers are given.
_SPOKEN = 8


class Sources(DecompositionPicture):
    """Draws the sources of a state, or of a tag's score.

    Signals
    -------
    unit_picked(unit), tag_picked(tag)
        A column of the picture was clicked.
    """

    unit_picked = Signal(int)
    tag_picked = Signal(int)

    CACHED = ("places", "rows", "contributions", "limit", "dense")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = Background()
        self.setAccessibleName(self.tr("Contribution of each word"))
        self.setWhatsThis(
            self.tr(
                "The cell state is a sum: cₜ = (∏ f)·c₀ + Σₖ (∏ f after k) ⊙ iₖ ⊙ gₖ, what each word "
                "wrote, times the forget gates since. A GRU's h has the same form with z. The gates are "
                "held fixed: effects of a word on later gates through h are not included. After Murdoch "
                "and Szlam 2017."
            )
        )

    # ------------------------------------------------------------ data

    @cached_property
    def places(self) -> SourcesLayout:
        return SourcesLayout(self.width(), self.height())

    @cached_property
    def rows(self) -> SourceRows:
        """The rows as drawn."""
        shown = self._shown
        if shown is None or not shown.view.columns:
            return SourceRows(())
        return rows_of(shown.values, shown, self.places.room, HEADER)

    @cached_property
    def dense(self) -> Dense:
        """The heatmap beside the bars: words × units, or words × tags."""
        place = self.places.picture
        rect = QRectF(place.left(), HEADER, place.width(), round(self.rows.bottom) - HEADER)
        return Dense(self.contributions, rect, self.limit, self._theme)

    @cached_property
    def contributions(self) -> Floats:
        """The contributions of the rows to each unit, or to each tag."""
        return summed(self._all(), self.rows)

    def _all(self) -> Floats:
        assert self._shown is not None
        decomposition = self._shown.decomposition
        scores = decomposition.scores if self._shown.where == "score" else None
        return decomposition.by_unit if scores is None else scores

    @cached_property
    def limit(self) -> float:
        """The limit of the scale: fixed for a state, 1, 2 or 5 times a power of ten for scores."""
        if self._shown is not None and self._shown.where == "score":
            return nice(float(np.abs(self.contributions[np.isfinite(self.contributions)]).max(initial=0.0)))
        return QUANTITIES[self._shown.state if self._shown else "c"].limit

    @property
    def picked(self) -> int | None:
        """The selected column: the unit, or the tag."""
        if self._shown is None:
            return None
        return self._shown.tag if self._shown.where == "score" else self._shown.decomposition.unit

    def label(self, row: SourceRow) -> str:
        """Return the label of a row."""
        assert self._shown is not None
        if row.is_rest:
            return counted(self.tr("%1 other(|s)", None, len(row.sources)), len(row.sources))
        if row.source == 0 and self._shown.is_carried_over:
            return self.tr("%1 · before").replace("%1", self._shown.initial)
        return self._shown.word(row.source)

    def head(self) -> str:
        """Return the title of the heatmap's columns."""
        assert self._shown is not None
        count = self._all().shape[1]
        units = self.tr("%1 unit(|s)", None, count)
        return counted(self.tr("%1 tag(|s)", None, count) if self._shown.where == "score" else units, count)

    # ------------------------------------------------------------ Qt

    def sizeHint(self) -> QSize:
        return QSize(540, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 120)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._shown is None or not self.rows.rows:
            return
        with QPainter(self) as painter:
            parts = SourcePainter(painter, self, self._shown, self._theme)
            painter.setOpacity(1.0 if self._shown.fresh else PALE)
            of = self._theme.name, parts.background_key
            self._background.draw(painter, self, self._theme.panel, of, self._paint_background)
            parts.paint()

    def _paint_background(self, painter: QPainter) -> None:
        assert self._shown is not None
        SourcePainter(painter, self, self._shown, self._theme).paint_background()

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        if cell is None or event.button() != Qt.MouseButton.LeftButton or self._shown is None:
            return
        if self._shown.where == "score":
            self.tag_picked.emit(cell[1])
        else:
            self.unit_picked.emit(cell[1])

    def is_clickable(self, point: QPointF) -> bool:
        return self._cell_at(point) is not None

    def _cell_at(self, point: QPointF) -> tuple[int, int] | None:
        row = self.rows.at(point.y())
        if self._shown is None or not self._shown.fresh or row is None:
            return None
        column = self.dense.column_at(row, point.x())
        return None if column is None else (row, column)

    # ------------------------------------------------------------ texts

    def describe_at(self, point: QPointF) -> str:
        """Return the tool tip at a point, "" while the result is awaited."""
        k = self.rows.at(point.y())
        if self._shown is None or not self._shown.fresh or k is None:
            return ""
        row, cell = self.rows.rows[k], self._cell_at(point)
        if row.to_come:
            text = self.tr("“%1” is read after this step")
            return text.replace("%1", self._shown.word(row.source))
        if cell is not None:
            value = self._contribution(self.dense.values[cell])
            return f"{self._source_name(row)} · {self._column(cell[1])}\n{value}"
        return f"{self._source_name(row)}\n{self._history(row)}{self._contribution(row.value)}"

    def _source_name(self, row: SourceRow) -> str:
        assert self._shown is not None
        if row.is_rest:
            return self.tr("%1 others, each smaller than those shown").replace("%1", str(len(row.sources)))
        if row.source == 0:
            text = self.tr("%1, the initial state")
            is_carried_over = self.tr("%1, the final state of the previous sentence")
            return (is_carried_over if self._shown.is_carried_over else text).replace(
                "%1", self._shown.initial
            )
        return f"“{self._shown.word(row.source)}”"

    def _column(self, column: int) -> str:
        assert self._shown is not None
        if self._shown.where == "score":
            return self._shown.tags[column]
        return unit_name(column)

    def _history(self, row: SourceRow) -> str:
        """Return what a source wrote at its own step, and the share of it that the gates retain."""
        shown = self._shown
        survival = (
            None if shown is None or row.is_rest or shown.where == "score" else shown.survival(row.source)
        )
        if shown is None or survival is None:
            return ""
        text = self.tr("%1 initially, of which ∏ %2 = %3 is left") + "\n"
        text = text.replace("%3", ratio(survival)).replace("%2", shown.kept.factor)
        return text.replace("%1", decimal(shown.written(row.source), 4))

    def _contribution(self, value: float) -> str:
        assert self._shown is not None
        if self._shown.where == "score":
            return self.tr("%1 of the logit").replace("%1", decimal(float(value), 4))
        return self.tr("%1 in %2").replace("%2", self._shown.symbol).replace("%1", decimal(float(value), 4))

    def accessible_text(self) -> str:
        """Return the rows with the largest contributions, for screen readers."""
        if self._shown is None or not self._shown.fresh or not self.rows.rows:
            return ""
        read = [row for row in self.rows.rows if not row.to_come]
        least = sorted((abs(row.value) for row in read), reverse=True)[:_SPOKEN][-1]
        spoken = (row for row in read if not abs(row.value) < least)
        return ", ".join(f"{self.label(row)} {decimal(row.value, 3)}" for row in spoken)
