"""A line of plain text that keeps its place: what does not fit is shortened, and whole in the tool tip."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.plain_text import PlainLabel, as_tip, set_tip


class ElidedLabel(PlainLabel):
    """One plain line in the room that its layout gives it.

    Unlike a `PlainLabel`, another text asks for no other room: with every key there are new texts, and no
    layout need be made anew for them. ``sample`` is a text for which there is room.
    """

    def __init__(self, parent: QWidget | None = None, sample: str = "") -> None:
        super().__init__(parent=parent)
        self._said = ""
        self._sample = sample
        policy = QSizePolicy.Policy.Preferred if sample else QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, QSizePolicy.Policy.Preferred)

    def say(self, text: str) -> None:
        """Show ``text``."""
        if text != self._said:
            if self.toolTip() == as_tip(self._said):
                set_tip(self, "")
            self._said = text
            self.setAccessibleName(text)
            self.update()

    def text(self) -> str:
        return self._said

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        return QSize(self.fontMetrics().horizontalAdvance(self._sample) + 2, self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, self.sizeHint().height())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        text = self.fontMetrics().elidedText(self._said, Qt.TextElideMode.ElideRight, self.width())
        if text != self._said and self.toolTip() != as_tip(self._said):
            set_tip(self, self._said)
        painter = QPainter(self)
        align = self.alignment().value
        self.style().drawItemText(
            painter, self.rect(), align, self.palette(), self.isEnabled(), text, self.foregroundRole()
        )
