"""From a keystroke to the last pixel that it changed."""

from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal

from lstm_viz.app.guard import guarded
from lstm_viz.app.state import Look, State
from lstm_viz.messages import Problem, Reading

_PAINTED = QEvent.Type(QEvent.registerEventType())


class Stopwatch(QObject):
    """Measures typed → painted.

    When a reading has gone to every panel, Qt has one update request waiting, which paints them all. An
    event of still lower priority comes right after it.

    Signals
    -------
    measured(milliseconds)
    """

    measured = Signal(float)

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._started: float | None = None
        state.look_changed.connect(self._look_changed)
        state.reading_changed.connect(self._reading_changed)
        state.trouble_changed.connect(self._trouble_changed)

    def _look_changed(self, new: Look, old: Look) -> None:
        if new.text != old.text and self._started is None:
            self._started = perf_counter()

    def _trouble_changed(self, problem: Problem | None) -> None:
        if problem is not None:
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
