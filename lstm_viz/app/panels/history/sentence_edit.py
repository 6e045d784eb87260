"""The line edit for the tracked sentence."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.state import State, TrainingView
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.text.cut import carried

#: Longer text is truncated with a notice: no model here reads as much at once.
MAX_CHARACTERS = 10_000
_PAUSE_MS = 300


class TrackedSentenceEdit(QLineEdit):
    """Sets the tracked sentence on Enter and after a pause in typing; empty text is the run's own sentence.

    Signals
    -------
    shortened()
        Inserted text was truncated.
    """

    shortened = Signal()

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setMaxLength(MAX_CHARACTERS)
        self.setMinimumHeight(28)
        self.setTextMargins(7, 0, 7, 0)
        self.setAccessibleName(self.tr("Probe sentence"))
        set_tip(self, self.tr("The sentence that is read through the epochs; empty: the run's own"))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.take)
        self.textEdited.connect(lambda _: self._pause.start())
        self.returnPressed.connect(self.take)
        self.inputRejected.connect(self._reject)
        state.training_changed.connect(self._training_changed)
        self._training_changed(state.training, state.training)

    def take(self) -> None:
        """Set the tracked sentence to the text."""
        self._pause.stop()
        text, known = shown_text(self.text()).strip(), self._state.training.tracked_cut
        cut = carried(known, text) if known is not None else None
        self._state.change_training(probe=text or None, tracked_cut=cut if cut and cut.tokens else None)

    def _reject(self) -> None:
        self._pause.start()  # the text up to the limit was inserted
        self.shortened.emit()

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        probe = new.probe or ""
        if not self._pause.isActive() and probe != self.text().strip():
            self.setText(probe)
            self.setCursorPosition(0)

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._pause.isActive():
            self.take()
