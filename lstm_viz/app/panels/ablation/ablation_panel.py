"""The ablation panel: the effect on a tag's score of ablating each unit in turn, and each gate."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.panels.ablation.explained_score import ExplainedScore, explained_score, has_begun, is_about
from lstm_viz.app.panels.ablation.gates import WholeGates
from lstm_viz.app.panels.ablation.labels import score_text, summary
from lstm_viz.app.panels.ablation.ranking import Ranking, ranking
from lstm_viz.app.panels.ablation.summary import AblationSummary
from lstm_viz.app.panels.ablation.unit_table import UnitsTable
from lstm_viz.app.panels.attribution.targets import no_ranking_text, one_tag
from lstm_viz.app.panels.choosers import TagChooser, TargetChooser
from lstm_viz.app.panels.reading_panel import ReadingPanel, lack_text, nothing_yet
from lstm_viz.app.selection.selection import Selection, SelectionChanges
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.chooser import Chooser
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.labels import direction_name, layer_name
from lstm_viz.app.widgets.panel import TitledPanel, note_label
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import Ablation, Failure, Reading, SetValue
from lstm_viz.ordinals import ordinal

_DEPENDS_ON = ("panel", "tag", "target", "step")


class AblationPanel(ReadingPanel, TitledPanel):
    """Ranks the units by the change in the tag's score when each is ablated.

    Signals
    -------
    off_requested(unit)
        The user asked to ablate a unit; `off` returns the edit that does it.
    """

    off_requested = Signal(int)
    stem = "ablation"

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.subtitle = ElidedLabel(self)
        self.subtitle.setObjectName("muted")
        set_tip(self.subtitle, self.tr("Δ: change of the tag's log-softmax"))
        self.tag, self.target = TagChooser(state, self), TargetChooser(state, self)
        orders = (self.tr("by change"), "change"), (self.tr("by unit"), "unit")
        self.order = Chooser(self.tr("Order of the units"), self, orders, fits=True)
        self.order.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.gates, self.units = WholeGates(self), UnitsTable(self)
        self.summary_line = AblationSummary(state, self)
        self.no_ranking = note_label(self)
        self.menu = QMenu(self)
        self._explain()
        self._lay_out()
        self._connect()
        self.set_theme(state.theme)
        self._draw()

    def _explain(self) -> None:
        self.setAccessibleName(self.tr("Ablation of the units"))
        self.setWhatsThis(
            self.tr(
                "Every unit is ablated in turn: its h is 0 at every word, and all that follows from it is "
                "recomputed. The number is the change of the tag's score: its margin to the nearest other "
                "tag, its logit or its log-softmax. Violet, −: the score falls without the unit; yellow-"
                "green, +: it rises. The changes do not add up, since units can replace each other. Values "
                "below float32 resolution are ≈ 0 and are not ranked. Δ is the change of the tag's "
                "log-softmax. After Lakretz et al., NAACL 2019."
            )
        )
        self.gates.setWhatsThis(
            self.tr(
                "One gate is ablated in all units and at every word: i = 0 or g = 0 writes nothing, f = 1 "
                "forgets nothing, o = 0 outputs nothing; of a GRU r = 1 resets nothing, z = 0 keeps "
                "nothing, and n = 0 adds nothing new. The number is the change of the tag's score."
            )
        )
        self.units.setWhatsThis(
            self.tr(
                "One row per unit: the change of the score when it is ablated, the tag that is then "
                "predicted, if another, and the change when only one of its gates is ablated. An LSTM "
                "unit with o = 0 is ablated itself, and with i = 0 or g = 0 it writes nothing: these "
                "pairs are equal."
            )
        )

    def _lay_out(self) -> None:
        head, under = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.tag)
        under.addWidget(self.subtitle, 1)
        under.addWidget(self.target)
        under.addWidget(self.order)
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.gates)
        self.middle = QStackedWidget(self)
        self.middle.addWidget(self.units)
        self.middle.addWidget(self.no_ranking)
        column.addWidget(self.middle, 1)
        column.addWidget(self.summary_line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 10, 8)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addLayout(under)
        layout.addWidget(content, 1)
        layout.addWidget(self.note, 1)
        self.body = (content,)

    def _connect(self) -> None:
        state = self._state
        self.order.activated.connect(self._draw)
        self.units.unit_picked.connect(self._pick)
        self.units.menu_requested.connect(self._open_menu)
        state.reading_changed.connect(self._reading_changed)
        state.selection_changed.connect(self._selection_changed)
        state.ablation_changed.connect(self._draw)
        state.detail_error_changed.connect(self._draw)
        state.theme_changed.connect(self.set_theme)

    # ------------------------------------------------------------ user actions

    def _pick(self, unit: int) -> None:
        """Select a unit of the module that reads words, whichever module is selected now."""
        ablation, reading = self._state.ablation, self._state.reading
        if ablation is None or reading is None:
            return
        if self._state.reads_characters:
            path = reading.explained.path
            place: SelectionChanges = {
                "unit": unit,
                "module": path,
                "layer": ablation.layer,
                "direction": ablation.direction,
                "character": -1,
            }
            self._state.change(**place)
        else:
            self._state.change(unit=unit)

    def off(self, unit: int) -> SetValue:
        """Return the edit that ablates a unit at every word, as the ranking does."""
        ablation, reading = self._state.ablation, self._state.reading
        assert ablation is not None
        assert reading is not None
        words = tuple(word.text for word in reading.words)
        return SetValue(
            "h",
            0.0,
            unit,
            layer=ablation.layer,
            direction=ablation.direction,
            words=words,
            module=reading.edited_path,
        )

    def _open_menu(self, unit: int, place: QPoint) -> None:
        self.menu.clear()
        off = self.menu.addAction(self.tr("Ablate unit %1 (h = 0)").replace("%1", str(ordinal(unit))))
        off.triggered.connect(lambda: self.off_requested.emit(unit))
        follow = self.menu.addAction(self.tr("Select unit %1").replace("%1", str(ordinal(unit))))
        follow.triggered.connect(lambda: self._pick(unit))
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Copy the table")).triggered.connect(self.units.copy)
        self.menu.addAction(self.save_action)
        self.menu.popup(place)

    # ------------------------------------------------------------ what changed

    def _reading_changed(self, reading: Reading) -> None:
        self._draw()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if any(getattr(new, name) != getattr(old, name) for name in _DEPENDS_ON):
            self._draw()
        elif new.unit != old.unit:
            self._mark()

    # ------------------------------------------------------------ drawing

    def _draw(self, *_: object) -> None:
        if self._state.selection.panel != "ablation":
            return
        score, lack = explained_score(self._state), lack_text(self._state.reading, "scores")
        for chooser in (self.tag, self.target, self.order):
            chooser.setVisible(not lack)
        if score is None:
            self.title.show_text(self.tr("Ablation of the units"))
            self.show_note(lack or nothing_yet(self._state.reading, self.tr("Shown from the first word on.")))
            return
        self.tag.show_tag(score.tagset, self._state.selection.tag, is_real=score.target == "value")
        is_tag = score.tag in score.tagset
        title = self.tr("Ablation of the units · %1 · “%2”") if is_tag else self.tr("No tag · “%2”")
        title = title.replace("%1", shown_text(score.tag), 1)
        self.title.show_text(title.replace("%2", shown_text(score.word)))
        self._draw_result(score, self._state.ablation, self._state.error_of("ablation"))

    def _draw_result(self, score: ExplainedScore, ablation: Ablation | None, error: Failure | None) -> None:
        if ablation is None or (error is not None and not is_about(ablation, score)):
            waits = self.tr("Ablating the units one by one…")
            self.show_note(error_text(error) if error else waits)
            return
        is_ours = is_about(ablation, score)
        place = score.number, score.step, score.tag, score.target
        if is_ours:
            ranked = ranking(ablation, score.own, self.order.currentData())
            self.gates.set_ranking(ranked, score.tagset)
            self.units.set_ranking(ranked, score.tagset)
            self.summary_line.set_result(ablation, place, summary(ranked) if ranked.is_done else "")
            self.subtitle.show_text(score_text(ranked, score.log_softmax) + self._where(ablation, score))
            self._draw_middle(ranked, score)
        else:
            self.subtitle.show_text("")
            self.no_ranking.setText("…")
            self.summary_line.set_nothing()
            if has_begun(ablation, score):
                self.summary_line.set_result(ablation, place, "")
        self.gates.set_pale(not is_ours)
        self.units.set_pale(not is_ours)
        self._mark()
        self.show_body(ready=is_ours and self.middle.currentWidget() is self.units)

    def _draw_middle(self, ranked: Ranking, score: ExplainedScore) -> None:
        """Show the table, or why nothing is ranked."""
        if not ranked.is_resolved:
            self.no_ranking.setText(no_ranking_text(ranked.ablation, score.tagset))
        self.order.setEnabled(ranked.is_resolved)
        self.middle.setCurrentWidget(self.units if ranked.is_resolved else self.no_ranking)

    def _where(self, ablation: Ablation, score: ExplainedScore) -> str:
        """Return which module is ranked, where that is ambiguous."""
        parts = []
        if ablation.target != self._state.selection.target:
            parts.append(one_tag())
        if self._state.reads_characters:
            parts.append(self.tr("of the word-level module"))
        if score.num_layers > 1:
            parts.append(layer_name(ablation.layer))
        if score.num_directions > 1:
            parts.append(direction_name(ablation.direction))
        if score.is_decoded_together:
            parts.append(self.tr("word by word, → by Viterbi"))
        return "".join(f" · {part}" for part in parts)

    def show_note(self, text: str, *, is_error: bool = False) -> None:
        super().show_note(text, is_error=is_error)
        self.subtitle.show_text("")

    def table(self) -> Table:
        """Return the ranking of the units."""
        return self.units.table()

    def _mark(self) -> None:
        follows = not self._state.reads_characters
        self.units.set_picked(self._state.selection.unit if follows else None)
