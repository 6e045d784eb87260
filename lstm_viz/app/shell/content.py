"""The content of the window: bar, notices and pages, from top to bottom."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, Signal
from PySide6.QtGui import QImageWriter, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from lstm_viz.app.client.client import EngineClient
from lstm_viz.app.client.request import Priority
from lstm_viz.app.guard import guarded
from lstm_viz.app.pages.page import Page
from lstm_viz.app.pages.registry import PAGES, Services, entry_of
from lstm_viz.app.pages.sentence.page import SentencePage
from lstm_viz.app.pages.sentence.stopwatch import Stopwatch
from lstm_viz.app.panels.engine_notice import DetailNotice, EngineNotice, SilenceNotice
from lstm_viz.app.queries.details import DetailQueries
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.runs.trainer import Trainer
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.error_panel import ErrorPanel
from lstm_viz.app.shell.top_bar import TopBar
from lstm_viz.app.state import State
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.export import ask_for_file
from lstm_viz.app.widgets.notices import Notice

if TYPE_CHECKING:
    from lstm_viz.app.pages.training.page import TrainingPage


class Content(QWidget):
    """Lays out the window; other pages than the first are built when they are first shown.

    Attributes
    ----------
    built : dict of str to Page
        The pages that were built, by name.

    Signals
    -------
    page_built(page)
        A page was built.
    """

    page_built = Signal(object)

    def __init__(
        self,
        state: State,
        client: EngineClient,
        details: DetailQueries,
        stopwatch: Stopwatch,
        *,
        runs: Runs,
        trainer: Trainer,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._state, self._trainer = state, trainer
        self._services = Services(state, client, runs, trainer, stopwatch)
        self.built: dict[str, Page] = {}
        self._failure = ""
        self.top_bar = TopBar(state, runs, self)
        self.error = ErrorPanel(self)
        link, detail_link = client.link(Priority.TYPING), client.link(Priority.DETAIL)
        self.engine_notice = EngineNotice(state, link, self)
        self.detail_notice = DetailNotice(state, details, self)
        self.silence_notice = SilenceNotice(link, Priority.TYPING, link.start_over, self)
        self.detail_silence_notice = SilenceNotice(detail_link, Priority.DETAIL, details.retry, self)
        self.notice = Notice(self, closable=True)
        self.pages = QStackedWidget(self)
        self.page_of(PAGES[0].name)
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
        self.pages.setCurrentWidget(self.page_of(self._state.training.page))

    def page_of(self, name: str) -> Page:
        """Return a page; it is built with the first call."""
        entry = entry_of(name)
        if entry.name not in self.built:
            page = self.built[entry.name] = entry.build(self._services, self.pages)
            page.notice_requested.connect(self.notice.show_text)
            page.notified.connect(self.notice.show_passing)
            self.pages.addWidget(page)
            self.page_built.emit(page)
            gc.freeze()  # long-lived, as in `Session.of`
        return self.built[entry.name]

    @property
    def page(self) -> SentencePage:
        """The Sentence page."""
        return cast(SentencePage, self.page_of("sentence"))

    @property
    def training(self) -> "TrainingPage | None":
        """The Training page, None before it is built."""
        return cast("TrainingPage | None", self.built.get("training"))

    def shutdown(self) -> None:
        """End what runs for the pages."""
        for page in self.built.values():
            page.shutdown()

    def save_picture(self) -> None:
        """Open a file dialog and save a picture of the window as PNG."""
        page = self._state.training.page
        proposed = "-".join(part for part in (self.page_of(page).source().name, page) if part)
        picture = self.window().grab().toImage()

        def write(path: Path) -> None:
            writer = QImageWriter(str(path), QByteArray(b"png"))
            if not writer.write(picture):
                raise OSError(writer.errorString())

        kinds = {"png": "PNG (*.png)"}
        title, saved = self.tr("Save a picture"), self.notice.show_passing
        ask_for_file(title, proposed, kinds, write, self.window(), saved=saved)

    def report_damaged_settings(self, damaged: Path) -> None:
        """Report that defaults are used, and the path of the damaged file."""
        text = self.tr("The settings file was damaged. Defaults are used; the damaged file was saved as %1.")
        self.notice.show_text(text.replace("%1", shown_text(str(damaged))))

    def report_unreadable_settings(self, path: Path) -> None:
        """Report that defaults are used and that settings will not be saved."""
        text = self.tr(
            "The settings file %1 cannot be read or renamed. Defaults are used, and settings are not saved."
        )
        self.notice.show_text(put(text, shown_text(str(path))))

    def report_unsaved_settings(self, path: Path, error: OSError) -> None:
        """Report why the settings could not be saved."""
        text = self.tr("The settings could not be saved to %1: %2.")
        self.notice.show_text(put(text, shown_text(str(path)), shown_text(error.strerror or str(error))))

    def _failed(self, message: str) -> None:
        self._failure = shown_text(message)
        self.notice.show_text(self._failure)

    def _pending_changed(self) -> None:
        if self._trainer.pending is not None:
            self._forget_failure()

    def _forget_failure(self) -> None:
        """Clear the notice about the previous training that failed to start, if it is shown."""
        if self.notice.text == self._failure:
            self.notice.show_text("")

    def _training_changed(self, new: TrainingView, old: TrainingView) -> None:
        if new.page != old.page:
            self.show_page()
        if new.next.corpus != old.next.corpus:
            self._forget_failure()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass unhandled keys to the page, whichever widget has the focus."""
        if not self.page_of(self._state.training.page).take_key(event):
            super().keyPressEvent(event)
