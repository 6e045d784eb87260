"""One edit in the list: its switch, target and value, and why it is unresolved, if it is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QToolButton, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.edits.naming import edit_name, edit_text, reason_text
from lstm_viz.app.panels.edits.value_box import ValueBox
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.messages import Edit, Module, SetValue, UnresolvedReason

_HIGH = 20  # pixels
_SMALL_SWITCH = "QCheckBox { padding: 0; spacing: 0 } QCheckBox::indicator { width: 24px; height: 14px }"


class EditRow(QWidget):
    """Shows an edit, and emits the user's changes to it.

    Signals
    -------
    switched(bool), typed(float), removed()
    refused()
        An invalid value was typed, and the row shows why.
    """

    switched = Signal(bool)
    typed = Signal(float)
    removed = Signal()
    refused = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._edit: Edit | None = None
        self._module: Module | None = None
        self._reason: UnresolvedReason = ""
        self.switch = QCheckBox(self)
        set_tip(self.switch, self.tr("Whether this edit is enabled"))
        self.switch.setStyleSheet(_SMALL_SWITCH)
        self.name, self.error_label = ElidedLabel(self), PlainLabel(parent=self)
        self.value = ValueBox(self)
        self.value.make_small(_HIGH)
        self.remove = QToolButton(self)
        self.remove.setText("✕")
        self.remove.setStyleSheet("padding: 0")
        self.remove.setFixedSize(_HIGH - 2, _HIGH)
        set_tip(self.remove, self.tr("Remove this edit (Del)"))
        self.error_label.setWordWrap(True)
        self.error_label.setObjectName("error")
        self.error_label.hide()
        self._lay_out()
        self.switch.toggled.connect(self.switched)
        self.value.taken.connect(self._typed)
        self.value.edited.connect(self._typing)
        self.remove.clicked.connect(self.removed)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3)
        grid.setVerticalSpacing(1)
        grid.addWidget(self.switch, 0, 0)
        grid.addWidget(self.name, 0, 1)
        grid.addWidget(self.value, 0, 2)
        grid.addWidget(self.remove, 0, 3)
        grid.addWidget(self.error_label, 1, 0, 1, 4)
        grid.setColumnStretch(1, 1)

    def set_edit(self, edit: Edit, reason: UnresolvedReason | None, module: Module | None) -> None:
        """Show ``edit``; ``reason`` None: it is not known yet whether it is resolved."""
        if (edit, module) != (self._edit, self._module):
            self._show(edit, module)
        known: UnresolvedReason = (
            self._reason if reason is None and _alike(edit, self._edit) else reason or ""
        )
        why = self.value.error or reason_text(edit, known, module)
        if edit != self._edit or why != self.error_label.text():
            self.show_text(why)
        self._edit, self._reason, self._module = edit, known, module
        self._colour(pale=bool(why) or not edit.on)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._colour(pale=bool(self.name.styleSheet()))

    def _colour(self, pale: bool) -> None:
        """Show that an edit has no effect; a style sheet is slow, so it is set only on a change."""
        style = f"color: {self._theme.muted}" if pale else ""
        if style != self.name.styleSheet():
            self.name.setStyleSheet(style)

    def show_text(self, message: str) -> None:
        """Show an error message for the edit or the typed text."""
        self.error_label.setText(message)
        self.error_label.setVisible(bool(message))

    def refuse(self, message: str) -> None:
        """Show why the typed text is invalid."""
        self.show_text(message)
        self.refused.emit()

    def forget(self) -> None:
        """Discard uncommitted text: it was for an edit that is no longer in this row."""
        self.value.reset()

    def _show(self, edit: Edit, module: Module | None) -> None:
        name = edit_name(edit, module)
        if name != self.name.text():
            self.name.show_text(name)
            self.remove.setAccessibleName(self.tr("Remove %1").replace("%1", name))
            self.switch.setAccessibleName(self.tr("%1 is enabled").replace("%1", name))
            self.value.setAccessibleName(self.tr("Value of %1").replace("%1", name))
        self.setAccessibleName(edit_text(edit, module))
        self.switch.blockSignals(True)
        self.switch.setChecked(edit.on)
        self.switch.blockSignals(False)
        self.value.setVisible(isinstance(edit, SetValue))
        if isinstance(edit, SetValue):
            self.value.set_quantity(edit.quantity, module)
            if edit.value != self.value.committed or not _alike(edit, self._edit):
                self.value.reset(edit.value)

    def _typing(self) -> None:
        """Show an error for invalid text; a valid value takes effect with Enter."""
        if self.value.error:
            self.refuse(self.value.error)
        else:
            self._show_reason()

    def _show_reason(self) -> None:
        """Show only why the edit is unresolved, if it is."""
        self.show_text(reason_text(self._edit, self._reason, self._module) if self._edit is not None else "")

    def _typed(self, value: float) -> None:
        self.typed.emit(value)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            event.ignore()


def _alike(edit: Edit, other: Edit | None) -> bool:
    """Return whether two edits have the same target, and so the same reason, whatever their value."""
    if isinstance(edit, SetValue) and isinstance(other, SetValue):
        mine = (edit.quantity, edit.unit, edit.first, edit.last, edit.words, edit.on)
        return mine == (other.quantity, other.unit, other.first, other.last, other.words, other.on)
    return edit == other
