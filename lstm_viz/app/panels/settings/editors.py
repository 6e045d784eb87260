"""The controls of settings, made from their `Field`: limits and help are those of the command line."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.settings.setting_labels import choice_name, setting_about, setting_name
from lstm_viz.app.widgets.number_edit import NumberEdit
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.runs.settings import Field
from lstm_viz.text.numbers import NumberRange


class SwitchEditor(QCheckBox):
    """The control of a boolean setting."""

    edited = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggled.connect(lambda _: self.edited.emit())

    def setting(self) -> bool:
        return self.isChecked()

    def set_setting(self, value: Any) -> None:
        with QSignalBlocker(self):
            self.setChecked(value)


class ChoiceEditor(QComboBox):
    """The control of a setting with a few choices."""

    edited = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = field.choices
        self.addItems([choice_name(choice) for choice in field.choices])
        self.activated.connect(lambda _: self.edited.emit())

    def setting(self) -> str:
        return self._choices[self.currentIndex()]

    def set_setting(self, value: Any) -> None:
        self.setCurrentIndex(self._choices.index(value))


class NumberEditor(NumberEdit):
    """The control of a number within limits; while it is invalid, the setting keeps its last valid value."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(_range(field), parent)

    def setting(self) -> float:
        return self.committed if self.value is None else self.value

    def set_setting(self, value: Any) -> None:
        self.set_value(value)

    def named(self, sentence: str) -> str:
        """Return an error message with the setting's name before it."""
        return self.tr("%1: %2").replace("%1", self.accessibleName()).replace("%2", sentence)


def _range(field: Field) -> NumberRange:
    """Return the range of a setting's numbers."""
    usual = NumberRange()
    return NumberRange(
        whole=field.kind is int,
        least=usual.least if field.least is None else field.least,
        most=usual.most if field.most is None else field.most,
        above=field.above,
    )


Editor = SwitchEditor | ChoiceEditor | NumberEditor


class _StillWheel(QObject):
    """Ignores wheel events of a control without the focus, so that the scroll area handles them."""

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        turned = event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget)
        if turned and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def keep_still(widget: QWidget) -> None:
    """Let the wheel change ``widget`` only while it has the focus."""
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(_StillWheel(widget))


def make_editor(field: Field, parent: QWidget | None = None) -> Editor:
    """Return the control of a setting, with its name and tool tip."""
    editor: Editor
    if field.choices:
        editor = ChoiceEditor(field, parent)
    elif field.kind is bool:
        editor = SwitchEditor(field, parent)
    else:
        editor = NumberEditor(field, parent)
    editor.setAccessibleName(setting_name(field.name))
    set_tip(editor, setting_about(field.name))
    if not isinstance(editor, NumberEditor):
        keep_still(editor)
    return editor
