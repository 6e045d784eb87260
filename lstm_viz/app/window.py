"""The window: a frame that is on the screen at once, and arranges what is put into it."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.plain_text import PlainLabel


class Window(QMainWindow):
    """The main window. It knows Qt and nothing else, so that it can be painted before the rest is loaded.

    Signals
    -------
    painted()
        The window was on the screen for the first time.
    closed()
    """

    painted = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._was_painted = False
        self.setWindowTitle("LSTM Viz")
        self.resize(1280, 800)
        self.setMinimumSize(980, 732)  # less would cut the equations
        waiting = PlainLabel("LSTM Viz", self)
        waiting.setObjectName("brand")
        waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setCentralWidget(waiting)

    def fill(self, content: QWidget) -> None:
        """Put the content in; it gets the keys that no widget under it wanted."""
        self.setCentralWidget(content)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self.painted.emit)  # when what is in it has been painted too

    @guarded
    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        event.accept()
