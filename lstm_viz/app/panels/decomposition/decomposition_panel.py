"""The decomposition panel: the contributions of the words to the cell state and to the scores."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.cell.number_texts import subscript
from lstm_viz.app.panels.choosers import TagChooser, UnitChooser
from lstm_viz.app.panels.decomposition.half_lives import HalfLives
from lstm_viz.app.panels.decomposition.rows import tallest
from lstm_viz.app.panels.decomposition.sources import Sources
from lstm_viz.app.panels.decomposition.summary import DecompositionSummary
from lstm_viz.app.panels.decomposition.triangle import Triangle
from lstm_viz.app.panels.decomposition.view_model import (
    DecompositionViewModel,
    Where,
    decomposition_table,
    decomposition_view_model,
)
from lstm_viz.app.panels.reading_panel import ReadingPanel, lack_text, nothing_yet
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.buttons import Toggle
from lstm_viz.app.widgets.panel import TitledPanel, note_label
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import Reading, View
from lstm_viz.ordinals import ordinal

_LEFT, _RIGHT = 14, 10


class DecompositionPanel(ReadingPanel, TitledPanel):
    """The contributions for the selected unit, all units and all steps, and the half-life of each unit."""

    stem = "decomposition"

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown: DecompositionViewModel | None = None
        self._where: Where = "state"
        self.setAccessibleName(self.tr("Decomposition of the cell state"))
        self.unit, self.tag = UnitChooser(state, self), TagChooser(state, self)
        self.toggles: dict[Where, Toggle] = {
            "state": Toggle(self.tr("state"), self.tr("Contribution of each word to the unit's state"), self),
            "score": Toggle(self.tr("score"), self.tr("Contribution of each word to a tag's score"), self),
        }
        self.toggles["score"].setWhatsThis(
            self.tr(
                "h = o ⊙ tanh(c) = o ⊙ (tanh(c)/c) ⊙ Σ sources. With o and tanh(c)/c held fixed, a tag's "
                "logit W·h + b is an exact sum over the words, too. The log-softmax depends on all "
                "logits: a value added to each of them changes nothing."
            )
        )
        self._group = QButtonGroup(self)
        self.sources, self.summary_line = Sources(self), DecompositionSummary(self)
        self.triangle, self.half_lives = Triangle(self), HalfLives(self)
        self.why = note_label(self)
        self._lay_out()
        self._connect()
        self._draw()

    def _lay_out(self) -> None:
        head, toggles = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.unit)
        for toggle in self.toggles.values():
            self._group.addButton(toggle)
            toggles.addWidget(toggle)
        toggles.addWidget(self.tag)
        toggles.addStretch(1)
        self.upper = QStackedWidget(self)
        self.upper.addWidget(self.sources)
        self.upper.addWidget(self.why)
        below = QHBoxLayout()
        below.setSpacing(14)
        below.addWidget(self.triangle, 58)
        below.addWidget(self.half_lives, 42)
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(toggles)
        column.addWidget(self.upper, 3)
        column.addWidget(self.summary_line)
        column.addLayout(below, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_LEFT, 9, _RIGHT, 10)
        layout.addLayout(head)
        layout.addWidget(content, 1)
        layout.addWidget(self.note, 1)
        self.body = (
            content,
            self.unit,
        )  # to show the other first would fix the width of a list without items

    def _connect(self) -> None:
        state = self._state
        for where, toggle in self.toggles.items():
            toggle.clicked.connect(lambda _=False, where=where: self.show_where(where))
        self.toggles[self._where].setChecked(True)
        self.tag.hide()
        self.sources.unit_picked.connect(lambda unit: state.change(unit=unit))
        self.half_lives.unit_picked.connect(lambda unit: state.change(unit=unit))
        self.sources.tag_picked.connect(self._pick_tag)
        self.triangle.step_picked.connect(state.step_to)
        state.reading_changed.connect(self._draw)
        state.decomposition_changed.connect(self._draw)
        state.selection_changed.connect(self._selection_changed)
        state.theme_changed.connect(self._draw)

    def show_where(self, where: Where) -> None:
        """Show the decomposition of the state, or of a tag's score."""
        self._where = where
        self.toggles[where].setChecked(True)
        self.tag.setVisible(where == "score")
        self._draw()

    def _pick_tag(self, tag: int) -> None:
        if self._state.reading is not None:
            self._state.change(tag=self._state.reading.model.tags[tag])

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        places = [
            (selection.panel, selection.step, selection.character, selection.unit, selection.tag)
            for selection in (new, old)
        ]
        if new.panel != "decomposition":
            self._shown = None
        elif places[0] != places[1]:
            self._draw()

    def table(self) -> Table:
        """Return the contributions of the words."""
        assert self._shown is not None
        return decomposition_table(self._shown)

    # ------------------------------------------------------------ drawing

    def _draw(self, _: object = None) -> None:
        """Draw the result for the selection; while it is awaited, the last one, pale."""
        state, reading = self._state, self._state.reading
        if state.selection.panel != "decomposition":
            return
        self._shown = decomposition_view_model(state, self._where, self._shown)
        view = reading.view if reading else None
        is_decomposed = view is not None and view.module.kind.gated_state is not None
        if reading is None or view is None or not is_decomposed:
            self._show_why_not(view)
        else:
            shown = self._shown
            has_values = shown is not None and (self._where == "state" or shown.has_scores)
            self.show_body(ready=has_values and shown is not None and shown.fresh)
            self._draw_decomposition(reading, view)

    def _draw_decomposition(self, reading: Reading, view: View) -> None:
        state, shown, theme = self._state, self._shown, self._state.theme
        unscored = shown is not None and self._where == "score" and not shown.has_scores
        self.title.show_text(self._title(view, scored=self._where == "score" and not unscored))
        self.unit.show_unit(reading, state.selection.unit)
        self.tag.show_tag(reading.model.tags, state.selection.tag)
        self.tag.setEnabled(not unscored)
        self.upper.setCurrentWidget(self.why if unscored else self.sources)
        self.upper.setMaximumHeight(tallest(len(view.columns) + 1))  # few rows leave height to the rest
        if unscored:
            self.why.setText(lack_text(reading, "scores", "linear_scores") or self._why_no_scores(view))
        self.sources.set_shown(None if unscored else shown, theme)
        self.summary_line.set_shown(None if unscored else shown, theme, chained=reading.trellis is not None)
        self.triangle.set_shown(shown, theme)
        self.half_lives.set_shown(shown, theme)

    def _title(self, view: View, *, scored: bool) -> str:
        column = self._state.column
        word = shown_text(view.columns[column])
        if scored:
            text = self.tr("Decomposition of the score of %1 · “%2”")
            return text.replace("%1", self._state.tag or "?").replace("%2", word)
        gated_state = view.module.kind.gated_state
        symbol = (gated_state.state if gated_state else "h") + subscript(ordinal(view.first + column))
        backward = self.tr("Decomposition of %1 · “%2” · backward")
        text = backward if view.direction else self.tr("Decomposition of %1 · “%2”")
        return text.replace("%1", symbol).replace("%2", word)

    def _show_why_not(self, view: View | None) -> None:
        self.title.show_text(self.tr("Decomposition of the cell state"))
        if view is None:
            self.show_note(
                nothing_yet(
                    self._state.reading, self.tr("The decomposition is shown from the first word on.")
                )
            )
        else:
            self.show_note(
                self.tr(
                    "A plain RNN has no gate that keeps a state: each step recomputes h from the h "
                    "before, so that h is not a sum over the words."
                )
            )

    def _why_no_scores(self, view: View) -> str:
        if view.module.own_columns:
            return self.tr(
                "The character-level module has no tag scores: its last output is part of the word's "
                "input. Select the word-level module to decompose a tag's score."
            )
        text = self.tr("Layer %1 has no tag scores: its h is the input of layer %2. Select layer %3.")
        text = text.replace("%1", str(ordinal(view.layer))).replace("%2", str(ordinal(view.layer + 1)))
        return text.replace("%3", str(view.module.num_layers))

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.triangle.set_panel_width(float(self.width() - _LEFT - _RIGHT))
