"""The main window, which is shown before its content is loaded."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.widgets.plain_text import PlainLabel

#: The window opens at this size, or as large as the screen allows; on a smaller one its panels scroll.
_LARGEST, _SMALLEST = QSize(1600, 1000), QSize(980, 500)
#: What a window manager adds at most: its frame is not known before the window is shown.
_FRAME = QSize(4, 40)


class Window(QMainWindow):
    """The main window. It depends on Qt only, so that it can be painted before the rest is loaded.

    Attributes
    ----------
    may_close : callable
        Called before it closes; returns False to stay open, for example until a question is answered.

    Signals
    -------
    painted()
        The window was painted for the first time.
    closed()
        The window is closing.
    """

    painted = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._was_painted = False
        self.may_close: Callable[[], bool] = _always
        self.setWindowTitle("LSTM Viz")
        self.setMinimumSize(_SMALLEST)
        self.resize(_LARGEST.boundedTo(self.screen().availableSize() - _FRAME).expandedTo(_SMALLEST))
        waiting = PlainLabel("LSTM Viz", self)
        waiting.setObjectName("brand")
        waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setCentralWidget(waiting)

    def fill(self, content: QWidget) -> None:
        """Set the content, which receives the keys that its widgets ignore."""
        self.setCentralWidget(content)
        content.raise_()  # to the end of the children: the menus, which listen to it, are destroyed before it

    def stop_asking(self) -> None:
        """Let the window close without a question from now on; may be called from any thread."""
        self.may_close = _always

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self.painted.emit)  # after its content has been painted too

    @guarded
    def closeEvent(self, event: QCloseEvent) -> None:
        if self.may_close():
            self.closed.emit()
            event.accept()
        else:
            event.ignore()


def _always() -> bool:
    return True
