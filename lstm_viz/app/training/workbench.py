"""Sends the queries that follow from the Training page's view state to an engine of its own.

It is not the engine of the Sentence page, so that slow queries never delay a keystroke.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.link import EngineLink
from lstm_viz.app.moment import Moment
from lstm_viz.app.run_data import RunData
from lstm_viz.app.runs import Runs
from lstm_viz.app.state import Selection, State, TrainingView
from lstm_viz.app.training.epochs import spread
from lstm_viz.app.training.history_cache import HistoryCache
from lstm_viz.app.training.history_subject import HistorySubject, LayerQuantity, place_of, subject_of
from lstm_viz.app.wish import Wish
from lstm_viz.messages import (
    Confusion,
    ConfusionQuery,
    CorpusQuery,
    CorpusSummary,
    Failure,
    GradientFlow,
    GradientFlowQuery,
    Hello,
    History,
    HistoryQuery,
    Module,
    Query,
    Result,
)
from lstm_viz.runs.settings import TrainingSettings

#: Changes within this time lead to one query.
_PAUSE_MS = 30


class Workbench(QObject):
    """Queries the engine whenever the selection changes; of each kind only the newest query counts.

    The wanted queries follow from the selection at once, only sending them is delayed. Results are exposed
    only while they are for the wanted query, so they are never those of another run, epoch or sentence.

    Attributes
    ----------
    corpus_summary : CorpusSummary or None
        The last result, for whichever settings.
    listed : Moment or None
        The moment for which the confused sentences were requested.

    Signals
    -------
    corpus_summary_changed(corpus_summary)
        There is a new summary.
    history_changed(history), gradient_flow_changed(gradient_flow), confusions_changed(confusions)
        None while there is no result for the selection.
    silence_changed(silence)
        See `EngineLink.silence`, for this engine.
    error_changed(failure)
        A query failed, or the engine cannot be started; None: no error.
    """

    corpus_summary_changed = Signal(object)
    history_changed = Signal(object)
    gradient_flow_changed = Signal(object)
    confusions_changed = Signal(object)
    silence_changed = Signal(object)
    error_changed = Signal(object)

    def __init__(self, state: State, runs: Runs, make_link: Callable[[], EngineLink] = EngineLink) -> None:
        super().__init__()
        self._state, self._runs, self._make_link = state, runs, make_link
        self._link: EngineLink | None = None
        self.corpus_summary: CorpusSummary | None = None
        self.listed: Moment | None = None
        self._failure: Failure | None = None
        self._wishes: dict[type[Query], Wish] = {
            kind: Wish() for kind in (CorpusQuery, HistoryQuery, GradientFlowQuery, ConfusionQuery)
        }
        self._cache, self._room = HistoryCache(), 8
        self._known_modules: tuple[str, int, tuple[Module, ...]] = ("", 0, ())
        self._grown_to: object = None
        self._emitted: dict[str, object] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        state.selection_changed.connect(self._selection_changed)
        state.training_changed.connect(self._training_changed)
        runs.moment_changed.connect(self._moment_changed)
        runs.grown.connect(self._grown)
        self._want()

    # ------------------------------------------------------------ the engine

    def open(self) -> None:
        """Start the engine, if it is not started yet."""
        if self._link is None:
            self._link = self._make_link()
            self._link.answered.connect(self._take)
            self._link.failed.connect(self._failed)
            self._link.silence_changed.connect(self.silence_changed)
            self._link.start()
            self._ask_soon()

    def retry(self) -> None:
        """Start another engine, which reads all files again, and repeat the failed queries."""
        if self._link is not None:
            for kind in self.errors:
                self._wishes[kind].repeat()
            self._emit_changes()
            self._link.start_over()

    def close(self) -> None:
        """End the engine."""
        self._pause.stop()
        if self._link is not None:
            self._link.close()
            self._link.deleteLater()
            self._link = None

    # ------------------------------------------------------------ requests

    def query_corpus(self, settings: TrainingSettings) -> None:
        """Request the summary of these settings' corpus; `corpus_summary_changed` is emitted with it."""
        self._wishes[CorpusQuery].want(CorpusQuery(0, settings))
        self._emit_changes()
        self._ask_soon()

    def list_confused(self, gold: str, tag: str) -> None:
        """Request the sentences in which ``gold`` was tagged ``tag`` at the selected moment.

        ``gold`` "" stands for all true tags that are not in the tagset. The list stays that of this moment.
        """
        moment, wish = self._runs.moment, self._wishes[ConfusionQuery]
        if moment is not None and self.epoch is not None:
            self.listed = moment
            wish.want(ConfusionQuery(0, moment.run, self.epoch, gold, tag), moment)
            wish.repeat()
            self._emit_changes()
            self._ask_soon()

    def show_pictures(self, room: int) -> None:
        """Set how many pictures fit."""
        if room != self._room:
            self._room = room
            self._update()

    # ------------------------------------------------------------ properties

    @property
    def history(self) -> History | None:
        """The history of the tracked sentence, as far as it has arrived."""
        return self._cache.history

    @property
    def gradient_flow(self) -> GradientFlow | None:
        """The gradient flow at the selected moment."""
        result = self._wishes[GradientFlowQuery].answer
        return result if isinstance(result, GradientFlow) else None

    @property
    def confusions(self) -> Confusion | None:
        """The requested confused sentences of the selected run."""
        result = self._wishes[ConfusionQuery].answer
        return result if isinstance(result, Confusion) else None

    @property
    def errors(self) -> dict[type[Query], Failure]:
        """The failures of wanted queries by the type of the query."""
        answers = ((kind, wish.answer) for kind, wish in self._wishes.items())
        return {kind: result for kind, result in answers if isinstance(result, Failure)}

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """The epochs of the current run that have a checkpoint."""
        return self._runs.current.checkpoints if self._runs.current else ()

    @property
    def epoch(self) -> int | None:
        """The epoch of the selected checkpoint; None if there is none."""
        epoch = self._runs.moment.epoch if self._runs.moment else None
        return epoch if epoch in self.checkpoints else None

    @property
    def shown(self) -> tuple[int, ...]:
        """The epochs whose pictures are shown."""
        return spread(self.checkpoints, self._room, self.epoch)

    @property
    def place(self) -> LayerQuantity | None:
        """The quantity, layer and direction of the history; None without a run."""
        data = self._runs.current
        return place_of(data, self._state.training, self._modules) if data else None

    @property
    def error(self) -> Failure | None:
        """The current failure, if any; that the engine cannot be started comes first."""
        return self._failure or next(iter(self.errors.values()), None)

    @property
    def _modules(self) -> tuple[Module, ...]:
        """The modules of the current run's model as reported by the engine."""
        data, (run, generation, modules) = self._runs.current, self._known_modules
        return modules if data and (run, generation) == (str(data.path), data.generation) else ()

    # ------------------------------------------------------------ wanted queries

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if (new.text, new.cuts) != (old.text, old.cuts):
            self._update()

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        wanted = (new.shown, new.probe, new.tracked_cut, new.quantity, new.layer, new.direction)
        if wanted != (old.shown, old.probe, old.tracked_cut, old.quantity, old.layer, old.direction):
            self._update()

    def _moment_changed(self, moment: Moment | None) -> None:
        if self.listed is not None and not self.listed.is_of_run(moment):
            self.listed = None
            self._wishes[ConfusionQuery].want(None)
        self._update()

    def _grown(self, data: RunData) -> None:
        """Update the queries once per epoch, not with every step."""
        grown = (data.path, data.generation, len(data.epochs), data.run is None)
        if data is self._runs.current and grown != self._grown_to:
            self._grown_to = grown
            self._update()

    def _update(self) -> None:
        self._want()
        self._emit_changes()
        self._ask_soon()

    def _want(self) -> None:
        """Set the queries for the missing pictures and for the gradient flow at the selected moment."""
        data = self._runs.current
        subject = subject_of(data, self._state.training, self._state.selection, self._modules)
        if subject != self._cache.subject:
            self._cache = HistoryCache(subject)
        weights = {e: data.by_epoch[e].sha256 for e in data.checkpoints} if data else {}
        self._cache.keep_to(weights)
        query = self._history_query(subject)
        epochs = query.epochs if isinstance(query, HistoryQuery) else ()
        generation = data.generation if data else 0
        self._wishes[HistoryQuery].want(query, (generation, tuple(weights.get(e) for e in epochs)))
        self._wishes[GradientFlowQuery].want(
            self._gradient_flow_query(subject), (generation, weights.get(self.epoch or 0))
        )

    def _history_query(self, subject: HistorySubject | None) -> Query | None:
        """Return one query for all missing pictures, since a newer one replaces it; a pending one stays."""
        missing = self._cache.missing(self.shown)
        if subject is None or not missing:
            return None
        if self._cache.is_pending(missing):
            return self._wishes[HistoryQuery].query
        place = subject.place
        return HistoryQuery(
            number=0,
            run=subject.run,
            epochs=missing,
            text=subject.cut.text,
            quantity=place.quantity,
            layer=place.layer,
            direction=place.direction,
            cuts=(subject.cut,),
        )

    def _gradient_flow_query(self, subject: HistorySubject | None) -> GradientFlowQuery | None:
        if subject is None or self.epoch is None:
            return None
        place, cut = subject.place, subject.cut
        return GradientFlowQuery(
            0, subject.run, self.epoch, cut.text, place.layer, place.direction, cuts=(cut,)
        )

    def _emit_changes(self) -> None:
        """Emit the signal of each result, possibly None, that has changed since it was last emitted."""
        signals = {
            "history": self.history_changed,
            "gradient_flow": self.gradient_flow_changed,
            "confusions": self.confusions_changed,
        }
        for name, signal in signals.items():
            result = getattr(self, name)
            if result is not self._emitted.get(name):
                self._emitted[name] = result
                signal.emit(result)
        wrong = (self._failure, *self.errors.values())
        if wrong != self._emitted.get("error", (None,)):
            self._emitted["error"] = wrong
            self.error_changed.emit(self.error)

    # ------------------------------------------------------------ sending

    def _ask_soon(self) -> None:
        if self._link is not None and not self._pause.isActive():
            self._pause.start()

    def _ask(self) -> None:
        if self._link is None or self._link.hello is None:
            return
        for kind in (
            (CorpusQuery, HistoryQuery, GradientFlowQuery, ConfusionQuery)
            if self._state.training.shown
            else (CorpusQuery, ConfusionQuery)
        ):
            self._wishes[kind].ask(self._link)
        wish = self._wishes[HistoryQuery]
        if self._state.training.shown and isinstance(wish.query, HistoryQuery):
            self._cache.requested(wish.number, wish.query.epochs)

    # ------------------------------------------------------------ results

    def _take(self, result: Result) -> None:
        match result:
            case Hello():
                self._engine_ready()
            case CorpusSummary() if self._wishes[CorpusQuery].take(result):
                self.corpus_summary = result
                self.corpus_summary_changed.emit(result)
                self._emit_changes()
            case History():
                self._take_history(result)
            case GradientFlow() if self._wishes[GradientFlowQuery].take(result):
                self._emit_changes()
            case Confusion() if self._wishes[ConfusionQuery].take(result):
                self._emit_changes()
            case Failure() if any(wish.take(result) for wish in self._wishes.values()):
                self._emit_changes()

    def _engine_ready(self) -> None:
        for wish in self._wishes.values():
            wish.forget()
        self._cache.forget()
        self._failure = None
        self._want()
        self._emit_changes()
        self._ask()

    def _take_history(self, result: History) -> None:
        if self._cache.take(result, self.shown) and self._cache.subject is not None:
            self._wishes[HistoryQuery].is_answered_by(result.number)
            self._known_modules = (result.run, self._cache.subject.generation, result.modules)
            self._update()  # the reported modules may change the quantity, layer or direction

    def _failed(self, details: str) -> None:
        last = details.strip().rsplit("\n", 1)[-1]
        sentence = self.tr("The engine of this page stopped several times in a row and printed nothing.")
        if last:
            sentence = self.tr("The engine of this page cannot be started: %1").replace("%1", last)
        self._failure = Failure(0, "failed", sentence, details)
        self._emit_changes()
