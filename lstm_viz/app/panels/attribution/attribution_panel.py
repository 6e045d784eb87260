"""The attribution panel: attributions of a tag's score to the words, and its gradient flow."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.panels.attribution.area import MethodHeader, RowsArea
from lstm_viz.app.panels.attribution.flow_curves import flow_of
from lstm_viz.app.panels.attribution.flow_plot import FlowPlot
from lstm_viz.app.panels.attribution.labels import proof_line, scale_line, score_line, sum_line
from lstm_viz.app.panels.attribution.rows import AttributionRows
from lstm_viz.app.panels.attribution.targets import no_ranking_text
from lstm_viz.app.panels.attribution.view_model import AttributionViewModel, attribution_table, newer
from lstm_viz.app.panels.choosers import TagChooser, TargetChooser
from lstm_viz.app.panels.reading_panel import ReadingPanel, lack_text, nothing_yet
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.labels import direction_name, layer_name
from lstm_viz.app.widgets.panel import TitledPanel
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import Attribution, Module, Reading

_SPACING = 3
#: A result that arrives within this time is not announced.
_SOON_MS = 300
_DEPENDS_ON = ("panel", "tag", "target", "step", "attribution_method")


class AttributionPanel(ReadingPanel, TitledPanel):
    """The words as rows with their attributions by three methods, and below them the gradient flow."""

    stem = "attribution"

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts = QSplitter(Qt.Orientation.Vertical, self)
        self.body = (self.parts,)
        self._state, self._shown = state, AttributionViewModel()
        self._flow_query: tuple[object, ...] = ()
        self._soon, self._is_slow = QTimer(self), False
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._is_late)
        self.setAccessibleName(self.tr("Attribution of the tag score to the words"))
        self.tag = TagChooser(state, self)
        self.score, self.target = ElidedLabel(self), TargetChooser(state, self)
        self.rows, self.flow = AttributionRows(self), FlowPlot(self)
        self.header = MethodHeader(self)
        self.area = RowsArea(self.rows, self)
        self.area.setAccessibleName(self.tr("Attributions, one row per word"))
        self.sum, self.proof, self.scale = (ElidedLabel(self) for _ in range(3))
        self._lay_out()
        self._explain()
        self._connect()
        self.set_theme(state.theme)
        self._draw()

    def _explain(self) -> None:
        self.rows.setWhatsThis(
            self.tr(
                "The attribution of the score to each word; the score is the tag's margin to the nearest "
                "other tag at the step, its logit or its log-softmax. Values below float32 resolution are "
                "≈ 0. Gradient × input: Σ x · ∂ score / ∂ x. Integrated gradients: the gradient summed "
                "along the path from x = 0 to x, so that the attributions add up to the score minus that "
                "of zero input; the difference is the error (after Sundararajan, Taly and Yan, ICML "
                "2017). Occlusion: the decrease of the score when the word is removed from the sentence, "
                "and the tag that the step then gets, if another; in a model of your own, which is computed "
                "as a whole, the word is replaced with a token, or its input of the recurrent module with "
                "zeros. The initial "
                "state and clamped values are held fixed."
            )
        )

    def _lay_out(self) -> None:
        head, under = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.tag)
        under.addWidget(self.score, 1)
        under.addWidget(self.target)
        self.above, column = QWidget(self), QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_SPACING)
        for widget in (self.header, self.area, *self._lines):
            column.addWidget(widget, 1 if widget is self.area else 0)
        self.above.setLayout(column)
        for line in (self.score, *self._lines):
            line.setObjectName("muted")
        self.parts.addWidget(self.above)
        self.parts.addWidget(self.flow)
        self.parts.setChildrenCollapsible(False)
        self.parts.setHandleWidth(10)
        self.parts.setStretchFactor(0, 3)
        self.parts.setStretchFactor(1, 2)
        self.parts.setSizes([300, 220])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 10, 10)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(under)
        layout.addWidget(self.parts, 1)
        layout.addWidget(self.note, 1)

    @property
    def _lines(self) -> tuple[ElidedLabel, ...]:
        return self.sum, self.proof, self.scale

    def _connect(self) -> None:
        state = self._state
        for method, toggle in self.header.toggles.items():
            toggle.clicked.connect(lambda _=False, method=method: state.change(attribution_method=method))
        self.rows.word_clicked.connect(state.word_to)
        self.rows.width_changed.connect(self.header.set_width)
        state.attribution_changed.connect(self._draw)
        state.reading_changed.connect(self._reading_changed)
        state.selection_changed.connect(self._selection_changed)
        state.detail_error_changed.connect(self._draw)
        state.theme_changed.connect(self.set_theme)

    def table(self) -> Table:
        """Return the attributions of the words by all methods."""
        return attribution_table(self._shown)

    # ------------------------------------------------------------ drawing

    @property
    def shown(self) -> AttributionViewModel:
        """The attributions that are drawn."""
        return self._shown

    def _reading_changed(self, reading: Reading) -> None:
        self._draw()
        self._show_step()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if any(getattr(new, name) != getattr(old, name) for name in _DEPENDS_ON):
            self._draw()
            self._show_step()

    def _draw(self, _: object = None) -> None:
        if self._state.selection.panel != "attribution":
            return
        self._shown = newer(self._shown, self._state)
        self.header.toggles[self._state.selection.attribution_method].setChecked(True)
        reading, why_not = self._state.reading, self._why_not()
        if why_not:
            self.show_note(why_not, is_error=self._state.error_of("attribution") is not None)
        else:
            attribution = self._shown.attribution
            self.show_body(ready=attribution is not None and attribution.done)
        is_scored = reading is not None and bool(reading.words) and not reading.model.lacks("scores")
        self.tag.setVisible(is_scored)
        self.target.setVisible(not lack_text(reading, "scores"))
        if reading is None or not is_scored:
            self.title.show_text(self.tr("Attribution to the words"))
            self.score.show_text("")
            return
        self._draw_title(reading)
        self._draw_rows()
        self._note_progress()
        self.sum.show_text(sum_line(self._shown, is_slow=self._is_slow))
        self.proof.show_text(proof_line(self._shown))
        self.score.show_text(score_line(self._shown))
        is_decoded_together = reading.trellis is not None
        self.scale.show_text(scale_line(self._shown, self._state.selection.target, is_decoded_together))
        self._draw_flow(reading)

    def _note_progress(self) -> None:
        """Note whether the result is awaited for long: only then it is told, else the line would flicker."""
        attribution = self._shown.attribution
        if attribution is not None and attribution.done:
            self._soon.stop()
            self._is_slow = False
        elif not self._is_slow and not self._soon.isActive():
            self._soon.start()

    def _is_late(self) -> None:
        self._is_slow = True
        self._draw()

    def _draw_title(self, reading: Reading) -> None:
        self.tag.show_tag(reading.model.tags, self._state.selection.tag, is_real=reading.model.is_real)
        title, word = self.tr("Attribution of %1 to the words · %2"), self._shown.words[self._shown.step]
        title = title.replace("%2", f"“{shown_text(word)}”", 1)
        self.title.show_text(title.replace("%1", shown_text(self._shown.tag), 1))

    def _draw_rows(self) -> None:
        count = self.rows.height()
        self.rows.set_shown(self._shown)
        if self.rows.height() != count:  # the flow takes the height that few rows leave
            lines = sum(widget.sizeHint().height() + _SPACING for widget in self._lines)
            self.above.setMaximumHeight(self.rows.height() + self.header.height() + lines + _SPACING + 4)
            self.area.fit()
            self._show_step()

    def _draw_flow(self, reading: Reading) -> None:
        attribution = self._shown.attribution
        module = reading.explained
        flow = flow_of(attribution, module) if attribution is not None else None
        if attribution is None or flow is None:
            self.flow.set_stale()
        elif _query_of(attribution) != self._flow_query or not self.flow.fresh:
            self._flow_query = _query_of(attribution)  # later results of the same query have the same flow
            where = self._place(module, attribution.layer, attribution.direction)
            if self._shown.has_flow:
                self.flow.set_flow(flow, attribution.words, where, self._note(module))
            else:
                self.flow.set_flow(
                    None, attribution.words, where, no_ranking_text(attribution, reading.model.tags)
                )

    def _place(self, module: Module, layer: int, direction: int) -> str:
        """Return which layer and direction the gradient flows through, where there are several."""
        parts = []
        if module.num_layers > 1:
            parts.append(layer_name(layer))
        if module.num_directions > 1:
            parts.append(direction_name(direction))
        return " · ".join(parts)

    def _note(self, module: Module) -> str:
        gated_state = module.kind.gated_state
        if gated_state is None:
            return self.tr("an RNN has no cell, and no direct path")
        return (
            self.tr("along h alone; a GRU has no c")
            if gated_state.state == "h"
            else self.tr("along the cell alone")
        )

    def _why_not(self) -> str:
        """Return why there is nothing to show, "" if there is something."""
        error, reading = self._state.error_of("attribution"), self._state.reading
        if error is not None:
            return error_text(error)
        if reading is None or not reading.words:
            return nothing_yet(reading, self.tr("Attributions are shown from the first word on."))
        lack = lack_text(reading, "scores")
        if lack:
            return lack
        if self._shown.attribution is not None and not self._shown.is_resolved:
            return no_ranking_text(self._shown.attribution, reading.model.tags)
        return ""

    def _show_step(self) -> None:
        """Scroll to the row of the step, where there are more rows than room."""
        self.area.show_row(self._shown.step)


def _query_of(attribution: Attribution) -> tuple[object, ...]:
    """Return what is the same in all partial results of a query, and differs from those of others."""
    return (
        attribution.reading,
        attribution.step,
        attribution.tag,
        attribution.target,
        attribution.layer,
        attribution.direction,
        attribution.score,
    )
