"""Requests the slow results of the Sentence page, from an engine that does not serve keystrokes."""

from collections.abc import Hashable
from functools import partial

from PySide6.QtCore import QObject

from lstm_viz.app.client.client import EngineClient
from lstm_viz.app.client.request import Priority, Request
from lstm_viz.app.queries.of_state import ablation_query, attribution_query, comparison_query, weights
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import Answered, State
from lstm_viz.messages import (
    Ablation,
    AblationQuery,
    Attribution,
    AttributionQuery,
    Failure,
    Reading,
    ReadQuery,
)
from lstm_viz.uris import run_path

_WATCHED_FIELDS = ("panel", "tag", "target", "step", "character", "compared_with")


class DetailQueries(QObject):
    """Requests the attribution to the words, the ablation of the units, and the reading to compare with.

    The queries are about the current reading, and wait for it. Nothing is requested for panels that are not
    shown, and their results are dropped.
    """

    def __init__(self, state: State, runs: Runs, client: EngineClient) -> None:
        super().__init__()
        self._state, self._runs, self._client = state, runs, client
        self._ablation: Request[Ablation] | None = None
        state.reading_changed.connect(self._update)
        state.selection_changed.connect(self._selection_changed)
        state.error_changed.connect(self._update)
        runs.grown.connect(self._grown)
        state.ablation_cancelled.connect(self._cancel_ablation)
        state.ablation_repeated.connect(self._repeat_ablation)

    @property
    def can_restart(self) -> bool:
        """Whether another engine can be started."""
        return self._client.link(Priority.DETAIL).can_restart

    def retry(self) -> None:
        """Start another engine and repeat the requests that have no result."""
        self._state.take_detail_error(None)
        self._client.start_over(Priority.DETAIL)

    # ------------------------------------------------------------ requests

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if any(getattr(new, name) != getattr(old, name) for name in _WATCHED_FIELDS):
            self._update()

    def _grown(self, data: RunData) -> None:
        if data is self._runs.current and self._state.selection.compared_with is not None:
            self._update()

    def _update(self, *_: object) -> None:
        """Drop the results that are no longer wanted, and request those that are wanted.

        While a reading is pending, nothing is requested about the current one.
        """
        state = self._state
        attribution, ablation = attribution_query(state), ablation_query(state)
        other = comparison_query(state.selection)
        is_pending = state.reading is not None and not state.is_up_to_date
        if attribution is None:
            self._drop("attribution")
        elif not is_pending:
            self._request_attribution(attribution)
        if ablation is None:
            self._drop("ablation")
        elif not is_pending:
            self._request_ablation(ablation)
        if other is None:
            self._drop("other")
        elif not is_pending:
            self._request_other(other)

    def _drop(self, kind: Answered) -> None:
        self._client.withdraw(kind)
        match kind:
            case "attribution":
                self._state.take_attribution(None)
            case "ablation":
                self._state.take_ablation(None)
            case "other":
                self._state.take_other(None)
        self._state.take_detail_error(None, (kind,))

    def _request_attribution(self, query: AttributionQuery) -> None:
        self._client.request(
            query,
            key="attribution",
            priority=Priority.DETAIL,
            result=self._take_attribution,
            failed=partial(self._take_failure, "attribution"),
        )

    def _request_ablation(self, query: AblationQuery) -> None:
        """Request the ablation, once nothing was typed for a while."""
        self._ablation = self._client.request(
            query,
            key="ablation",
            priority=Priority.BACKGROUND,
            result=self._take_ablation,
            failed=partial(self._take_failure, "ablation"),
        )

    def _request_other(self, query: ReadQuery) -> None:
        self._client.request(
            query,
            key="other",
            priority=Priority.DETAIL,
            version=self._version(query),
            result=partial(self._take_other, query),
            failed=partial(self._take_failure, "other"),
        )

    def _cancel_ablation(self) -> None:
        if self._ablation is not None:
            self._ablation.cancel()

    def _repeat_ablation(self) -> None:
        if self._ablation is not None:
            self._client.repeat(self._ablation)

    def _version(self, read: ReadQuery) -> Hashable:
        """Return a key of the run's weights, which changes with them if the newest ones are read."""
        run = self._runs.current
        if run is None or run.path != run_path(read.model):
            return None
        return weights(run) if read.epoch is None else run.generation

    # ------------------------------------------------------------ results

    def _take_attribution(self, attribution: Attribution) -> None:
        self._state.take_detail_error(None, ("attribution",))
        self._state.take_attribution(attribution)

    def _take_ablation(self, ablation: Ablation) -> None:
        self._state.take_detail_error(None, ("ablation",))
        self._state.take_ablation(ablation)

    def _take_other(self, query: ReadQuery, reading: Reading) -> None:
        self._state.take_detail_error(None, ("other",))
        self._state.take_other(reading, query)

    def _take_failure(self, kind: Answered, failure: Failure) -> None:
        self._state.take_detail_error(failure, (kind,))
