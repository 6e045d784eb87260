"""A control a setting: made from its `Field`, so that its limits and its word are the command line's."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QSpinBox, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.training.setting_words import choice_name, setting_about, setting_name
from lstm_viz.runs.settings import Field

_DECIMALS = 9
_MOST = 2**31 - 1
_INDENT = 6  # as a combo box, whose padding a spin box does not take from the style sheet


class SwitchEditor(QCheckBox):
    """A yes or no."""

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
    """One of a few."""

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


class WholeEditor(QSpinBox):
    """A whole number within its limits."""

    edited = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(_INDENT, 0, 0, 0)
        self.setRange(int(field.least or 0), int(min(field.most or _MOST, _MOST)))
        self.setStepType(QSpinBox.StepType.AdaptiveDecimalStepType)
        self.valueChanged.connect(lambda _: self.edited.emit())

    def setting(self) -> int:
        return self.value()

    def set_setting(self, value: Any) -> None:
        with QSignalBlocker(self):
            if value != self.value():
                self.setValue(min(value, _MOST))


class NumberEditor(QDoubleSpinBox):
    """A number within its limits, written as short as it can be."""

    edited = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(_INDENT, 0, 0, 0)
        self.setDecimals(_DECIMALS)
        least = float(field.least or 0)
        self.setRange(least + 10.0**-_DECIMALS if field.above else least, float(field.most or _MOST))
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.valueChanged.connect(lambda _: self.edited.emit())

    def setting(self) -> float:
        return self.value()

    def set_setting(self, value: Any) -> None:
        with QSignalBlocker(self):
            if value != self.value():
                self.setValue(value)

    @guarded
    def textFromValue(self, value: float) -> str:  # noqa: N802  # Qt's
        whole = self.locale().toString(value, "f", _DECIMALS)
        point = self.locale().decimalPoint()
        return whole.rstrip("0").removesuffix(point) if point in whole else whole


Editor = SwitchEditor | ChoiceEditor | WholeEditor | NumberEditor


class _StillWheel(QObject):
    """Lets the wheel scroll past a control: only one that has the focus is turned by it."""

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        turned = event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget)
        if turned and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def keep_still(widget: QWidget) -> None:
    """Let the wheel turn ``widget`` only while it has the focus."""
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(_StillWheel(widget))


def make_editor(field: Field, parent: QWidget | None = None) -> Editor:
    """Return the control of a setting, named and explained."""
    editor: Editor
    if field.choices:
        editor = ChoiceEditor(field, parent)
    elif field.kind is bool:
        editor = SwitchEditor(field, parent)
    elif field.kind is int:
        editor = WholeEditor(field, parent)
    else:
        editor = NumberEditor(field, parent)
    editor.setAccessibleName(setting_name(field.name))
    editor.setToolTip(setting_about(field.name))
    keep_still(editor)
    return editor
