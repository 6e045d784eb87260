"""The window: arranges bar, notices and page, and nothing else."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QVBoxLayout, QWidget

from lstm_viz.app.engine_notice import EngineNotice
from lstm_viz.app.guard import guarded
from lstm_viz.app.link import EngineLink
from lstm_viz.app.menus import Menus
from lstm_viz.app.sentence.page import SentencePage
from lstm_viz.app.state import State
from lstm_viz.app.stopwatch import Stopwatch
from lstm_viz.app.themes import ThemeKeeper
from lstm_viz.app.top_bar import TopBar
from lstm_viz.app.trouble import TroublePanel


class Window(QMainWindow):
    """The main window.

    Signals
    -------
    closed()
    """

    closed = Signal()

    def __init__(self, state: State, link: EngineLink, themes: ThemeKeeper, stopwatch: Stopwatch) -> None:
        super().__init__()
        self.setWindowTitle("LSTM Viz")
        self.resize(1280, 800)
        self.setMinimumSize(980, 640)
        self.top_bar = TopBar(state, self)
        self.trouble = TroublePanel(self)
        self.engine_notice = EngineNotice(state, link, self)
        self.page = SentencePage(state, stopwatch, self)
        notices = QVBoxLayout()
        notices.setContentsMargins(14, 0, 14, 0)
        notices.addWidget(self.trouble)
        notices.addWidget(self.engine_notice)
        central = QWidget(self)
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addLayout(notices)
        layout.addWidget(self.page, 1)
        self.setCentralWidget(central)
        self.menus = Menus(self, state, self.page, themes, self.save_picture)
        self.page.editor.setFocus()

    def save_picture(self) -> None:
        """Ask for a file and write the window into it as a PNG."""
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save a picture"), "lstm-viz.png", "PNG (*.png)")
        if name and not self.grab().save(name, "PNG"):
            self.engine_notice.say(self.tr("The picture could not be written to %1.").replace("%1", name))

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the page the keys that nobody under it wanted, wherever the focus is."""
        if event.key() != Qt.Key.Key_Escape or not self.page.hasFocus():
            self.page.keyPressEvent(event)

    @guarded
    def closeEvent(self, event: QCloseEvent) -> None:
        self.page.player.pause()
        self.closed.emit()
        event.accept()
