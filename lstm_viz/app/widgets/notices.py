"""A message bar in the window, with at most one button."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip


class Notice(QWidget):
    """A message bar, hidden while it has no text.

    A ``closable`` one has a button to dismiss it.
    """

    #: How long a passing message is shown.
    PASSING_MS = 6_000

    def __init__(self, parent: QWidget | None = None, closable: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.label = PlainLabel(parent=self)
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(self)
        self.button.clicked.connect(self._act)
        self.close_button = QPushButton("✕", self)
        self.close_button.setAccessibleName(self.tr("Dismiss"))
        set_tip(self.close_button, self.tr("Dismiss"))
        self.close_button.setVisible(closable)
        self.close_button.clicked.connect(lambda: self.show_text(""))
        self._action: Callable[[], object] = lambda: None
        self._passing = QTimer(self)
        self._passing.setSingleShot(True)
        self._passing.timeout.connect(lambda: self.show_text(""))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.button)
        layout.addWidget(self.close_button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_text(self, text: str, button: str = "", action: Callable[[], object] = lambda: None) -> None:
        """Show ``text``, with a button ``button`` that calls ``action``. An empty text hides the bar."""
        self._passing.stop()
        self.label.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self._action = action
        self.setVisible(bool(text))

    def show_passing(self, text: str) -> None:
        """Show ``text`` for a while: that something was done."""
        self.show_text(text)
        self._passing.start(self.PASSING_MS)

    @property
    def text(self) -> str:
        return self.label.text() if not self.isHidden() else ""

    def _act(self) -> None:
        self._action()
