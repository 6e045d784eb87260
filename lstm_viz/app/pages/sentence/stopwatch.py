"""Measures the latency from a keystroke to the painted reading."""

from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal

from lstm_viz.app.guard import guarded
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.messages import Failure, Reading

_PAINTED = QEvent.Type(QEvent.registerEventType())


class Stopwatch(QObject):
    """Measures the time from a change of the text until the window is painted.

    When a reading has been passed to all panels, Qt has one pending update request, which paints them all. An
    event of still lower priority is delivered right after it.

    Signals
    -------
    measured(milliseconds)
        The latency of the last keystroke.
    """

    measured = Signal(float)

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._started: float | None = None
        state.selection_changed.connect(self._selection_changed)
        state.reading_changed.connect(self._reading_changed)
        state.error_changed.connect(self._error_changed)

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.text != old.text and self._started is None:
            self._started = perf_counter()

    def _error_changed(self, failure: Failure | None) -> None:
        if failure is not None:
            self._started = None

    def _reading_changed(self, reading: Reading) -> None:
        if self._started is not None:
            QCoreApplication.postEvent(self, QEvent(_PAINTED), Qt.EventPriority.LowEventPriority.value - 1)

    @guarded
    def event(self, event: QEvent) -> bool:
        if event.type() == _PAINTED and self._started is not None:
            elapsed, self._started = perf_counter() - self._started, None
            self.measured.emit(1000 * elapsed)
            return True
        return super().event(event)
