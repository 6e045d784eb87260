"""The last line of the panel: the totals, or the progress of the ablation with Cancel."""

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QStackedWidget, QWidget

from lstm_viz.app.state import State
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.messages import Ablation

#: An ablation that ends within this time shows no progress bar.
_SOON_MS = 300


class AblationSummary(QStackedWidget):
    """Shows the totals of the results.

    A long ablation has a progress bar and Cancel, a cancelled one a button that restarts it.
    """

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._since = QElapsedTimer()
        self._subject: object = None
        self._cancelled: object = None
        self._last: tuple[Ablation, object, str] | None = None
        self.line = ElidedLabel(self)
        self.line.setObjectName("muted")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the ablation"))
        self.far, self.ended = ElidedLabel(self, "20,480 / 20,480"), ElidedLabel(self)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        set_tip(self.cancel, self.tr("Stop, and keep the results so far"))
        self.again = QPushButton(self.tr("Run again"), self)
        set_tip(self.again, self.tr("Repeat the ablation of all units"))
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
        """Show nothing: there is no result about the current subject yet."""
        self._last = None
        self.line.show_text("")
        self.setCurrentWidget(self.line)

    def set_result(self, ablation: Ablation, subject: object, text: str) -> None:
        """Show the progress of the results about a ``subject``; ``text`` are their totals."""
        if subject != self._subject:
            self._subject, self._cancelled = subject, None
            self._since.start()
        self._last = ablation, subject, text
        if ablation.done >= ablation.total:
            self.line.show_text(text)
            self.setCurrentWidget(self.line)
        elif self._cancelled == subject:
            self._show_cancelled(ablation)
        elif self._since.elapsed() > _SOON_MS:
            self._show_progress(ablation)

    def _show_progress(self, ablation: Ablation) -> None:
        self.bar.setRange(0, ablation.total)
        self.bar.setValue(ablation.done)
        self.far.show_text(f"{ablation.done:,} / {ablation.total:,}")
        self.setCurrentWidget(self._running)

    def _show_cancelled(self, ablation: Ablation) -> None:
        text = self.tr("Cancelled after %1 of %2 forward passes.")
        text = text.replace("%2", f"{ablation.total:,}").replace("%1", f"{ablation.done:,}")
        self.ended.show_text(text)
        self.setCurrentWidget(self._stopped)

    def _was_cancelled(self) -> None:
        self._cancelled = self._subject
        if self._last is not None:
            self.set_result(*self._last)

    def _was_repeated(self) -> None:
        self._cancelled = None
        self._since.start()
        self.set_nothing()
