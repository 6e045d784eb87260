"""The map of the embeddings: where each word of a run's vocabulary is, and how it got there."""

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.embedding_map.map_picture import MapPicture
from lstm_viz.app.panels.embedding_map.view_model import MOST_LABELS, MapViewModel, map_table
from lstm_viz.app.queries.training import TrainingQueries
from lstm_viz.app.runs.run_epoch import RunEpoch
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.state import State
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.panel import SaveButton, TitledPanel
from lstm_viz.app.widgets.tables import Table
from lstm_viz.messages import EmbeddingMapQuery


class EmbeddingMapPanel(TitledPanel):
    """The word embeddings of the current run at the selected epoch; requested while it is visible.

    Until there is a result with that epoch, the previous one of the same run is shown pale.

    Attributes
    ----------
    run_epoch : RunEpoch or None
        The epoch of the result; None if none is shown, or an outdated one.
    """

    stem = "embeddings"

    def __init__(
        self, state: State, runs: Runs, queries: TrainingQueries, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.picture = MapPicture(self)
        self.body = (self.picture,)
        self._runs, self._queries = runs, queries
        self._drawn: tuple[RunEpoch, MapViewModel] | None = None
        self.run_epoch: RunEpoch | None = None
        self.setAccessibleName(self.tr("Map of the embeddings"))
        self.title.show_text(self.tr("Embeddings"))
        self.subtitle = ElidedLabel(self)
        self.subtitle.setObjectName("muted")
        self.head = QHBoxLayout()
        self.head.addWidget(self.title, 1)
        self.head.addWidget(SaveButton(self))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 14, 8)
        layout.setSpacing(3)
        layout.addLayout(self.head)
        layout.addWidget(self.subtitle)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.note, 1)
        queries.embedding_map_changed.connect(self.draw)
        queries.error_changed.connect(self.draw)
        runs.run_epoch_changed.connect(self.draw)
        state.theme_changed.connect(self.set_theme)
        self.set_theme(state.theme)
        self.draw()

    def table(self) -> Table:
        """Return the places of all words at all epochs of the map."""
        assert self._drawn is not None
        return map_table(self._drawn[1])

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._queries.show_map(True)

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._queries.show_map(False)

    # ------------------------------------------------------------ drawing

    def draw(self, *_: object) -> None:
        """Show the map at the selected epoch, or why there is none."""
        run_epoch, result = self._runs.run_epoch, self._queries.embedding_map
        error = self._queries.errors.get(EmbeddingMapQuery)
        if run_epoch is not None and run_epoch.epoch is not None and result is not None and result.epochs:
            before = self._drawn[1] if self._drawn else None
            self._drawn = run_epoch, MapViewModel.of(result, run_epoch.epoch, before)
        elif error is not None or self._drawn is None or not self._drawn[0].is_of_run(run_epoch):
            self._drawn = None
        self.run_epoch = run_epoch if result is not None and self._drawn is not None else None
        shown = self._drawn[1] if self._drawn else None
        self.picture.set_shown(shown, pale=self.run_epoch is None)
        self.subtitle.show_text(self._subtitle(shown))
        if shown is not None and shown.is_finite:
            self.show_body(ready=self.run_epoch is not None)
        elif shown is not None:
            self.show_note(self.tr("The embeddings are not finite numbers."))
        else:
            self.show_note(error_text(error) if error else self._why_empty(run_epoch))

    def _subtitle(self, shown: MapViewModel | None) -> str:
        if shown is None:
            return ""
        share = f"{sum(shown.result.shares):.0%}"
        text = put(self.tr("epoch %1 · %2 of the variance"), shown.shown_epoch, share)
        if len(shown.result.words) <= MOST_LABELS:
            return text
        named = self.tr("frequent words named") if shown.result.counts else self.tr("first words named")
        return f"{text} · {named}"

    def _why_empty(self, run_epoch: RunEpoch | None) -> str:
        if run_epoch is None:
            return self.tr("Select or train a run to see its embeddings.")
        if self._runs.current and self._runs.current.error:
            return shown_text(self._runs.current.error)
        if self._queries.epoch is None:
            return self.tr("Shown from the first checkpoint on.")
        return put(self.tr("epoch %1 · being computed…"), run_epoch.epoch)
