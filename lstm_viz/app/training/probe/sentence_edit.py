"""The line in which the probe sentence is typed."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.painting import shown_text
from lstm_viz.app.plain_text import set_tip
from lstm_viz.app.state import State, TrainingLook
from lstm_viz.text.cut import carried

#: Longer text is cut, and the person is told: it is more than any net here reads at once.
MAX_CHARACTERS = 10_000
_PAUSE_MS = 300


class ProbeEdit(QLineEdit):
    """Sets the probe sentence on Enter, and after a pause in typing; empty is the run's own.

    Signals
    -------
    shortened()
        There was more text than there is room for.
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
        """Read the sentence as it stands."""
        self._pause.stop()
        text, known = shown_text(self.text()).strip(), self._state.training.probe_cut
        cut = carried(known, text) if known is not None else None
        self._state.change_training(probe=text or None, probe_cut=cut if cut and cut.tokens else None)

    def _reject(self) -> None:
        self._pause.start()  # what fitted was taken
        self.shortened.emit()

    def _training_changed(self, new: TrainingLook, old: TrainingLook) -> None:
        probe = new.probe or ""
        if not self._pause.isActive() and probe != self.text().strip():
            self.setText(probe)
            self.setCursorPosition(0)

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._pause.isActive():
            self.take()
