"""A grid of settings: each control below its label, and errors below their row."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from lstm_viz.app.panels.settings.editors import Editor, NumberEditor, make_editor
from lstm_viz.app.panels.settings.setting_labels import setting_about, setting_name
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.runs.settings import FIELDS

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
        self._grid.addWidget(setting_label(name, self), _LINES * row, column)
        self._grid.addWidget(editor, _LINES * row + 1, column)
        self._grid.setColumnStretch(column, 1)
        if column == 0:
            self._add_error(row)

    def _add_error(self, row: int) -> None:
        label = PlainLabel(parent=self)
        label.setObjectName("problem")
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
    label = PlainLabel(setting_name(name), parent)
    label.setObjectName("muted")
    set_tip(label, setting_about(name))
    return label
