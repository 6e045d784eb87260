"""Swap in the state that another sentence leaves: which sentence, after which of its words."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.painting import shown_text
from lstm_viz.app.sentence.edits.editing import Editing
from lstm_viz.app.sentence.edits.naming import put, short
from lstm_viz.app.sentence.edits.place import Place
from lstm_viz.messages import SwapState
from lstm_viz.text.tokens import first_tokens

_LONGEST = 4000
_MOST_WORDS = 1000  # the engine reads no more


class SwapDialog(QDialog):
    """Asks for a sentence and a word of it; what it does is shown at once, and undone at Cancel."""

    def __init__(self, editing: Editing, place: Place, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editing, self._place = editing, place
        self.setWindowTitle(self.tr("Swap in another state"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.sentence, self.word = QLineEdit(self), QComboBox(self)
        self.problem = QLabel(self)
        self.buttons = QDialogButtonBox(self)
        self._lay_out()
        self.sentence.setText(short(text, _LONGEST))
        self.sentence.selectAll()
        self._fill_words()
        self.sentence.textChanged.connect(self._typed)
        self.word.currentIndexChanged.connect(self._preview)
        self.accepted.connect(editing.keep)
        self.rejected.connect(editing.cancel)
        self._preview()

    def _lay_out(self) -> None:
        self.sentence.setAccessibleName(self.tr("Other sentence"))
        self.sentence.setPlaceholderText(self.tr("Type another sentence"))
        self.sentence.setMaxLength(_LONGEST)
        self.sentence.setMinimumWidth(320)
        self.word.setAccessibleName(self.tr("Word of the other sentence"))
        hint = QLabel(self.tr("h (and c) after “%1” become those that the net has after this word."), self)
        hint.setText(put(hint.text(), short(self._place.word)))
        hint.setObjectName("muted")
        self.problem.setObjectName("problem")
        self.problem.setMinimumHeight(self.problem.fontMetrics().height())
        for label in (hint, self.problem):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        ok = self.buttons.addButton(self.tr("Swap in"), QDialogButtonBox.ButtonRole.AcceptRole)
        ok.setDefault(True)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow(self.tr("Sentence"), self.sentence)
        form.addRow(self.tr("after its word"), self.word)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(hint)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)

    @property
    def edit(self) -> SwapState:
        """The edit as it is chosen."""
        return self._place.swap(shown_text(self.sentence.text()), max(0, self.word.currentIndex()))

    def accept(self) -> None:
        """Keep the dialog open where there is no word to take the state after."""
        if self._preview():
            super().accept()

    def _typed(self, text: str) -> None:
        self._fill_words()
        self._preview()

    def _fill_words(self) -> None:
        """Offer the words of the sentence; the last of them, unless another was chosen."""
        chosen, last = self.word.currentIndex(), self.word.currentIndex() == self.word.count() - 1
        tokens, _ = first_tokens(shown_text(self.sentence.text()), _MOST_WORDS)
        with QSignalBlocker(self.word):
            self.word.clear()
            self.word.addItems([f"{k}  {short(token.text)}" for k, token in enumerate(tokens, 1)])
            self.word.setCurrentIndex(len(tokens) - 1 if last else min(chosen, len(tokens) - 1))
        self.word.setEnabled(bool(tokens))

    def _preview(self) -> bool:
        """Show what the swap does; tell whether there is one."""
        refused = self.tr("The other sentence is empty.") if not self.word.count() else ""
        refused = refused or self._editing.preview(self.edit)
        self.problem.setText(refused)
        if refused:
            self._editing.cancel()
        return not refused
