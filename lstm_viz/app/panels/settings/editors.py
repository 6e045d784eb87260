"""The controls of settings, made from their `Field` as the command line is, and the grid that holds them."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.settings.setting_labels import choice_name, setting_about, setting_name
from lstm_viz.app.widgets.number_edit import NumberEdit
from lstm_viz.app.widgets.plain_text import PlainLabel, no_mnemonic, set_tip
from lstm_viz.runs.settings import FIELDS, Field
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

    def named(self, message: str) -> str:
        """Return an error message with the setting's name before it."""
        return self.tr("%1: %2").replace("%1", self.accessibleName()).replace("%2", message)


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


_COLUMNS = 3
_LINES = 3  # grid rows per row of settings: labels, controls, errors


class SettingsGrid(QWidget):
    """The controls of some settings.

    Attributes
    ----------
    editors : dict of str to Editor
        The controls by their setting's name.
    errors : list of PlainLabel
        The error labels by row.

    Signals
    -------
    edited(name)
        The user changed a setting, or typed an invalid value.
    """

    edited = Signal(str)

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editors: dict[str, Editor] = {}
        self.errors: list[PlainLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        for place, name in enumerate(names):
            self._add(name, *divmod(place, _COLUMNS))

    def _add(self, name: str, row: int, column: int) -> None:
        editor = self.editors[name] = make_editor(FIELDS[name], self)
        editor.setMinimumWidth(64)
        editor.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        editor.edited.connect(lambda: self.edited.emit(name))
        label = setting_label(name, self)
        label.setBuddy(editor)
        self._grid.addWidget(label, _LINES * row, column)
        self._grid.addWidget(editor, _LINES * row + 1, column)
        self._grid.setColumnStretch(column, 1)
        if column == 0:
            self._add_error(row)

    def _add_error(self, row: int) -> None:
        label = PlainLabel(parent=self)
        label.setObjectName("error")
        label.setWordWrap(True)
        label.setContentsMargins(0, 0, 0, 5)  # nearer to the row above
        label.hide()
        self.errors.append(label)
        self._grid.addWidget(label, _LINES * row + 2, 0, 1, _COLUMNS)
        self._grid.setRowMinimumHeight(_LINES * row + 2, 3)

    def without_number(self) -> list[NumberEditor]:
        """Return the enabled fields without a valid number."""
        return [editor for editor in self._numbers() if editor.isEnabled() and editor.value is None]

    def show_errors(self) -> None:
        """Show the errors of each row below it."""
        wrong, places = self.without_number(), list(self.editors.values())
        for row, label in enumerate(self.errors):
            here = places[row * _COLUMNS : (row + 1) * _COLUMNS]
            label.setText(
                "\n".join(editor.named(editor.error) for editor in wrong if editor.error and editor in here)
            )
            label.setVisible(bool(label.text()))

    def reset_numbers(self) -> None:
        """Discard invalid numbers."""
        for editor in self._numbers():
            if editor.value is None:
                editor.reset()

    def _numbers(self) -> list[NumberEditor]:
        return [editor for editor in self.editors.values() if isinstance(editor, NumberEditor)]


def setting_label(name: str, parent: QWidget) -> PlainLabel:
    """Return the label of a setting, with its tool tip."""
    label = PlainLabel(no_mnemonic(setting_name(name)), parent)
    label.setObjectName("muted")
    set_tip(label, setting_about(name))
    return label
