"""The line edit for numbers."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.texts import shown_text
from lstm_viz.text.numbers import NumberRange, ParsedNumber, number_text, parse_number, stepped

_NOTCH = 120  # of a mouse wheel, in eighths of a degree
#: Reasons for losing the focus after which it returns: a context menu, another window.
_SHORT_ABSENCES = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)

#: The sentences of `lstm_viz.text.numbers`, marked here for Qt's lupdate.
MARKED = (
    QT_TRANSLATE_NOOP("Number", "Type a number."),
    QT_TRANSLATE_NOOP("Number", "The number is not complete."),
    QT_TRANSLATE_NOOP("Number", "“%1” is not a number."),
    QT_TRANSLATE_NOOP("Number", "“%1” may be %2 or %3: type one of these."),
    QT_TRANSLATE_NOOP("Number", "Leave out the separators of thousands."),
    QT_TRANSLATE_NOOP("Number", "Type a whole number."),
    QT_TRANSLATE_NOOP("Number", "Type %1 or more."),
    QT_TRANSLATE_NOOP("Number", "Type more than %1."),
    QT_TRANSLATE_NOOP("Number", "Type %1 or less."),
    QT_TRANSLATE_NOOP("Number", "“%1” is too close to 0."),
)


class NumberEdit(QLineEdit):
    """A line edit for a number in a range; invalid text stays, marked as an error, with the reason.

    The beginning of a number is no error until editing has finished. The up and down keys and, with the
    focus, the wheel change the number. The style sheet uses the property ``wrong``; `error` is to be shown
    beside the field.

    Attributes
    ----------
    committed : int or float
        The last valid number that was shown, or typed and committed.

    Signals
    -------
    edited()
        The text or the error message has changed.
    taken(value)
        Another number was committed by Enter or by leaving the field, or set by a key or the wheel.
    """

    edited = Signal()
    taken = Signal(object)

    def __init__(
        self, wanted: NumberRange, parent: QWidget | None = None, *, step: float | None = None
    ) -> None:
        super().__init__(parent)
        self._wanted, self._step, self._why_outside = wanted, step, ""
        self._is_typed, self._is_left = False, True
        self._is_showing, self._turned = False, 0
        self.committed: float = 0
        self._parsed = ParsedNumber()
        self._error = ""
        self.setMaxLength(1_000)  # the parser's own limit is lower
        self.textChanged.connect(self._typed)
        self.returnPressed.connect(self.finish)
        self.reset(0)

    # ------------------------------------------------------------ properties

    @property
    def value(self) -> float | None:
        """The number, None if the text is not valid; an int if the range is of whole numbers."""
        return self._parsed.value

    @property
    def error(self) -> str:
        """Why the text is no number of the range; "" if it is, or while it may become one."""
        return self._error

    @property
    def reason(self) -> str:
        """Why there is no value, also while it is being typed; "" if there is one."""
        if self._why_outside and self._parsed.error in ("below", "above", "over"):
            return self._why_outside
        return shown_text(self._parsed.message(_translated))

    @property
    def is_being_typed(self) -> bool:
        """Whether the text was edited and not committed since."""
        return not self._is_left

    # ------------------------------------------------------------ setters

    def set_value(self, value: float) -> None:
        """Show a number; invalid typed text stays."""
        if self.value is None and self._is_typed:
            self.committed = value
        elif value != self.value:
            self.reset(value)

    def reset(self, value: float | None = None) -> None:
        """Replace the text by a number, by default the one last committed."""
        self.committed = self.committed if value is None else value
        self._is_typed, self._is_left = False, True
        self._show(number_text(self.committed))
        if not self.hasFocus():
            self.setCursorPosition(0)  # of a number longer than the field, the first digits are shown
        self._draw()

    def set_range(self, wanted: NumberRange, why_outside: str = "") -> None:
        """Change the range; ``why_outside`` is the error message for numbers outside it."""
        if (wanted, why_outside) != (self._wanted, self._why_outside):
            self._wanted, self._why_outside = wanted, why_outside
            self._parsed = parse_number(self.text(), wanted)
            self._draw()

    # ------------------------------------------------------------ editing

    def finish(self) -> None:
        """Commit the typed number, or show the error."""
        if self._is_left:
            return
        self._is_left = True
        value, before = self.value, self.committed
        if value is not None:
            self.reset(value)
        self._draw()
        self.edited.emit()
        if value is not None and value != before:
            self.taken.emit(value)

    def step(self, ways: int) -> None:
        """Change the number by so many steps; does nothing without a valid number."""
        if self.value is not None and ways:
            self._is_left = False
            self.setText(number_text(stepped(self.value, ways, self._wanted, self._step)))
            self.finish()

    def _typed(self, text: str) -> None:
        self._parsed = parse_number(text, self._wanted)
        if not self._is_showing:
            self._is_typed, self._is_left = True, False
            self._draw()
            self.edited.emit()

    # ------------------------------------------------------------ drawing

    def _show(self, text: str) -> None:
        if text != self.text():
            self._is_showing = True
            self.setText(text)
            self._is_showing = False

    def _draw(self) -> None:
        may_become = self._parsed.is_begun and self.is_being_typed
        error = "" if self.value is not None or may_become else self.reason
        if error == self._error:
            return
        if bool(error) != bool(self._error):
            self.setProperty("wrong", bool(error))
            self.style().unpolish(self)
            self.style().polish(self)
        self._error = error
        self.setAccessibleDescription(error)
        if error:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, error))

    # ------------------------------------------------------------ Qt

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Up:
            self.step(1)
        elif event.key() == Qt.Key.Key_Down:
            self.step(-1)
        else:
            super().keyPressEvent(event)

    @guarded
    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()  # so that the scroll area below handles it
            return
        self._turned += event.angleDelta().y()
        notches = int(self._turned / _NOTCH)
        self._turned -= notches * _NOTCH
        self.step(notches)
        event.accept()

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in _SHORT_ABSENCES:
            self._turned = 0
            self.finish()


def _translated(message: str) -> str:
    return QCoreApplication.translate("Number", message)
