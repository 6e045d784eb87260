"""A field for one value: what cannot be is said in words instead of being swallowed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.painting import number_font
from lstm_viz.app.sentence.cell.figures import significant
from lstm_viz.app.sentence.edits.naming import number

_STEP = 0.05


class ValueBox(QLineEdit):
    """A number; Enter takes it, the up and down keys change it by 0.05.

    What was typed and cannot be goes when the focus does, if the field ``reverts``.

    Signals
    -------
    typed(float)
        Another number was taken; whether it can be is for others to say. NaN and infinities are numbers here.
    failed(str)
        This is no number.
    reverted()
        The focus went, and what was typed and could not be with it.
    """

    typed = Signal(float)
    failed = Signal(str)
    reverted = Signal()

    def __init__(self, parent: QWidget | None = None, reverts: bool = True) -> None:
        super().__init__(parent)
        self._value, self._reverts = 0.0, reverts
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMaxLength(24)
        self._fit(12, 14)
        self.setAccessibleName(self.tr("Value"))
        self.setToolTip(self.tr("The value that is set; ↑ and ↓ change it by 0.05"))
        self.returnPressed.connect(self.take)

    def make_small(self, height: int) -> None:
        """Take no more room than a number needs, and be so many pixels high."""
        self._fit(11, 10)
        self.setFixedHeight(height)

    def _fit(self, pixels: int, padding: int) -> None:
        self.setFont(number_font(pixels))
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("−0.000") + padding)

    @property
    def value(self) -> float:
        """The number that holds, whatever is being typed."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show another number; what is being typed stays."""
        if value != self._value or not self.isModified():
            self._value = value
            self._show()

    def _show(self) -> None:
        text = significant(self._value)
        if text != self.text():
            self.setText(text)
        self.setModified(False)

    def take(self) -> None:
        """Take what was typed, or say that it is no number."""
        value = number(self.text())
        if value is None:
            self.failed.emit(self.text())
        elif self.isModified():
            self.typed.emit(value)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: _STEP, Qt.Key.Key_Down: -_STEP}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.typed.emit(round(self._value + step, 6))

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isModified():
            self.take()
            if self._reverts and self.isModified():
                self._show()
                self.reverted.emit()
