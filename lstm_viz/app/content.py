"""The content of the window: bar, notices and pages, from top to bottom."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from lstm_viz.app.client.client import EngineClient
from lstm_viz.app.client.request import Priority
from lstm_viz.app.detail_queries import DetailQueries
from lstm_viz.app.engine_notice import DetailNotice, EngineNotice, SilenceNotice
from lstm_viz.app.error_panel import ErrorPanel
from lstm_viz.app.guard import guarded
from lstm_viz.app.notices import Notice
from lstm_viz.app.painting import shown_text
from lstm_viz.app.runs import Runs
from lstm_viz.app.sentence.page import SentencePage
from lstm_viz.app.state import State, TrainingView
from lstm_viz.app.stopwatch import Stopwatch
from lstm_viz.app.texts import put
from lstm_viz.app.top_bar import TopBar
from lstm_viz.app.trainer import Trainer

if TYPE_CHECKING:
    from lstm_viz.app.training.page import TrainingPage


class Content(QWidget):
    """Lays out the window; the Training page is built when it is first shown, since its plots load slowly.

    Signals
    -------
    training_built(page)
        The Training page was built.
    """

    training_built = Signal(object)

    def __init__(
        self,
        state: State,
        client: EngineClient,
        details: DetailQueries,
        stopwatch: Stopwatch,
        *,
        runs: Runs,
        trainer: Trainer,
    ) -> None:
        super().__init__()
        self._state, self._client, self._runs, self._trainer = state, client, runs, trainer
        self._failure = ""
        self.top_bar = TopBar(state, runs, self)
        self.error = ErrorPanel(self)
        link, detail_link = client.link(Priority.TYPING), client.link(Priority.DETAIL)
        self.engine_notice = EngineNotice(state, link, self)
        self.detail_notice = DetailNotice(state, details, self)
        self.silence_notice = SilenceNotice(link, Priority.TYPING, link.start_over, self)
        self.detail_silence_notice = SilenceNotice(detail_link, Priority.DETAIL, details.retry, self)
        self.notice = Notice(self, closable=True)
        self.page = SentencePage(state, stopwatch, runs, self)
        self.training: TrainingPage | None = None
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.page)
        notices = QVBoxLayout()
        notices.setContentsMargins(14, 0, 14, 0)
        for notice in (
            self.error,
            self.engine_notice,
            self.silence_notice,
            self.detail_notice,
            self.detail_silence_notice,
            self.notice,
        ):
            notices.addWidget(notice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addLayout(notices)
        layout.addWidget(self.pages, 1)
        trainer.failed.connect(self._failed)
        trainer.pending_changed.connect(self._pending_changed)
        state.training_changed.connect(self._training_changed)

    def show_page(self) -> None:
        """Show the selected page."""
        shown = self._state.training.shown
        self.pages.setCurrentWidget(self.training_page() if shown else self.page)

    def training_page(self) -> "TrainingPage":
        """Return the Training page; it is built with the first call."""
        if self.training is None:
            from lstm_viz.app.training.page import TrainingPage

            self.training = TrainingPage(self._state, self._client, self._runs, self._trainer, self)
            self.training.notice_requested.connect(self.notice.say)
            self.pages.addWidget(self.training)
            self.training_built.emit(self.training)
            gc.freeze()  # long-lived, as in `Session.of`
        return self.training

    def save_picture(self) -> None:
        """Open a file dialog and save a picture of the window as PNG."""
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save a picture"), "lstm-viz.png", "PNG (*.png)")
        if name and not self.window().grab().save(name, "PNG"):
            self.notice.say(self.tr("The picture could not be written to %1.").replace("%1", name))

    def report_damaged_settings(self, aside: Path) -> None:
        """Report that defaults are used, and the path of the damaged file."""
        text = self.tr("The settings file was damaged. Defaults are used; the damaged file was saved as %1.")
        self.notice.say(text.replace("%1", shown_text(str(aside))))

    def report_unreadable_settings(self, path: Path) -> None:
        """Report that defaults are used and that settings will not be saved."""
        text = self.tr(
            "The settings file %1 cannot be read or renamed. Defaults are used, and settings are not saved."
        )
        self.notice.say(put(text, shown_text(str(path))))

    def report_unsaved_settings(self, path: Path, error: OSError) -> None:
        """Report why the settings could not be saved."""
        text = self.tr("The settings could not be saved to %1: %2.")
        self.notice.say(put(text, shown_text(str(path)), shown_text(error.strerror or str(error))))

    def _failed(self, sentence: str) -> None:
        self._failure = shown_text(sentence)
        self.notice.say(self._failure)

    def _pending_changed(self) -> None:
        """Clear the notice about the previous training that failed to start, if it is shown."""
        if self._trainer.pending is not None and self.notice.text == self._failure:
            self.notice.say("")

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        if new.shown != old.shown:
            self.show_page()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass unhandled keys to the page, whichever widget has the focus."""
        if self._state.training.shown or not self.page.take_key(event):
            super().keyPressEvent(event)
