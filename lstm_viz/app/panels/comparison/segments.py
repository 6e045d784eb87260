"""A segmented control: a choice of a few options as adjacent buttons."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from lstm_viz.app.widgets.plain_text import set_tip


class Segments(QWidget):
    """Buttons of which one is checked.

    Signals
    -------
    picked(name)
        The user chose another.
    """

    picked = Signal(str)

    def __init__(self, names: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = {name: QPushButton(self) for name in names}
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for name, button in self.buttons.items():
            button.setCheckable(True)
            button.setObjectName("toggle")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, name=name: self.picked.emit(name))
            self._group.addButton(button)
            layout.addWidget(button)

    def name(self, texts: Mapping[str, str], tips: Mapping[str, str]) -> None:
        """Set the texts and tool tips of the buttons."""
        for name, button in self.buttons.items():
            button.setText(texts[name])
            set_tip(button, tips[name])
            button.setAccessibleName(tips[name])

    def show_choice(self, name: str) -> None:
        self.buttons[name].setChecked(True)
