"""One edit in the list: its switch, what it sets, the value, and why it holds nowhere, if it does not."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QToolButton, QWidget

from lstm_viz.app.elided import ElidedLabel
from lstm_viz.app.guard import guarded
from lstm_viz.app.plain_text import PlainLabel, set_tip
from lstm_viz.app.sentence.edits.naming import edit_name, edit_text, fault_text
from lstm_viz.app.sentence.edits.value_box import ValueBox
from lstm_viz.app.theme import Theme
from lstm_viz.messages import Edit, Fault, Module, SetValue

_HIGH = 20  # pixels
_SMALL_SWITCH = "QCheckBox { padding: 0; spacing: 0 } QCheckBox::indicator { width: 24px; height: 14px }"


class EditRow(QWidget):
    """Shows an edit, and says what a person wants of it.

    Signals
    -------
    switched(bool), typed(float), removed()
    refused()
        Something was typed that cannot be, and the row says why.
    """

    switched = Signal(bool)
    typed = Signal(float)
    removed = Signal()
    refused = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._edit: Edit | None = None
        self._net: Module | None = None
        self._fault: Fault = ""
        self.switch = QCheckBox(self)
        set_tip(self.switch, self.tr("Whether this edit holds"))
        self.switch.setStyleSheet(_SMALL_SWITCH)
        self.name, self.problem = ElidedLabel(self), PlainLabel(parent=self)
        self.value = ValueBox(self)
        self.value.make_small(_HIGH)
        self.remove = QToolButton(self)
        self.remove.setText("✕")
        self.remove.setStyleSheet("padding: 0")
        self.remove.setFixedSize(_HIGH - 2, _HIGH)
        set_tip(self.remove, self.tr("Let go of this edit (Del)"))
        self.problem.setWordWrap(True)
        self.problem.setObjectName("problem")
        self.problem.hide()
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
        grid.addWidget(self.problem, 1, 0, 1, 4)
        grid.setColumnStretch(1, 1)

    def set_edit(self, edit: Edit, fault: Fault | None, net: Module | None) -> None:
        """Show ``edit``; ``fault`` None: it is not known yet whether it holds."""
        if (edit, net) != (self._edit, self._net):
            self._show(edit, net)
        known: Fault = self._fault if fault is None and _alike(edit, self._edit) else fault or ""
        why = self.value.error or fault_text(edit, known, net)
        if edit != self._edit or why != self.problem.text():
            self.say(why)
        self._edit, self._fault, self._net = edit, known, net
        self._colour(pale=bool(why) or not edit.on)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._colour(pale=bool(self.name.styleSheet()))

    def _colour(self, pale: bool) -> None:
        """Show that an edit does not hold; a style sheet takes long, and this comes with every key."""
        wanted = f"color: {self._theme.muted}" if pale else ""
        if wanted != self.name.styleSheet():
            self.name.setStyleSheet(wanted)

    def say(self, sentence: str) -> None:
        """Say what is wrong with the edit, or with what was typed."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def refuse(self, sentence: str) -> None:
        """Say why what was typed cannot be."""
        self.say(sentence)
        self.refused.emit()

    def forget(self) -> None:
        """Let go of what is being typed: it was for an edit that is here no more."""
        self.value.reset()

    def _show(self, edit: Edit, net: Module | None) -> None:
        name = edit_name(edit, net)
        if name != self.name.text():
            self.name.say(name)
            self.remove.setAccessibleName(self.tr("Let go of %1").replace("%1", name))
            self.switch.setAccessibleName(self.tr("%1 holds").replace("%1", name))
            self.value.setAccessibleName(self.tr("Value of %1").replace("%1", name))
        self.setAccessibleName(edit_text(edit, net))
        self.switch.blockSignals(True)
        self.switch.setChecked(edit.on)
        self.switch.blockSignals(False)
        self.value.setVisible(isinstance(edit, SetValue))
        if isinstance(edit, SetValue):
            self.value.set_quantity(edit.quantity, net)
            if edit.value != self.value.committed or not _alike(edit, self._edit):
                self.value.reset(edit.value)

    def _typing(self) -> None:
        """Say of what is typed that it cannot be; what can takes effect with Enter."""
        if self.value.error:
            self.refuse(self.value.error)
        else:
            self._say_fault()

    def _say_fault(self) -> None:
        """Say no more than why the edit holds nowhere, if it does not."""
        self.say(fault_text(self._edit, self._fault, self._net) if self._edit is not None else "")

    def _typed(self, value: float) -> None:
        self.typed.emit(value)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            event.ignore()


def _alike(edit: Edit, other: Edit | None) -> bool:
    """Tell whether two edits hold at the same words, and so have the same fault, whatever their value."""
    if isinstance(edit, SetValue) and isinstance(other, SetValue):
        mine = (edit.quantity, edit.unit, edit.first, edit.last, edit.words, edit.on)
        return mine == (other.quantity, other.unit, other.first, other.last, other.words, other.on)
    return edit == other
