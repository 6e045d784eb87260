"""The base of the pages: what the window asks of each of them."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QWidget

from lstm_viz.app.widgets.panel import Source


class Page(QWidget):
    """A page of the window; it lays out its panels.

    Attributes
    ----------
    splitters : dict of str to QSplitter
        The splitters whose states are kept in the settings, by name; the settings have ``prefix`` before it.

    Signals
    -------
    notice_requested(text, button, action)
        A message to show, and a button for it.
    notified(message)
        Something was done.
    """

    notified = Signal(str)
    notice_requested = Signal(str, str, object)
    prefix = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.splitters: dict[str, QSplitter] = {}

    def source(self) -> Source:
        """Return what the panels show data of, for exported files."""
        return Source()

    def notify(self, message: str) -> None:
        """Show for a while that something was done."""
        self.notified.emit(message)

    def take_key(self, event: QKeyEvent) -> bool:
        """Handle a key that the focused widget ignored; return whether it was handled."""
        return False

    def shutdown(self) -> None:
        """End what runs for the page; the window is closing."""
