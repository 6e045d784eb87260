"""Chips, heatmaps and trellis on the same columns, scrolled together."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.attribution.strip import AttributionStrip
from lstm_viz.app.panels.comparison.comparison_model import ComparisonModel
from lstm_viz.app.panels.comparison.distance_strip import DistanceStrip
from lstm_viz.app.panels.comparison.marks import Mark, Marks, clamped_cells
from lstm_viz.app.panels.heatmaps.chips import Chips
from lstm_viz.app.panels.heatmaps.column_layout import ColumnLayout, Spread
from lstm_viz.app.panels.heatmaps.heatmaps import Heatmaps
from lstm_viz.app.panels.heatmaps.marks_legend import MarkName, MarksLegend
from lstm_viz.app.panels.heatmaps.overview import Overview, ticks
from lstm_viz.app.panels.heatmaps.ruler import Ruler
from lstm_viz.app.panels.reading_panel import ReadingPanel
from lstm_viz.app.panels.series.series import features_of, outputs_of
from lstm_viz.app.panels.series.series_strip import SeriesStrip
from lstm_viz.app.panels.timeline.timeline import Timeline
from lstm_viz.app.panels.trellis.trellis import TrellisView
from lstm_viz.app.selection.opened import OpenedNumber
from lstm_viz.app.selection.selection import Selection, SelectionChanges
from lstm_viz.app.state import State
from lstm_viz.app.widgets.panel import Panel
from lstm_viz.app.widgets.tables import Table

_SCROLL = 3  # columns per wheel notch
_SPACING = 6
_UNDER_RULER = 2
#: What of the selection decides which marks are in view.
_OF_MARKS = ("comparison_view", "alone", "inputs_shown")
#: The tick of columns that have no tags.
_NO_TAGS = (("", ""),)


class Matrix(ReadingPanel, Panel):
    """The sentence as a matrix: one column per step, one heatmap per quantity; below, the tag decoding.

    Two compared readings share the columns: there may be more of them than words in the current sentence.
    Its ``legend`` is laid out by the page.

    Signals
    -------
    menu_requested(name, column, unit, position)
        As in `Heatmaps`.
    """

    menu_requested = Signal(str, int, int, QPoint)
    stem = "heatmaps"

    def __init__(
        self,
        state: State,
        comparison_model: ComparisonModel,
        parent: QWidget | None = None,
        legend_parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._comparison_model = state, comparison_model
        self._columns = ColumnLayout()
        self._first = self._left = 0  # the first column of the view and the first visible one, in the input
        self._is_section = False
        self.setAccessibleName(self.tr("Heatmaps"))
        self.ruler, self.chips, self.heatmaps = Ruler(self), Chips(self), Heatmaps(self)
        self.distances = DistanceStrip(self)
        self.attribution, self.trellis = AttributionStrip(state, self), TrellisView(self)
        self.features = SeriesStrip(self, with_heat=True)
        self.outputs = SeriesStrip(self, with_heat=False)
        self.legend = MarksLegend(legend_parent)
        self.scroll_bar, self.timeline = Overview(self), Timeline(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_SPACING)
        head = QVBoxLayout()
        head.setSpacing(_UNDER_RULER)
        head.addWidget(self.ruler)
        head.addWidget(self.chips)
        layout.addWidget(self.timeline)
        layout.addWidget(self.scroll_bar)
        layout.addLayout(head)
        for widget in (
            self.distances,
            self.attribution,
            self.features,
            self.heatmaps,
            self.trellis,
            self.outputs,
        ):
            layout.addWidget(widget)
        self.chips.clicked.connect(state.step_to)
        self.distances.clicked.connect(state.step_to)
        for strip in self._series_strips:
            strip.column_clicked.connect(state.step_to)
        self.attribution.column_clicked.connect(state.step_to)
        self.heatmaps.cell_clicked.connect(self._pick)
        self.heatmaps.name_clicked.connect(self._toggle_alone)
        self.heatmaps.menu_requested.connect(self.menu_requested)
        self.trellis.column_clicked.connect(state.step_to)
        self.trellis.tag_clicked.connect(lambda tag: state.change(opened=OpenedNumber("delta", tag)))
        self.scroll_bar.valueChanged.connect(self._scroll)
        self.timeline.picked.connect(state.go_to)
        state.extremes_changed.connect(self.timeline.set_extremes)
        comparison_model.changed.connect(self._comparison_changed)
        state.selection_changed.connect(self._selection_changed)
        state.theme_changed.connect(self.set_theme)
        state.theme_changed.connect(self.legend.set_theme)
        self.set_theme(state.theme)
        self.legend.set_theme(state.theme)
        self._selection_changed(state.selection, state.selection)
        self.scroll_bar.hide()
        self.timeline.hide()

    @property
    def _series_strips(self) -> tuple[SeriesStrip, SeriesStrip]:
        return self.features, self.outputs

    @property
    def columns(self) -> ColumnLayout:
        return self._columns

    def _comparison_changed(self) -> None:
        self._draw_comparison_view()
        self._note_section()
        self._fit(self._left - self._first)
        self._place()

    def _note_section(self) -> None:
        """Note which columns of the input the view has; computed once, as this is on the path of a key."""
        reading = self._state.reading
        self._first = reading.view.first if reading is not None and reading.view is not None else 0
        self._is_section = reading is not None and reading.is_section

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        self.heatmaps.set_shown(new.inputs_shown, new.alone)
        self._draw_comparison_view()
        if any(getattr(new, name) != getattr(old, name) for name in _OF_MARKS):
            self._explain_marks()
        self._place()
        if new.panel != old.panel:
            self._fit(self._left - self._first)

    def _draw_comparison_view(self) -> None:
        reading = self._state.reading
        self.set_ready(reading is not None and reading.view is not None and not self._comparison_model.pale)
        self.heatmaps.set_comparison_view(self._state.selection.comparison_view, self._comparison_model.pale)
        self.chips.set_pale(self._comparison_model.pale)

    def _explain_marks(self) -> None:
        past: list[MarkName] = ["past"] if self._columns.past else []
        self.legend.set_marks([*self.chips.marks(), *past, *self.heatmaps.marks()])

    def table(self) -> Table:
        return self.heatmaps.table(self._state.reading)

    def _fit(self, first: int) -> None:
        """Lay out the columns, scrolled to ``first`` where they do not all fit."""
        comparison = self._comparison_model.by_words
        count = len(comparison.slots) if comparison is not None else self._state.columns
        self._show(ColumnLayout.fit(count, self.width(), first, self._past))

    @property
    def _past(self) -> int:
        """How many steps the batch has past the end of the sequence; 0 beside another reading."""
        comparison, reading = self._comparison_model.by_words, self._state.reading
        is_of_two = comparison is not None and not comparison.edited
        return 0 if reading is None or is_of_two or self._state.reads_characters else reading.padding

    def _show(self, columns: ColumnLayout) -> None:
        self._columns, reading = columns, self._state.reading
        if not (self._is_section and self._state.awaits_section):
            self._left = self._first + columns.first
        comparison, own = self._comparison_model.by_words, self._own(columns)
        self.chips.set_reading(reading, columns, comparison)
        count = self._state.length if self._is_section else self._state.columns
        resets = tuple(reading.view.resets) if reading is not None and reading.view is not None else ()
        backward, first = self._state.reads_backward, self._first
        self.ruler.set_columns(own, count, backward=backward, first=first, resets=resets)
        self.heatmaps.set_view(reading.view if reading else None, columns, comparison, self._marks())
        self.distances.set_comparison(comparison, columns)
        self.attribution.set_columns(own)
        self.attribution.setVisible(self.attribution.is_needed)
        texts = reading.view.columns if reading is not None and reading.view is not None else ()
        for strip in self._series_strips:
            strip.set_room((self.parentWidget() or self).height())  # this one may be taller, and scrolled
        self.features.set_series(features_of(reading), texts, own)
        self.outputs.set_series(outputs_of(reading), texts, own)
        self.trellis.set_reading(reading, own)
        self.trellis.set_room(self._room(columns))
        self._show_scroll_bar(columns)
        self._explain_marks()

    def _show_scroll_bar(self, columns: ColumnLayout) -> None:
        """Show which of all columns are visible; a long input, of which a section is read, has a timeline."""
        is_section = self._is_section
        hidden = self._state.length - columns.shown if is_section else columns.hidden
        self.scroll_bar.blockSignals(True)
        self.scroll_bar.setRange(0, hidden)
        self.scroll_bar.setPageStep(max(1, columns.shown))
        self.scroll_bar.setValue(self._left)
        self.scroll_bar.blockSignals(False)
        self.scroll_bar.setVisible(hidden > 0)
        shown = () if hidden <= 0 else _NO_TAGS if is_section else ticks(self.chips.content[0])
        self.scroll_bar.set_ticks(shown, backward=self._state.reads_backward)
        self.timeline.setVisible(is_section)
        if is_section:
            self.timeline.set_names(tuple(name for name in self.heatmaps.names() if name != "x"))

    def _room(self, columns: ColumnLayout) -> int:
        """Return the height of heatmaps and trellis together."""
        bar = self.scroll_bar.sizeHint().height() + _SPACING if columns.hidden else 0
        bar += self.timeline.sizeHint().height() + _SPACING if self._is_section else 0
        strips = sum(
            strip.sizeHint().height() + _SPACING
            for strip in (self.distances, self.attribution, *self._series_strips)
            if strip.is_needed
        )
        head = self.ruler.sizeHint().height() + _UNDER_RULER + self.chips.sizeHint().height()
        return self.height() - head - strips - bar - 2 * _SPACING

    def _own(self, columns: ColumnLayout) -> ColumnLayout:
        """Return the columns of the current sentence, without those that only the other one has."""
        comparison = self._comparison_model.by_words
        return columns if comparison is None else Spread.over(columns, comparison.columns_of_first)

    def _marks(self) -> Marks:
        """Return the clamped cells, in the shown columns."""
        marks, comparison = (
            clamped_cells(self._state.reading, self._state.edits_read),
            self._comparison_model.by_words,
        )
        if comparison is None:
            return marks
        return {
            name: tuple(Mark(comparison.slot(m.first), comparison.slot(m.last), m.unit) for m in group)
            for name, group in marks.items()
        }

    def _place(self) -> None:
        comparison, step = self._comparison_model.by_words, self._state.column
        column = step if comparison is None else comparison.slot(step)
        is_hidden = self._columns.count and column not in self._columns.visible()
        if is_hidden and not self._state.awaits_section:
            self._show(self._columns.showing(column))
        self.chips.set_column(column)
        self.scroll_bar.set_column(self._first + column)
        if self._is_section:
            self._place_timeline()
        self.ruler.set_column(step)
        self.heatmaps.set_place(column, self._state.selection.unit)
        for strip in self._series_strips:
            strip.set_column(step)
        self.trellis.set_column(step)

    def _place_timeline(self) -> None:
        visible = range(self._left, self._left + self._columns.shown)
        self.timeline.set_place(visible, self._first + self._state.column)

    def _scroll(self, left: int) -> None:
        """Scroll to a column of the input; where the view is a section, another one may be needed."""
        shown = range(left, left + self._columns.shown)
        is_there = self._first <= left and shown.stop <= self._first + self._state.columns
        if is_there or not self._is_section:
            self._fit(left - self._first)
            if self._is_section:
                self._place_timeline()
        else:
            self._left = left
            self._state.show_section(shown)

    def _pick(self, name: str, column: int, row: int) -> None:
        """Select the unit and the column of a number; an open arithmetic moves there."""
        is_input = name == "x"
        changes: SelectionChanges = {} if is_input else {"unit": row}
        if self._state.selection.opened is not None:
            changes["opened"] = OpenedNumber(name, index=row if is_input else None)
        self._state.change(**changes)
        self._state.step_to(column)

    def _toggle_alone(self, name: str) -> None:
        self._state.change(alone="" if self._state.selection.alone else name)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit(self._left - self._first)
        self._place()

    @guarded
    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        notches = (delta.x() or delta.y()) / 120
        self.scroll_bar.setValue(round(self.scroll_bar.value() - notches * _SCROLL))
