"""The history panel: the tracked sentence's line edit, its pictures, and a caption."""

from collections.abc import Iterator

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.panels.history.controls import (
    MAX_CHARACTERS,
    LayerChoosers,
    ScaleLegend,
    TrackedSentenceEdit,
    quantity_in_words,
)
from lstm_viz.app.panels.history.strip import HistoryStrip
from lstm_viz.app.queries.history_key import tracked_text
from lstm_viz.app.queries.training import TrainingQueries
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_epoch import RunEpoch
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.state import State
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.panel import SaveButton, TitledPanel
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import History, HistoryQuery, Picture
from lstm_viz.ordinals import ordinal
from lstm_viz.text.tokenized_text import stripped, tokenized_text_of


def history_table(history: History, epochs: tuple[int, ...]) -> Table:
    """Return a table with a row per word and epoch: reference tag, tag, and the quantity of every unit."""
    pictures = [picture for picture in history.pictures if picture.epoch in epochs]
    units = pictures[0].values.shape[1] if pictures else 0
    against = "true_tag" if history.is_gold else "last_tag"
    header = ("epoch", "word_number", "word", against, "tag", "probability")
    names = (f"{history.quantity}_{ordinal(unit)}" for unit in range(units))
    words = range(len(history.words))
    return Table((*header, *names), [_row(history, picture, k) for picture in pictures for k in words])


def _row(history: History, picture: Picture, k: int) -> tuple[float | int | str, ...]:
    word = (ordinal(k), history.words[k], history.gold[k], picture.tags[k], float(picture.probabilities[k]))
    return (picture.epoch, *word, *map(float, picture.values[k]))


class HistoryPanel(TitledPanel):
    """Shows the tracked sentence at several epochs of the run; the selected one is that of the Sentence page.

    Until there is a result for the selection, the previous pictures of the same run are shown pale.

    Attributes
    ----------
    run_epoch : RunEpoch or None
        The epoch of the selected picture; None if no pictures are shown, or outdated ones.
    """

    stem = "tracked-sentence"

    def __init__(
        self, state: State, runs: Runs, queries: TrainingQueries, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.strip = HistoryStrip(self)
        self.body = (self.strip,)
        self._state, self._runs, self._queries = state, runs, queries
        self._drawn: tuple[RunEpoch, History] | None = None
        self.run_epoch: RunEpoch | None = None
        self.edit = TrackedSentenceEdit(state, self)
        self.take_button = QPushButton(self.tr("From the Sentence page"), self)
        set_tip(self.take_button, self.tr("Read the sentence of the Sentence page through the epochs"))
        self.choosers = LayerChoosers(state, self)
        self.legend = ScaleLegend(self)
        self.caption = ElidedLabel(self)
        self.caption.setObjectName("muted")
        set_tip(self.title, self.tr("Drag over the pictures: the Sentence page shows that epoch too"))
        self._lay_out()
        self._connect()
        self.set_theme(state.theme)
        self.draw()

    def _lay_out(self) -> None:
        top, head = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.edit, 1)
        head.addWidget(self.take_button)
        head.addWidget(self.choosers)
        top.addWidget(self.title, 1)
        top.addWidget(self.legend)
        top.addWidget(SaveButton(self))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 6)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addLayout(head)
        layout.addWidget(self.strip, 1)
        layout.addWidget(self.note, 1)
        layout.addWidget(self.caption)

    def _connect(self) -> None:
        self.take_button.clicked.connect(self._take_sentence)
        self.edit.shortened.connect(self._shortened)
        self.strip.picked.connect(self._pick)
        self.strip.moved.connect(self._move)
        self.strip.room_changed.connect(self._room_changed)
        self.strip.detail_changed.connect(self._draw_caption)
        self._state.theme_changed.connect(self.set_theme)
        self._state.training_changed.connect(self._training_changed)
        self._runs.run_epoch_changed.connect(self.draw)
        self._runs.grown.connect(self._grown)
        self._queries.history_changed.connect(self.draw)
        self._queries.first_right_changed.connect(self.draw)
        self._queries.error_changed.connect(self.draw)

    # ------------------------------------------------------------ user actions

    def _take_sentence(self) -> None:
        selection = self._state.selection
        tokenized = stripped(tokenized_text_of(selection.text, selection.tokenized_texts))
        self._state.change_training(
            tracked_sentence=tokenized.text or None, tracked_tokens=tokenized if tokenized.tokens else None
        )

    def _pick(self, epoch: int) -> None:
        """Select an epoch; the newest is selected as "the newest", so that later ones are followed."""
        checkpoints = self._queries.checkpoints
        if epoch in checkpoints:
            self._state.change(epoch=None if epoch == checkpoints[-1] else epoch)

    def _move(self, by: int) -> None:
        checkpoints, epoch = self._queries.checkpoints, self._queries.epoch
        if epoch is not None:
            self._pick(checkpoints[max(0, min(checkpoints.index(epoch) + by, len(checkpoints) - 1))])

    def _shortened(self) -> None:
        text = self.tr("Only the first %1 characters fit.")
        self.caption.show_text(text.replace("%1", f"{MAX_CHARACTERS:,}"))

    def details(self) -> str:
        """Return the sentence, and the layer and direction that are chosen among several."""
        data = self._runs.current
        tracked = tracked_text(data, self._state.training, self._state.selection).text if data else ""
        return " · ".join((f"“{shown_text(tracked)}”", *self.choosers.names(self._queries.place)))

    def table(self) -> Table:
        """Return the table of the pictures that are shown."""
        assert self._drawn is not None
        return history_table(self._drawn[1], self.strip.epochs)

    # ------------------------------------------------------------ changes

    def _room_changed(self, pictures: int) -> None:
        self._queries.show_pictures(pictures)
        self._draw_epochs()

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        if (new.quantity, new.layer, new.direction) != (old.quantity, old.layer, old.direction):
            self._draw_place()

    def _grown(self, data: RunData) -> None:
        if data is self._runs.current and self._queries.shown != self.strip.epochs:
            self.draw()

    # ------------------------------------------------------------ drawing

    def draw(self, *_: object) -> None:
        """Update the whole panel."""
        self._take()
        data, is_pale = self._runs.current, self._queries.history is None
        self.edit.setPlaceholderText(
            (data.run.tracked_sentence if data and data.run else "") or self.tr("Type a sentence")
        )
        tags = data.run.tags if data and data.run else ()
        self.strip.set_history(self._history, tags, pale=is_pale)
        self._draw_epochs()
        self._draw_place()
        self._draw_empty()

    def _take(self) -> None:
        """Take the result for the selection, and drop a previous one if it is of another run."""
        run_epoch, history = self._runs.run_epoch, self._queries.history
        if run_epoch is not None and history is not None:
            self._drawn = run_epoch, history
        elif self._drawn is not None and (not self._drawn[0].is_of_run(run_epoch) or self._error):
            self._drawn = None

    @property
    def _error(self) -> str:
        """The error message of the query for the selection, or ""."""
        failure = self._queries.errors.get(HistoryQuery)
        return error_text(failure) if failure else ""

    @property
    def _history(self) -> History | None:
        return self._drawn[1] if self._drawn else None

    def _draw_epochs(self) -> None:
        self.strip.set_epochs(self._queries.shown, self._queries.epoch)
        first = self._queries.first_right
        self.strip.set_first_right(None if first is None or first.unread else first)
        self.run_epoch = self._runs.run_epoch if self.strip.picked_picture else None
        self.set_ready(self.run_epoch is not None)
        self._draw_caption()

    def _draw_place(self) -> None:
        place, history = self._queries.place, self._history
        self.choosers.set_place(place)
        name = history.quantity if history else place.quantity if place else "c"
        self.legend.set_quantity(name)
        text = self.tr("Tracked sentence through training · %1")
        self.title.show_text(text.replace("%1", quantity_in_words(name)))

    def _draw_caption(self) -> None:
        history = self._history
        if self._error or history is None:
            self.caption.show_text(self._error)
        elif self._queries.history is None:
            self.caption.show_text(self.tr("The checkpoints are being read."))
        else:
            self.caption.show_text(" · ".join(self._caption_parts(history)))

    def _caption_parts(self, history: History) -> Iterator[str]:
        """Yield what is drawn at this width, and when the sentence was wholly right first."""
        if first := self._first_right_text():
            yield first
        yield self.tr("columns: words, rows: units")
        yield self._what_is_marked(history.is_gold)
        if not all(history.gold):
            yield self.tr("words without a tag in the corpus are not marked")

    def _first_right_text(self) -> str:
        first = self._queries.first_right
        if first is None:
            return ""
        if self._queries.is_searching:
            return self.tr("searching the checkpoints")
        if first.epoch is None:
            return self.tr("no checkpoint has all tags right") if not first.unread else ""
        if first.is_exact:
            return put(self.tr("all tags first right at epoch %1"), first.epoch)
        if first.unread:
            return put(
                self.tr("all tags right at epoch %1; an earlier checkpoint cannot be read"), first.epoch
            )
        return put(self.tr("all tags first right at one of the epochs %1–%2"), first.earliest, first.epoch)

    def _what_is_marked(self, is_gold: bool) -> str:
        if self.strip.pages.has_words:
            if is_gold:
                return self.tr("underlined in red: wrong at that epoch")
            return self.tr("underlined in red: differs from the last epoch (the true tags are not known)")
        if is_gold:
            return self.tr("a cross below a column: a wrong tag · n/m ✓: right words of all")
        return self.tr(
            "a cross below a column: differs from the last epoch (the true tags are not known)"
            " · n/m ✓: words that agree"
        )

    def _draw_empty(self) -> None:
        self.legend.setVisible(self._drawn is not None)
        if self._drawn is None:
            self.show_note(self._why_empty())
        else:
            self.show_body(ready=self.run_epoch is not None)

    def _why_empty(self) -> str:
        data = self._runs.current
        if data is None:
            return self.tr("Train or open a run to follow a sentence through its epochs.")
        if data.error or self._error:
            return data.error or self._error
        if not data.checkpoints:
            return self.tr("Shown from the first checkpoint on.")
        return self.tr("The checkpoints are being read.")
