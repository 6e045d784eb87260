"""Notifies the user that a long run has ended while another window is active."""

from pathlib import Path
from time import monotonic

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from lstm_viz.app.runs.run_lists import RunEntry
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.plain_text import set_tip, without_markup

#: Runs that took less are not announced.
LONG_SECONDS = 60.0


class Announcer(QObject):
    """Watches every run of the list, including those that other processes train.

    The window requests attention; where the system supports notifications, one reports how the run ended.
    """

    def __init__(self, runs: Runs, window: QWidget, long_seconds: float = LONG_SECONDS) -> None:
        super().__init__(window)
        self._runs, self._window, self._long = runs, window, long_seconds
        self._since: dict[Path, float] = {}
        self._icon: QSystemTrayIcon | None = None
        runs.entries_changed.connect(self._check)

    def _check(self) -> None:
        now = monotonic()
        for entry in self._runs.entries:
            if entry.written:
                self._since.setdefault(entry.path, now)
                continue
            since = self._since.pop(entry.path, None)
            if since is not None and now - since >= self._long and not self._window.isActiveWindow():
                self.announce(
                    self.tr("“%1” has ended").replace("%1", shown_text(entry.name)), self.result_text(entry)
                )

    def result_text(self, entry: RunEntry) -> str:
        """Return a sentence about how a run ended."""
        status = entry.status
        if status is None or status.phase in ("starting", "training", "paused"):
            return self.tr("Its trainer died. It can be resumed.")
        if status.message:
            return status.message
        if status.best_accuracy is None:
            return self.tr("Epoch %1.").replace("%1", str(status.epoch))
        text = self.tr("Epoch %1, best accuracy %2.")
        return text.replace("%1", str(status.epoch)).replace("%2", f"{status.best_accuracy:.4f}")

    def announce(self, title: str, text: str) -> None:
        """Request attention for the window, and show a notification where the system supports it."""
        QApplication.alert(self._window)
        if not QSystemTrayIcon.isSystemTrayAvailable() or not QSystemTrayIcon.supportsMessages():
            return
        if self._icon is None:
            self._icon = QSystemTrayIcon(self._window.windowIcon(), self)
            set_tip(self._icon, "LSTM Viz")
            self._icon.messageClicked.connect(self._window.activateWindow)
        self._icon.show()
        self._icon.showMessage(title, without_markup(text))  # a desktop may read markup in it
