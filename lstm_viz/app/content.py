"""Everything in the window: bar, notices and page, from top to bottom."""

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from lstm_viz.app.engine_notice import EngineNotice
from lstm_viz.app.guard import guarded
from lstm_viz.app.link import EngineLink
from lstm_viz.app.sentence.page import SentencePage
from lstm_viz.app.state import State
from lstm_viz.app.stopwatch import Stopwatch
from lstm_viz.app.top_bar import TopBar
from lstm_viz.app.trouble import TroublePanel


class Content(QWidget):
    """Arranges, and nothing else."""

    def __init__(self, state: State, link: EngineLink, stopwatch: Stopwatch) -> None:
        super().__init__()
        self.top_bar = TopBar(state, self)
        self.trouble = TroublePanel(self)
        self.engine_notice = EngineNotice(state, link, self)
        self.page = SentencePage(state, stopwatch, self)
        notices = QVBoxLayout()
        notices.setContentsMargins(14, 0, 14, 0)
        notices.addWidget(self.trouble)
        notices.addWidget(self.engine_notice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addLayout(notices)
        layout.addWidget(self.page, 1)

    def save_picture(self) -> None:
        """Ask for a file and write the window into it as a PNG."""
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save a picture"), "lstm-viz.png", "PNG (*.png)")
        if name and not self.window().grab().save(name, "PNG"):
            self.engine_notice.say(self.tr("The picture could not be written to %1.").replace("%1", name))

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the page the keys that nobody wanted, wherever the focus is."""
        if not self.page.take_key(event):
            super().keyPressEvent(event)
