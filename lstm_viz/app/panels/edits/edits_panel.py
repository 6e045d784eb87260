"""The list of edits: enable, change, remove, undo."""

from functools import partial
from itertools import pairwise

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from lstm_viz.app.panels.edits.edit_target import why_not, word_module
from lstm_viz.app.panels.edits.editing import Editing
from lstm_viz.app.panels.edits.row import EditRow
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.messages import Reading, SetValue

_SMALLEST = 32  # pixels


class EditsPanel(QWidget):
    """One row per edit, in order: a later one takes precedence over an earlier.

    Signals
    -------
    set_requested()
        The user asked for another edit.
    """

    set_requested = Signal()

    def __init__(self, state: State, editing: Editing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._editing = state, editing
        self.rows: list[EditRow] = []
        self._reason = ""
        self.hint, self.error_label = PlainLabel(parent=self), PlainLabel(parent=self)
        self.hint.setObjectName("muted")
        self.hint.setText(self.tr("Right-click a number, or drag one in the diagram, to clamp it."))
        self.error_label.setObjectName("error")
        for label in (self.hint, self.error_label):
            label.setWordWrap(True)
        self.error_label.hide()
        self.setWhatsThis(
            self.tr(
                "Interventions: the forward pass is repeated with these values in place of the computed "
                "ones. All that follows from them is recomputed by the equations; nothing else changes. A "
                "later edit overrides an earlier one. Edits stay with their words while you type."
            )
        )
        self._add_buttons()
        self._lay_out()
        state.selection_changed.connect(self._selection_changed)
        state.reading_changed.connect(self._reading_changed)
        state.theme_changed.connect(self._theme_changed)
        self._fill()

    def _add_buttons(self) -> None:
        stack = self._editing.undo_stack
        self.set_button = self._button(self.tr("Set…"), self.tr("Clamp a value"))
        self.undo_button = self._button(self.tr("Undo"), "")
        self.redo_button = self._button(self.tr("Redo"), "")
        self.reset_button = self._button(self.tr("Reset"), self.tr("Reset all edits"))
        self.set_button.clicked.connect(self.set_requested)
        self.undo_button.clicked.connect(stack.undo)
        self.redo_button.clicked.connect(stack.redo)
        self.reset_button.clicked.connect(self._editing.reset)
        stack.canUndoChanged.connect(self.undo_button.setEnabled)
        stack.canRedoChanged.connect(self.redo_button.setEnabled)
        stack.undoTextChanged.connect(self._name_undo)
        stack.redoTextChanged.connect(self._name_redo)
        self.undo_button.setEnabled(stack.canUndo())
        self.redo_button.setEnabled(stack.canRedo())
        self._name_undo(stack.undoText())
        self._name_redo(stack.redoText())

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName("toggle")
        set_tip(button, tip)
        return button

    def _lay_out(self) -> None:
        self.list = QWidget(self)
        self.list.setObjectName("scrolled")
        self._column = QVBoxLayout(self.list)
        self._column.setContentsMargins(0, 0, 2, 0)
        self._column.setSpacing(1)
        self._column.addWidget(self.error_label)
        self._column.addWidget(self.hint)
        self._column.addStretch(1)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(self.tr("Edits"))
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.list)
        self.area.setMinimumHeight(_SMALLEST)
        footer = QHBoxLayout()
        footer.setSpacing(3)
        footer.addWidget(self.set_button)
        footer.addStretch(1)
        for button in (self.undo_button, self.redo_button, self.reset_button):
            footer.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.area, 1)
        layout.addLayout(footer)

    def show_text(self, message: str) -> None:
        """Show why an edit was refused; "" clears it."""
        self._reason = why_not(self._state)
        self.error_label.setText(message)
        self.error_label.setVisible(bool(message))
        if message:
            self.area.verticalScrollBar().setValue(0)

    # ------------------------------------------------------------ drawing

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.edits != old.edits:
            self._fill()
        if (new.edits, new.unit, new.text) != (old.edits, old.unit, old.text):
            self.show_text("")

    def _reading_changed(self, reading: Reading) -> None:
        if self._state.selection.edits:
            self._fill()
        if why_not(self._state) != self._reason:
            self.show_text("")

    def _theme_changed(self, theme: Theme) -> None:
        for row in self.rows:
            row.set_theme(theme)

    def _fill(self) -> None:
        edits, reading = self._state.selection.edits, self._state.reading
        self._have(len(edits))
        known = (
            reading is not None
            and self._state.edits_read == edits
            and len(reading.resolved_edits) == len(edits)
        )
        resolved, module = reading.resolved_edits if reading and known else (), word_module(reading)
        for k, (row, edit) in enumerate(zip(self.rows, edits, strict=True)):
            row.set_edit(edit, resolved[k].unresolved if known else None, module)
        self.hint.setVisible(not edits)
        self.reset_button.setEnabled(bool(edits))

    def _have(self, count: int) -> None:
        """Create or delete rows so that there are ``count``."""
        while len(self.rows) < count:
            row, k = EditRow(self._state.theme, self.list), len(self.rows)
            row.switched.connect(partial(self._editing.switch, k))
            row.typed.connect(partial(self._typed, k))
            row.removed.connect(partial(self._remove, k))
            row.refused.connect(partial(self._show_row, row))
            self._column.insertWidget(self._column.count() - 1, row)
            self.rows.append(row)
            self._order(row)
        for row in self.rows[count:]:
            row.forget()
            if row.isAncestorOf(self.focusWidget() or self):
                (self.rows[count - 1].switch if count else self.set_button).setFocus()
            row.hide()
            row.deleteLater()
        del self.rows[count:]

    def _order(self, row: EditRow) -> None:
        """Place a row in the tab order after the one above it, and before the buttons below."""
        before = self.rows[-2].remove if len(self.rows) > 1 else _reached_before(self.set_button)
        for first, then in pairwise((before, row.switch, row.value, row.remove)):
            QWidget.setTabOrder(first, then)

    def _typed(self, k: int, value: float) -> None:
        edit = self._editing.edits[k]
        if isinstance(edit, SetValue):
            refused = self._editing.replace(k, replace(edit, value=value))
            if refused:
                self.rows[k].refuse(refused)

    def _show_row(self, row: EditRow) -> None:
        """Scroll to a row's message, once it is laid out."""
        self.list.adjustSize()
        self.area.ensureWidgetVisible(row.error_label, 0, 2)

    def _remove(self, k: int) -> None:
        """Remove an edit; the focus moves to the next one, which takes its row."""
        self._editing.remove(k)
        if k < len(self.rows):
            self.rows[k].switch.setFocus()

    def _name_undo(self, text: str) -> None:
        """Show what would be undone; the signal can also come from a stack that is being deleted."""
        tip = self.tr("Undo: %1").replace("%1", text) if text else self.tr("Nothing to undo")
        set_tip(self.undo_button, tip)

    def _name_redo(self, text: str) -> None:
        tip = self.tr("Redo: %1").replace("%1", text) if text else self.tr("Nothing to redo")
        set_tip(self.redo_button, tip)


def _reached_before(widget: QWidget) -> QWidget:
    """Return the previous focusable widget in the tab order: Qt inserts nothing after one without focus."""
    before = widget.previousInFocusChain()
    while before is not None and before.focusPolicy() == Qt.FocusPolicy.NoFocus and before is not widget:
        before = before.previousInFocusChain()
    return before or widget
