"""The choosers of the decomposition panel: the unit, the tag, and state or score."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.messages import Reading

_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class UnitChooser(QComboBox):
    """Chooses the selected unit, or the mean over all."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Unit"))
        set_tip(self, self.tr("The unit that is followed (↑ ↓), or the mean over all"))
        self.setWhatsThis(
            self.tr("One unit of the state, in all panels at once. The mean adds up like a unit does.")
        )
        self.activated.connect(lambda k: state.change(unit=k - 1 if k else None))

    def show_unit(self, reading: Reading, unit: int | None) -> None:
        """Show a unit of the reading's view; the list is refilled if the number of units differs."""
        assert reading.view is not None
        units = reading.view.module.hidden_size
        with QSignalBlocker(self):
            if self.count() != units + 1:
                self.clear()
                self.addItem(self.tr("mean of all units"))
                self.addItems([self.tr("unit %1").replace("%1", str(k)) for k in range(units)])
            self.setCurrentIndex(0 if unit is None else unit + 1)


class TagChooser(QComboBox):
    """Chooses the explained tag, or each word's own."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tags: tuple[str, ...] = ()
        self.setAccessibleName(self.tr("Tag"))
        set_tip(self, self.tr("The tag whose score is taken apart"))
        self.setWhatsThis(
            self.tr("The tag that is asked about: one of the model's, or for each word the tag that it has.")
        )
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda k: state.change(tag=self._tags[k - 1] if k else ""))

    def show_tag(self, tags: tuple[str, ...], tag: str) -> None:
        """Show a tag; one that is not in ``tags`` means the word's own."""
        with QSignalBlocker(self):
            if tags != self._tags or not self.count():
                self._tags = tags
                self.clear()
                self.addItem(self.tr("the word's own tag"))
                self.addItems([shown_text(tag) for tag in tags])
            self.setCurrentIndex(tags.index(tag) + 1 if tag in tags else 0)


class Toggle(QPushButton):
    """One of several exclusive buttons; the arrow keys still step through the sentence."""

    def __init__(self, text: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setObjectName("toggle")
        self.setCheckable(True)
        set_tip(self, tip)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ARROWS:
            event.ignore()
        else:
            super().keyPressEvent(event)
