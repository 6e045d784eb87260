"""Requests the results that follow from the Training page's view state."""

from collections.abc import Hashable
from functools import partial
from itertools import count
from typing import Any

from PySide6.QtCore import QObject, Signal

from lstm_viz.app.client.client import ENGINE_FAILURES, EngineClient
from lstm_viz.app.client.request import Priority, R, Request
from lstm_viz.app.queries.first_right import FirstRight, first_right
from lstm_viz.app.queries.first_right_search import FirstRightSearch
from lstm_viz.app.queries.history_cache import HistoryCache, Weights
from lstm_viz.app.queries.history_key import HistoryKey, LayerQuantity, history_key, place_of
from lstm_viz.app.runs.epochs import spread
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.run_epoch import RunEpoch
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.state import State
from lstm_viz.messages import (
    Confusion,
    ConfusionQuery,
    CorpusQuery,
    CorpusSummary,
    EmbeddingMap,
    EmbeddingMapQuery,
    Failure,
    GradientFlow,
    GradientFlowQuery,
    Hello,
    History,
    HistoryQuery,
    Module,
    Query,
)
from lstm_viz.runs.settings import TrainingSettings

#: The most epochs of a trail on the map of the embeddings.
_MOST_TRAIL_EPOCHS = 24


class TrainingQueries(QObject):
    """Requests results whenever the selection changes.

    They are exposed only while they are for the wanted query, so they are never those of another run, epoch
    or sentence.

    Attributes
    ----------
    corpus_summary : CorpusSummary or None
        The last result, for the settings ``summarised``.
    summarised : TrainingSettings or None
    listed : RunEpoch or None
        The epoch for which the confused sentences were requested.

    Signals
    -------
    corpus_summary_changed(corpus_summary)
        There is a new summary.
    history_changed(history), gradient_flow_changed(gradient_flow), confusions_changed(confusions)
    embedding_map_changed(embedding_map)
        None while there is no result for the selection.
    first_right_changed(first_right)
    error_changed(failure)
        A query failed, or the engine cannot be started; None: no error.
    """

    corpus_summary_changed = Signal(object)
    history_changed = Signal(object)
    gradient_flow_changed = Signal(object)
    confusions_changed = Signal(object)
    embedding_map_changed = Signal(object)
    first_right_changed = Signal(object)
    error_changed = Signal(object)

    def __init__(self, state: State, runs: Runs, client: EngineClient) -> None:
        super().__init__()
        self._state, self._runs, self._client = state, runs, client
        self.corpus_summary: CorpusSummary | None = None
        self.summarised: TrainingSettings | None = None
        self.listed: RunEpoch | None = None
        self._requests: dict[type[Query[Any]], Request[Any]] = {}
        self._lists = count()
        self._cache, self._room = HistoryCache(), 8
        self._is_map_shown = False
        self._search = FirstRightSearch(client, self._update)
        self._known_modules: tuple[str, int, tuple[Module, ...]] = ("", 0, ())
        self._grown_to: object = None
        self._emitted: dict[str, object] = {}
        state.selection_changed.connect(self._selection_changed)
        state.training_changed.connect(self._training_changed)
        runs.run_epoch_changed.connect(self._run_epoch_changed)
        runs.grown.connect(self._grown)
        client.ready.connect(self._engine_ready)
        self._request()

    def retry(self) -> None:
        """Start another engine, which reads all files again, and repeat the failed queries."""
        self._client.start_over(Priority.TRAINING)
        self._emit_changes()

    # ------------------------------------------------------------ requests

    def query_corpus(self, settings: TrainingSettings) -> None:
        """Request the summary of these settings' corpus; `corpus_summary_changed` is emitted with it."""
        self._requests[CorpusQuery] = self._client.request(
            CorpusQuery(settings),
            key="corpus",
            priority=Priority.TRAINING,
            result=partial(self._take_corpus_summary, settings),
            failed=self._failed,
        )
        self._emit_changes()

    def list_confused(self, gold: str, tag: str) -> None:
        """Request the sentences in which ``gold`` was tagged ``tag`` at the selected epoch.

        ``gold`` "" stands for all true tags that are not in the tagset. The list stays that of this epoch.
        """
        run_epoch = self._runs.run_epoch
        if run_epoch is not None and self.epoch is not None:
            self.listed = run_epoch
            self._requests[ConfusionQuery] = self._client.request(
                ConfusionQuery(run_epoch.model, self.epoch, gold, tag),
                key="confusion",
                priority=Priority.TRAINING,
                version=next(self._lists),
                result=self._taken,
                failed=self._failed,
            )
            self._emit_changes()

    def show_pictures(self, room: int) -> None:
        """Set how many pictures fit."""
        if room != self._room:
            self._room = room
            self._update()

    def show_map(self, is_shown: bool) -> None:
        """Set whether the map of the embeddings is shown; it is requested only then."""
        self._is_map_shown = is_shown
        self._update()

    # ------------------------------------------------------------ properties

    @property
    def history(self) -> History | None:
        """The history of the tracked sentence, as far as it has arrived."""
        return self._cache.history

    @property
    def gradient_flow(self) -> GradientFlow | None:
        """The gradient flow at the selected epoch."""
        return self._answer(GradientFlowQuery)

    @property
    def embedding_map(self) -> EmbeddingMap | None:
        """The map of the embeddings of the current run, with the selected epoch."""
        return self._answer(EmbeddingMapQuery)

    @property
    def confusions(self) -> Confusion | None:
        """The requested confused sentences of the selected run."""
        return self._answer(ConfusionQuery)

    def _answer(self, kind: type[Query[R]]) -> R | None:
        request = self._requests.get(kind)
        return request.answer if request else None

    @property
    def errors(self) -> dict[type[Query[Any]], Failure]:
        """The failures of wanted queries by the type of the query; not those of the engine itself."""
        failures = ((kind, request.failure) for kind, request in self._requests.items())
        return {kind: f for kind, f in failures if f is not None and f.code not in ENGINE_FAILURES}

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """The epochs of the current run that have a checkpoint."""
        return self._runs.current.checkpoints if self._runs.current else ()

    @property
    def epoch(self) -> int | None:
        """The epoch of the selected checkpoint; None if there is none."""
        epoch = self._runs.run_epoch.epoch if self._runs.run_epoch else None
        return epoch if epoch in self.checkpoints else None

    @property
    def first_right(self) -> FirstRight | None:
        """The first checkpoint at which the tracked sentence is wholly right; None without its true tags."""
        history = self.history
        if history is None or not history.is_gold or not any(history.gold):
            return None
        return first_right(self.checkpoints, self._cache.tags, history.gold)

    @property
    def is_searching(self) -> bool:
        """Whether checkpoints are still being read to find the first that is right."""
        found = self.first_right
        return found is not None and not self._cache.unreadable.issuperset(found.unread)

    @property
    def is_history_complete(self) -> bool:
        """Whether all pictures are there, and the first checkpoint that is right is known."""
        return self.history is not None and not self._cache.missing(self.shown) and not self.is_searching

    @property
    def shown(self) -> tuple[int, ...]:
        """The epochs whose pictures are shown."""
        found = self.first_right
        marked = None if found is None or found.unread else found.epoch
        return spread(self.checkpoints, self._room, self.epoch, marked)

    @property
    def place(self) -> LayerQuantity | None:
        """The quantity, layer and direction of the history; None without a run."""
        data = self._runs.current
        return place_of(data, self._state.training, self._modules) if data else None

    @property
    def error(self) -> Failure | None:
        """The current failure, if any; that the engine cannot be started comes first."""
        return self._engine_failure or next(iter(self.errors.values()), None)

    @property
    def _engine_failure(self) -> Failure | None:
        failures = (request.failure for request in self._requests.values())
        return next((f for f in failures if f is not None and f.code in ENGINE_FAILURES), None)

    @property
    def _modules(self) -> tuple[Module, ...]:
        """The modules of the current run's model as reported by the engine."""
        data, (uri, generation, modules) = self._runs.current, self._known_modules
        return modules if data and (uri, generation) == (data.uri, data.generation) else ()

    # ------------------------------------------------------------ wanted queries

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if (new.text, new.tokenized_texts) != (old.text, old.tokenized_texts):
            self._update()

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        wanted = (new.shown, new.tracked_sentence, new.tracked_tokens, new.quantity, new.layer, new.direction)
        if wanted != (
            old.shown,
            old.tracked_sentence,
            old.tracked_tokens,
            old.quantity,
            old.layer,
            old.direction,
        ):
            self._update()

    def _run_epoch_changed(self, run_epoch: RunEpoch | None) -> None:
        if self.listed is not None and not self.listed.is_of_run(run_epoch):
            self.listed = None
            self._withdraw(ConfusionQuery, "confusion")
        self._update()

    def _grown(self, data: RunData) -> None:
        """Update the queries once per epoch, not with every step."""
        grown = (data.path, data.generation, len(data.epochs), data.run is None)
        if data is self._runs.current and grown != self._grown_to:
            self._grown_to = grown
            self._update()

    def _update(self) -> None:
        self._request()
        self._emit_changes()

    def _request(self) -> None:
        """Request the missing pictures and the gradient flow at the selected epoch.

        While the page is not shown, results that are no longer wanted are dropped, and none is requested.
        """
        data = self._runs.current
        key = history_key(data, self._state.training, self._state.selection, self._modules)
        if key != self._cache.key:
            self._cache = HistoryCache(key)
            self._search.start_over()
        weights = {e: data.by_epoch[e].sha256 for e in data.checkpoints} if data else {}
        self._cache.keep_to(weights)
        generation = data.generation if data else 0
        self._request_history(key, weights)
        self._request_gradient_flow(key, (generation, weights.get(self.epoch or 0)))
        self._request_map(data, weights)
        self._request_first_right(key, weights)

    def _request_history(self, key: HistoryKey | None, weights: Weights) -> None:
        """Request all missing pictures at once, since a newer request replaces it; a pending one stays."""
        missing = self._cache.missing(self.shown)
        if key is None or not missing:
            self._withdraw(HistoryQuery, "history")
            return
        if self._cache.is_pending(missing):
            return
        query = _history_query(key, missing)
        version = key, tuple(weights.get(epoch) for epoch in missing)
        self._withdraw_other(HistoryQuery, "history", query, version)
        if self._state.training.shown:
            self._cache.requested(missing)
            self._requests[HistoryQuery] = self._client.request(
                query,
                key="history",
                priority=Priority.TRAINING,
                version=version,
                result=partial(self._take_history, self._cache, dict(weights)),
                failed=self._failed,
            )

    def _request_first_right(self, key: HistoryKey | None, weights: Weights) -> None:
        """Look for the first checkpoint that is right, once all pictures are there."""
        found, is_shown = self.first_right, self._state.training.shown
        if key is not None and found is not None and is_shown and not self._cache.missing(self.shown):
            self._search.request(found, self._cache, weights, partial(_history_query, key))

    def _request_gradient_flow(self, key: HistoryKey | None, version: Hashable) -> None:
        if key is None or self.epoch is None:
            self._withdraw(GradientFlowQuery, "gradient_flow")
            return
        query = _gradient_flow_query(key, self.epoch)
        self._withdraw_other(GradientFlowQuery, "gradient_flow", query, version)
        if self._state.training.shown:
            self._requests[GradientFlowQuery] = self._client.request(
                query,
                key="gradient_flow",
                priority=Priority.TRAINING,
                version=version,
                result=self._taken,
                failed=self._failed,
            )

    def _request_map(self, data: RunData | None, weights: Weights) -> None:
        epochs = spread(self.checkpoints, _MOST_TRAIL_EPOCHS, self.epoch)
        if data is None or not epochs:
            self._withdraw(EmbeddingMapQuery, "embedding_map")
            return
        query = EmbeddingMapQuery(data.uri, epochs)
        version = data.generation, tuple(weights.get(epoch) for epoch in epochs)
        self._withdraw_other(EmbeddingMapQuery, "embedding_map", query, version)
        if self._state.training.shown and self._is_map_shown:
            self._requests[EmbeddingMapQuery] = self._client.request(
                query,
                key="embedding_map",
                priority=Priority.TRAINING,
                version=version,
                result=self._taken,
                failed=self._failed,
            )

    def _withdraw(self, kind: type[Query[Any]], key: str) -> None:
        self._client.withdraw(key)
        self._requests.pop(kind, None)
        if kind is HistoryQuery:
            self._cache.forget()

    def _withdraw_other(self, kind: type[Query[Any]], key: str, query: Query[Any], version: Hashable) -> None:
        """Withdraw the request unless it is for this version of the result of this query."""
        request = self._requests.get(kind)
        if request is not None and not request.is_for(query, version):
            self._withdraw(kind, key)

    def _emit_changes(self) -> None:
        """Emit the signal of each result, possibly None, that has changed since it was last emitted."""
        signals = {
            "history": self.history_changed,
            "first_right": self.first_right_changed,
            "gradient_flow": self.gradient_flow_changed,
            "confusions": self.confusions_changed,
            "embedding_map": self.embedding_map_changed,
        }
        for name, signal in signals.items():
            result, before = getattr(self, name), self._emitted.get(name)
            if result is not before and (name != "first_right" or result != before):
                self._emitted[name] = result
                signal.emit(result)
        failures = (self._engine_failure, *self.errors.values())
        if failures != self._emitted.get("error", (None,)):
            self._emitted["error"] = failures
            self.error_changed.emit(self.error)

    # ------------------------------------------------------------ results

    def _engine_ready(self, priority: Priority, hello: Hello) -> None:
        """Request what the previous engine left out."""
        if priority is Priority.TRAINING:
            self._cache.forget()
            self._cache.unreadable.clear()
            self._search.start_over()
            self._update()

    def _take_corpus_summary(self, settings: TrainingSettings, summary: CorpusSummary) -> None:
        self.corpus_summary, self.summarised = summary, settings
        self.corpus_summary_changed.emit(summary)
        self._emit_changes()

    def _take_history(self, cache: HistoryCache, weights: Weights, history: History) -> None:
        if cache is self._cache and cache.key is not None:
            cache.take(history, weights, self.shown)
            self._known_modules = (history.model, cache.key.generation, history.modules)
            self._update()  # the reported modules may change the quantity, layer or direction

    def _taken(self, result: object) -> None:
        self._emit_changes()

    def _failed(self, failure: Failure) -> None:
        self._emit_changes()


def _history_query(key: HistoryKey, epochs: tuple[int, ...]) -> HistoryQuery:
    place = key.place
    return HistoryQuery(
        model=key.model,
        epochs=epochs,
        text=key.tokenized.text,
        quantity=place.quantity,
        layer=place.layer,
        direction=place.direction,
        tokenized_texts=(key.tokenized,),
    )


def _gradient_flow_query(key: HistoryKey, epoch: int) -> GradientFlowQuery:
    place, tokenized = key.place, key.tokenized
    return GradientFlowQuery(
        key.model, epoch, tokenized.text, place.layer, place.direction, tokenized_texts=(tokenized,)
    )
