"""A label that elides its text instead of growing; the tool tip has the whole text."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.widgets.painting import fitted_font
from lstm_viz.app.widgets.plain_text import PlainLabel, as_tip, set_tip


class ElidedLabel(PlainLabel):
    """A line of plain text, elided to the width that the layout gives it.

    Unlike that of a `PlainLabel`, its size hint does not depend on the text: texts change with every
    keystroke, and no layout has to be recomputed for them. ``sample`` is a text that fits. In a figure the
    text is not elided, but smaller.

    Signals
    -------
    text_changed(text)
        Another text is shown.
    """

    text_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None, sample: str = "") -> None:
        super().__init__(parent=parent)
        self._text = ""
        self._sample, self._is_posing = sample, False
        policy = QSizePolicy.Policy.Preferred if sample else QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Show ``text``."""
        if text != self._text:
            if self.toolTip() == as_tip(self._text):
                set_tip(self, "")
            self._text = text
            self.setAccessibleName(text)
            self.update()
            self.text_changed.emit(text)

    def set_sample(self, sample: str) -> None:
        """Set the text that fits."""
        if sample != self._sample:
            self._sample = sample
            self.updateGeometry()

    def text(self) -> str:
        return self._text

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        return QSize(self.fontMetrics().horizontalAdvance(self._sample) + 2, self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, self.sizeHint().height())

    def pose(self, scale: float | None) -> None:
        """Show the whole text in a figure; None resets it."""
        self._is_posing = scale is not None

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        text = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        if text != self._text and self.toolTip() != as_tip(self._text):
            set_tip(self, self._text)
        painter = QPainter(self)
        if self._is_posing:
            text = self._text
            painter.setFont(fitted_font(self.font(), text, self.width()))
        align = self.alignment().value
        self.style().drawItemText(
            painter, self.rect(), align, self.palette(), self.isEnabled(), text, self.foregroundRole()
        )
