"""The last line of the panel: what it adds up to, or how far it is, and how to end it."""

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QStackedWidget, QWidget

from lstm_viz.app.elided import ElidedLabel
from lstm_viz.app.plain_text import set_tip
from lstm_viz.app.state import State
from lstm_viz.messages import Ablated

#: What is done within this time needs no progress bar.
_SOON_MS = 300


class Foot(QStackedWidget):
    """Says what the answers add up to.

    One that takes long has a progress bar and Cancel, one that was cancelled a button that starts it again.
    """

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._since = QElapsedTimer()
        self._subject: object = None
        self._cancelled: object = None
        self._last: tuple[Ablated, object, str] | None = None
        self.line = ElidedLabel(self)
        self.line.setObjectName("muted")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("How many nets have been run"))
        self.far, self.ended = ElidedLabel(self, "20,480 / 20,480"), ElidedLabel(self)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        set_tip(self.cancel, self.tr("Let what is known so far be all"))
        self.again = QPushButton(self.tr("Run again"), self)
        set_tip(self.again, self.tr("Switch all units off in turn, from the first one on"))
        for label in (self.far, self.ended):
            label.setObjectName("muted")
        self._running = self._row(self.bar, self.far, self.cancel)
        self._stopped = self._row(self.ended, self.again)
        for page in (self.line, self._running, self._stopped):
            self.addWidget(page)
        self.setFixedHeight(28)
        self.cancel.clicked.connect(state.cancel_ablation)
        self.again.clicked.connect(state.repeat_ablation)
        state.ablation_cancelled.connect(self._was_cancelled)
        state.ablation_repeated.connect(self._was_repeated)

    def _row(self, *widgets: QWidget) -> QWidget:
        page = QWidget(self)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for k, widget in enumerate(widgets):
            row.addWidget(widget, 1 if k == 0 else 0)
        return page

    def set_nothing(self) -> None:
        """Say nothing: what is in front is not known yet."""
        self._last = None
        self.line.say("")
        self.setCurrentWidget(self.line)

    def set_answer(self, ablated: Ablated, subject: object, said: str) -> None:
        """Show how far the answers about a ``subject`` are; ``said`` is what they add up to."""
        if subject != self._subject:
            self._subject, self._cancelled = subject, None
            self._since.start()
        self._last = ablated, subject, said
        if ablated.done >= ablated.total:
            self.line.say(said)
            self.setCurrentWidget(self.line)
        elif self._cancelled == subject:
            self._say_ended(ablated)
        elif self._since.elapsed() > _SOON_MS:
            self._say_how_far(ablated)

    def _say_how_far(self, ablated: Ablated) -> None:
        self.bar.setRange(0, ablated.total)
        self.bar.setValue(ablated.done)
        self.far.say(f"{ablated.done:,} / {ablated.total:,}")
        self.setCurrentWidget(self._running)

    def _say_ended(self, ablated: Ablated) -> None:
        text = self.tr("Cancelled after %1 of %2 nets.")
        text = text.replace("%2", f"{ablated.total:,}").replace("%1", f"{ablated.done:,}")
        self.ended.say(text)
        self.setCurrentWidget(self._stopped)

    def _was_cancelled(self) -> None:
        self._cancelled = self._subject
        if self._last is not None:
            self.set_answer(*self._last)

    def _was_repeated(self) -> None:
        self._cancelled = None
        self._since.start()
        self.set_nothing()
