"""The tags panel: F1 bars, the confusion matrix, and the confused sentences."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.tags.confusion_counts import (
    ConfusionCounts,
    confusion_counts,
    confusion_table,
    measures_table,
)
from lstm_viz.app.panels.tags.confusion_matrix import ConfusionMatrix
from lstm_viz.app.panels.tags.measure_bars import MeasureBars
from lstm_viz.app.panels.tags.measures import accuracy
from lstm_viz.app.panels.tags.mistakes import Mistakes
from lstm_viz.app.queries.training import TrainingQueries
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_epoch import RunEpoch
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.training_view import TagsShown, TrainingView
from lstm_viz.app.state import State
from lstm_viz.app.widgets.chooser import Chooser
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.panel import SaveButton, TitledPanel
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import ConfusedSentence, Confusion, ConfusionQuery, Failure


class _Area(QScrollArea):
    """A scroll area that emits the height of its viewport."""

    resized = Signal(int)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit(self.viewport().height())


class TagsPanel(TitledPanel):
    """F1 bars or the confusion matrix at the selected epoch; a click lists the confused sentences.

    The list stays that of the epoch for which it was requested, and is pale while another is selected.

    Attributes
    ----------
    run_epoch : RunEpoch or None
        The epoch of bars and matrix; None if nothing is drawn.
    """

    stem = "tags"

    def __init__(
        self, state: State, runs: Runs, queries: TrainingQueries, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.area, self.stack = _Area(self), QStackedWidget(self)
        self.body = (self.stack,)
        self._state, self._runs, self._queries = state, runs, queries
        self._counts: ConfusionCounts | None = None
        self._drawn_of: object = None
        self._is_posing = self._focus_in_list = False
        self.run_epoch: RunEpoch | None = None
        self.subtitle = ElidedLabel(self)
        self.subtitle.setObjectName("muted")
        self.f1_button, self.confusion_button = (
            self._toggle("f1", self.tr("F1")),
            self._toggle("confusion", self.tr("Confusion")),
        )
        orders = (self.tr("by F1"), "f1"), (self.tr("by words"), "support"), (self.tr("by tag"), "tag")
        self.order = Chooser(self.tr("Order of the tags"), self, orders)
        self.bars, self.matrix = MeasureBars(self), ConfusionMatrix(self)
        self.mistakes = Mistakes(state, self)
        self._lay_out()
        self._connect()
        self.set_theme(state.theme)
        self.draw()

    def _toggle(self, value: TagsShown, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setCheckable(True)
        button.setObjectName("toggle")
        button.clicked.connect(lambda: self._turn_to(value))
        return button

    def _turn_to(self, tags: TagsShown) -> None:
        """Show the bars or the matrix, and close the list of sentences."""
        self._state.change_training(tags=tags)
        self._show_page()

    def _lay_out(self) -> None:
        group = QButtonGroup(self)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.title, 1)
        under = QHBoxLayout()
        under.addWidget(self.subtitle, 1)
        under.addWidget(self.order)
        for button in (self.f1_button, self.confusion_button):
            group.addButton(button)
            head.addWidget(button)
        head.addWidget(SaveButton(self))
        self.bars.setObjectName("scrolled")
        self.area.setWidget(self.bars)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for page in (self.area, self.matrix, self.mistakes):
            self.stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 7, 10, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(under)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.note, 1)

    def _connect(self) -> None:
        self.area.resized.connect(self.bars.set_room)
        self.order.activated.connect(lambda k: self.bars.set_order(self.order.itemData(k)))
        self.bars.mistake_picked.connect(self.list_confused)
        self.matrix.activated.connect(self.list_confused)
        self.mistakes.left.connect(self._back)
        self.mistakes.sentence_picked.connect(self._open)
        self._state.theme_changed.connect(self.set_theme)
        self._state.training_changed.connect(self._training_changed)
        self._runs.run_epoch_changed.connect(self.draw)
        self._runs.grown.connect(self._grown)
        self._queries.confusions_changed.connect(self._confusions_changed)
        self._queries.error_changed.connect(self._error_changed)

    # ------------------------------------------------------------ user actions

    def list_confused(self, gold: int, predicted: int) -> None:
        """Show the sentences in which the tag ``gold`` was predicted as ``predicted``, both as indices."""
        if self._counts is None or not self._counts.table[gold, predicted]:
            return
        text = self.tr("%1 tagged as %2") if gold != predicted else self.tr("%1 tagged right")
        text = text.replace("%1", "\0", 1).replace("%2", self._counts.name(predicted), 1)
        self.mistakes.wait_for(text.replace("\0", self._counts.name(gold), 1))
        self.stack.setCurrentWidget(self.mistakes)
        self.mistakes.list.setFocus()
        self._queries.list_confused(self._counts.gold(gold), self._counts.tags[predicted])

    def _open(self, sentence: ConfusedSentence) -> None:
        """Open a sentence on the Sentence page, at the list's epoch and the first confused word."""
        confusions = self._queries.confusions
        if confusions is None:
            return
        step = min(sentence.places, default=0)
        self._state.open_sentence(sentence.tokenized, epoch=confusions.epoch, step=step)
        self._state.show_page("sentence")

    def _back(self) -> None:
        self._show_page()
        (self.matrix if self.stack.currentWidget() is self.matrix else self.bars).setFocus()

    def table(self) -> Table:
        """Return the table of the measures or of the matrix, whichever is shown."""
        assert self._counts is not None
        is_f1 = self._state.training.tags == "f1"
        return measures_table(self._counts) if is_f1 else confusion_table(self._counts)

    # ------------------------------------------------------------ changes

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        if new.tags != old.tags:
            self._show_page()

    def _grown(self, data: RunData) -> None:
        grown = (data.path, data.generation, len(data.epochs), data.error)
        if data is self._runs.current and grown != self._drawn_of:
            self.draw()

    def _confusions_changed(self, confusions: Confusion | None) -> None:
        if confusions is not None:
            self.mistakes.set_confusions(confusions)

    def _error_changed(self, failure: Failure | None) -> None:
        error = self._queries.errors.get(ConfusionQuery)
        if error is not None:
            self.mistakes.set_error(error_text(error))

    # ------------------------------------------------------------ drawing

    def draw(self, *_: object) -> None:
        """Show the confusion counts of the selected epoch."""
        data, run_epoch = self._runs.current, self._runs.run_epoch
        self._drawn_of = data and (data.path, data.generation, len(data.epochs), data.error)
        self._counts = confusion_counts(data, run_epoch.epoch) if run_epoch else None
        self.run_epoch = run_epoch if self._counts else None
        self.bars.set_counts(self._counts)
        self.matrix.set_counts(self._counts)
        self.mistakes.set_pale(self._queries.listed != run_epoch)
        self.subtitle.show_text(self._subtitle())
        self.set_ready(self._counts is not None)
        if self.is_empty or self.stack.currentWidget() is not self.mistakes or not self._queries.listed:
            self._show_page()

    def pose(self, scale: float | None) -> None:
        """Show bars or matrix in a picture, even while the list of sentences is shown."""
        if scale is not None and not self.is_empty and self.stack.currentWidget() is self.mistakes:
            self._focus_in_list = self.mistakes.list.hasFocus()
            self._is_posing = True
            self._show_page()
        elif scale is None and self._is_posing:
            self._is_posing = False
            self.stack.setCurrentWidget(self.mistakes)
            if self._focus_in_list:
                self.mistakes.list.setFocus()

    def _show_page(self) -> None:
        tags = self._state.training.tags
        for button, value in ((self.f1_button, "f1"), (self.confusion_button, "confusion")):
            with QSignalBlocker(button):
                button.setChecked(tags == value)
        self.title.show_text(self.tr("Per-tag F1") if tags == "f1" else self.tr("Confusions"))
        self.order.setVisible(tags == "f1" and self._counts is not None)
        if self._counts is None:
            self.show_note(self._why_empty())
        else:
            self.show_body()
            self.stack.setCurrentWidget(self.area if tags == "f1" else self.matrix)

    def _subtitle(self) -> str:
        if self._counts is None:
            return ""
        text = self.tr("epoch %1 · %2 · accuracy %3")
        text = text.replace("%1", str(self._counts.epoch)).replace("%2", self._counts.part)
        return text.replace("%3", f"{accuracy(self._counts.table):.4f}")

    def _why_empty(self) -> str:
        data = self._runs.current
        if data is None:
            return self.tr("Select or train a run to see its tags.")
        return data.error or self.tr("Shown from the first evaluation on.")
