"""Notices about engines that are starting, have failed, or do not respond."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from lstm_viz.app.client.client import ENGINE_FAILURES, engine_failure
from lstm_viz.app.client.link import EngineLink
from lstm_viz.app.client.request import Priority
from lstm_viz.app.client.silence import Silence
from lstm_viz.app.error_texts import engine_name, error_text
from lstm_viz.app.queries.details import DetailQueries
from lstm_viz.app.state import State
from lstm_viz.app.widgets.notices import Notice
from lstm_viz.errors import ErrorCode
from lstm_viz.messages import Failure, Reading

#: Failures that reading the files again does not mend.
_NOT_OF_FILES: frozenset[ErrorCode] = frozenset(
    {"exception", "query_invalid", "query_not_sent", "result_memory", "engine_memory"}
)


class EngineNotice(Notice):
    """Reports that the engine is starting, crashed, cannot be started, or failed to read the sentence."""

    def __init__(self, state: State, link: EngineLink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._link = state, link
        link.lost.connect(self._lost)
        link.failed.connect(self._failed)
        state.reading_changed.connect(self._reading_changed)
        state.error_changed.connect(self._error_changed)

    def _lost(self, how: str) -> None:
        text = self.tr(
            "The engine stopped (%1). Another is being started; your sentence is safe and comes back."
        )
        self.show_text(text.replace("%1", how) if how else self._starting)

    @property
    def _starting(self) -> str:
        return self.tr("Another engine is being started; your sentence is safe and comes back.")

    def _retry(self) -> None:
        self.show_text(self._starting)
        self._link.retry()

    def _failed(self, details: str) -> None:
        self._offer(error_text(engine_failure(Priority.TYPING, details)), self._retry)

    def _offer(self, text: str, action: Callable[[], object]) -> None:
        """Show a failure, with a button to try again where there can be another engine."""
        self.show_text(text, self.tr("Try again") if self._link.can_restart else "", action)

    def _reading_changed(self, reading: Reading) -> None:
        self.show_text("")

    def _error_changed(self, failure: Failure | None) -> None:
        if failure is None:
            return
        if failure.code in _NOT_OF_FILES:
            self.show_text(self.tr("This sentence could not be read: %1").replace("%1", error_text(failure)))
        else:
            self._offer(error_text(failure), self._link.start_over)


class DetailNotice(Notice):
    """Reports that the background engine cannot be started, and offers to retry."""

    def __init__(self, state: State, queries: DetailQueries, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queries = queries
        state.detail_error_changed.connect(self._error_changed)

    def _error_changed(self, failure: Failure | None) -> None:
        if failure is not None and failure.code in ENGINE_FAILURES:
            again = self.tr("Try again") if self._queries.can_restart else ""
            self.show_text(error_text(failure), again, self._queries.retry)
        else:
            self.show_text("")


class SilenceNotice(Notice):
    """Reports that an engine has not responded for some seconds, and later offers to start another.

    ``start_another`` ends the engine of ``priority`` and starts another.
    """

    def __init__(
        self,
        link: EngineLink,
        priority: Priority,
        start_another: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine, self._start_another = engine_name(priority.value), start_another
        self._can_restart = link.can_restart
        link.silence_changed.connect(self.show_silence)
        self.show_silence(link.silence)

    def show_silence(self, silence: Silence | None) -> None:
        """Show how long the silence has lasted; None hides the notice."""
        if silence is None:
            self.show_text("")
            return
        text = self._text(silence).replace("%1", self._engine).replace("%2", str(silence.seconds))
        offers = silence.is_long and self._can_restart
        self.show_text(text, self.tr("Start another") if offers else "", self._start_another)

    def _text(self, silence: Silence) -> str:
        if silence.during == "loading":
            return self.tr("%1 is still loading (%2 s).")
        if silence.during == "computing":
            return self.tr("%1 is still computing (%2 s).")
        return self.tr("%1 has not answered for %2 s.")
