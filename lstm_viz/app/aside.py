"""Slow queries of the Sentence page, sent to a second engine so that they never delay a keystroke.

The second engine is started with the first such query.
"""

from collections.abc import Callable, Hashable
from types import MappingProxyType

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from lstm_viz.app.asking import query, weights
from lstm_viz.app.link import EngineLink
from lstm_viz.app.run_data import RunData
from lstm_viz.app.runs import Runs
from lstm_viz.app.state import Answered, Selection, State
from lstm_viz.app.wish import Wish
from lstm_viz.messages import (
    Ablation,
    AblationQuery,
    Attribution,
    AttributionQuery,
    Failure,
    Hello,
    Query,
    Reading,
    ReadQuery,
    Result,
)
from lstm_viz.uris import run_path

#: Changes within this time lead to one query.
_PAUSE_MS = 30
#: The ablation starts so long after the last reading, so that nothing is ablated while the user types.
_REST_MS = 150
_WATCHED_FIELDS = ("panel", "tag", "target", "step", "character", "beside")
_RESULT_NAMES: MappingProxyType[type[Query], Answered] = MappingProxyType(
    {AttributionQuery: "attribution", ReadQuery: "other", AblationQuery: "ablation"}
)


class Aside(QObject):
    """Requests the attribution to the words, the ablation of the units, and the reading to compare with.

    The queries are about the current reading, and wait for it. Results of any but the newest query are
    dropped, and nothing is requested for panels that are not shown.

    Signals
    -------
    silence_changed(silence)
        See `EngineLink.silence`, for the second engine.
    """

    silence_changed = Signal(object)

    def __init__(self, state: State, runs: Runs, make_link: Callable[[], EngineLink]) -> None:
        super().__init__()
        self._state, self._runs, self._make_link = state, runs, make_link
        self._link: EngineLink | None = None
        self._failure: Failure | None = None
        self._wishes: dict[type[Query], Wish] = {
            kind: Wish() for kind in (AttributionQuery, AblationQuery, ReadQuery)
        }
        self._is_ablating = False
        self._pause, self._rest = self._timer(_PAUSE_MS), self._timer(_REST_MS)
        state.reading_changed.connect(self._reading_changed)
        state.selection_changed.connect(self._selection_changed)
        state.error_changed.connect(self._ask_soon)
        runs.grown.connect(self._grown)
        state.ablation_cancelled.connect(self._end_ablation)
        state.ablation_repeated.connect(self._repeat_ablation)

    def retry(self) -> None:
        """Start another engine and repeat the queries that had no result."""
        self._failure = None
        self._state.take_aside_error(None)
        if self._link is not None:
            for wish in self._wishes.values():
                wish.repeat()
            self._link.start_over()

    def close(self) -> None:
        """End the engine."""
        self._pause.stop()
        self._rest.stop()
        if self._link is not None:
            self._link.close()
            self._link.deleteLater()
            self._link = None

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self._ask)
        return timer

    # ------------------------------------------------------------ queries

    def _reading_changed(self, reading: Reading) -> None:
        if self._state.selection.panel == "units":
            self._end_ablation()
            self._rest.start()
        self._ask_soon()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if any(getattr(new, name) != getattr(old, name) for name in _WATCHED_FIELDS):
            self._ask_soon()

    def _ask_soon(self, *_: object) -> None:
        if not self._pause.isActive():
            self._pause.start()

    def _grown(self, data: RunData) -> None:
        if data is self._runs.current and self._state.selection.beside is not None:
            self._ask_soon()

    def _ask(self) -> None:
        """Drop the results that are no longer wanted, and send the queries that are due."""
        wanted: dict[type[Query], Query | None] = {
            AttributionQuery: self._attribution_query(),
            ReadQuery: self._comparison_query(),
            AblationQuery: self._ablation_query(),
        }
        self._drop_unwanted(wanted)
        for kind, one in wanted.items():
            if one is None or self._is_time_for(kind):
                self._want(kind, one)

    def _is_time_for(self, kind: type[Query]) -> bool:
        """Return whether to send a query now: it must be about the current reading, not a pending one."""
        if self._state.reading is not None and not self._state.is_up_to_date:
            return False
        return kind is not AblationQuery or not self._rest.isActive()

    def _want(self, kind: type[Query], wanted: Query | None) -> None:
        if wanted is not None and self._link is None:
            self._start()
        wish = self._wishes[kind]
        number = wish.number
        wish.want(wanted, self._newest(wanted) if isinstance(wanted, ReadQuery) else None)
        if self._link is not None and self._link.hello is not None:
            wish.ask(self._link)
        if kind is AblationQuery and wish.number != number:
            self._is_ablating = wanted is not None
        elif wanted is not None and wish.number != number and self._is_ablating:
            self._postpone_ablation()

    def _postpone_ablation(self) -> None:
        """Cancel the ablation in favour of a faster query, and repeat it afterwards."""
        self._end_ablation()
        self._wishes[AblationQuery].repeat()
        self._rest.start()

    def _start(self) -> None:
        self._link = self._make_link()
        self._link.answered.connect(self._take)
        self._link.failed.connect(self._failed)
        self._link.silence_changed.connect(self.silence_changed)
        self._link.start()

    def _drop_unwanted(self, wanted: dict[type[Query], Query | None]) -> None:
        """Drop the results of queries that are no longer wanted, and cancel an ablation among them.

        An engine that could not be started is an error for every query that is wanted.
        """
        if wanted[AttributionQuery] is None:
            self._state.take_attribution(None)
        if wanted[ReadQuery] is None:
            self._state.take_other(None)
        if wanted[AblationQuery] is None:
            self._state.take_ablation(None)
            self._end_ablation()
        unwanted = tuple(_RESULT_NAMES[kind] for kind, one in wanted.items() if one is None)
        self._state.take_aside_error(None, unwanted)
        if self._failure is not None:
            requested = tuple(_RESULT_NAMES[kind] for kind, one in wanted.items() if one is not None)
            self._state.take_aside_error(self._failure, requested)

    def _end_ablation(self) -> None:
        """Cancel the running ablation, if any; it is not repeated by itself."""
        if self._link is not None and self._is_ablating:
            self._link.ask(AblationQuery(next(self._link.numbers), None))
        self._is_ablating = False

    def _repeat_ablation(self) -> None:
        self._wishes[AblationQuery].repeat()
        self._ask()

    def _current_query(self) -> ReadQuery | None:
        """Return the query of the current reading at the selected word; None without a reading.

        There is none either if the first engine failed to read the selection.
        """
        reading, selection = self._state.reading, self._state.selection
        if reading is None or not reading.words or self._state.error is not None:
            return None
        current = query(selection, reading.number)
        return replace(
            current, epoch=reading.epoch, caret=None, unit=None, decomposition=False
        )  # the epoch that was read, not the newest

    def _attribution_query(self) -> AttributionQuery | None:
        selection = self._state.selection
        place = self._current_query() if selection.panel == "words" else None
        return AttributionQuery(0, place, selection.tag, selection.target) if place else None

    def _ablation_query(self) -> AblationQuery | None:
        selection = self._state.selection
        place = self._current_query() if selection.panel == "units" else None
        return AblationQuery(0, place, selection.tag, selection.target) if place else None

    def _comparison_query(self) -> ReadQuery | None:
        return beside_question(self._state.selection)

    def _newest(self, read: ReadQuery) -> Hashable:
        """Return a key of the run's weights, which changes with them if the newest ones are read."""
        run = self._runs.current
        if run is None or run.path != run_path(read.model):
            return None
        return weights(run) if read.epoch is None else run.generation

    # ------------------------------------------------------------ results

    def _take(self, result: Result) -> None:
        match result:
            case Hello():
                self._failure = None
                for wish in self._wishes.values():
                    wish.forget()
                if self._is_ablating:
                    self._wishes[AblationQuery].repeat()
                self._ask()
            case Attribution() if self._wishes[AttributionQuery].is_answered_by(
                result.number, whole=result.done
            ):
                self._state.take_aside_error(None, ("attribution",))
                self._state.take_attribution(result)
            case Ablation() if self._wishes[AblationQuery].is_answered_by(result.number):
                self._is_ablating = self._is_ablating and result.done < result.total
                self._state.take_aside_error(None, ("ablation",))
                self._state.take_ablation(result)
            case Reading() if self._wishes[ReadQuery].is_answered_by(result.number):
                self._state.take_aside_error(None, ("other",))
                read = self._wishes[ReadQuery].query
                self._state.take_other(result, read if isinstance(read, ReadQuery) else None)
            case Failure():
                about = (k for k, wish in self._wishes.items() if wish.is_answered_by(result.number))
                self._state.take_aside_error(result, tuple(_RESULT_NAMES[kind] for kind in about))

    def _failed(self, details: str) -> None:
        last = details.strip().rsplit("\n", 1)[-1]
        sentence = self.tr("The second engine stopped several times in a row and printed nothing.")
        if last:
            sentence = self.tr("The second engine cannot be started: %1").replace("%1", last)
        self._failure = Failure(0, "failed", sentence, details)
        self._ask()


def beside_question(selection: Selection) -> ReadQuery | None:
    """Return the query for the reading to compare with: another sentence or model, the same layer."""
    beside = selection.beside
    if beside is None:
        return None
    return replace(
        query(selection, 0),
        model=beside.model,
        epoch=beside.epoch,
        text=beside.text,
        caret=None,
        unit=None,
        edits=(),
        decomposition=False,
        step=0,
    )
