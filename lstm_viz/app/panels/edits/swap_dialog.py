"""The dialog for a state patch: which sentence, and after which of its words."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget

from lstm_viz.app.panels.edits.edit_dialog import EditDialog
from lstm_viz.app.panels.edits.edit_target import EditTarget
from lstm_viz.app.panels.edits.editing import Editing
from lstm_viz.app.panels.edits.naming import short
from lstm_viz.app.state import State
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.plain_text import add_row
from lstm_viz.messages import Reading, SwapState
from lstm_viz.ordinals import ordinal

_LONGEST = 4000


class SwapDialog(EditDialog):
    """Edits a sentence and a word of it, with a live preview that Cancel reverts.

    The words are those of the engine's segmentation: they arrive with the reading of the preview.
    """

    def __init__(
        self, state: State, editing: Editing, place: EditTarget, text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._editing, self._place = state, editing, place
        self._words_of, self._words, self._accepts = "", tuple[str, ...](), False
        self.setWindowTitle(self.tr("State patch"))
        self.sentence, self.word = QLineEdit(self), QComboBox(self)
        self._lay_out()
        self.sentence.setText(short(text, _LONGEST))
        self.sentence.selectAll()
        self.sentence.textChanged.connect(self._typed)
        self.word.currentIndexChanged.connect(self._preview)
        self.accepted.connect(editing.keep)
        self.rejected.connect(editing.cancel)
        state.reading_changed.connect(self._reading_changed)
        self._preview()

    def _lay_out(self) -> None:
        self.sentence.setAccessibleName(self.tr("Other sentence"))
        self.sentence.setPlaceholderText(self.tr("Type another sentence"))
        self.sentence.setMaxLength(_LONGEST)
        self.sentence.setMinimumWidth(320)
        self.word.setAccessibleName(self.tr("Word of the other sentence"))
        hint = self.tr("h (and c) after “%1” are replaced by those after this word.")
        self.hint.setText(put(hint, short(self._place.word)))
        form = QFormLayout()
        add_row(form, self.tr("Sentence"), self.sentence)
        add_row(form, self.tr("after its word"), self.word)
        self.lay_out(form, self.tr("Patch"))

    @property
    def edit(self) -> SwapState:
        """The chosen edit."""
        text, chosen = shown_text(self.sentence.text()), self.word.currentIndex()
        if self._words_of != text or chosen < 0:
            return self._place.swap(text, None)
        return self._place.swap(text, chosen, self._words[chosen])

    def accept(self) -> None:
        """Keep the dialog open if there is no word to take the state after, or until it is known."""
        self._accepts = self._preview()
        if self._accepts and self.edit.after:
            super().accept()

    def _typed(self) -> None:
        self._accepts = False
        self._preview()

    def _reading_changed(self, reading: Reading) -> None:
        """Fill in the words of the sentence; the last is selected, unless another was chosen."""
        resolved = reading.resolved_edits[-1] if reading.resolved_edits else None
        edits = self._state.edits_read
        swap = edits[-1] if edits and self._state.is_up_to_date else None
        if (
            resolved is None
            or not isinstance(swap, SwapState)
            or swap.text != shown_text(self.sentence.text())
        ):
            return
        if (swap.text, resolved.others) != (self._words_of, self._words):
            self._words_of = swap.text
            self._fill_words(resolved.others)
            self.accept() if self._accepts else self._preview()

    def _fill_words(self, words: tuple[str, ...]) -> None:
        chosen, last = self.word.currentIndex(), self.word.currentIndex() == self.word.count() - 1
        with QSignalBlocker(self.word):
            self.word.clear()
            self.word.addItems([f"{ordinal(k)}  {short(word)}" for k, word in enumerate(words)])
            self.word.setCurrentIndex(len(words) - 1 if last else min(chosen, len(words) - 1))
        self._words = words
        self.word.setEnabled(bool(words))

    def _preview(self) -> bool:
        """Preview the state patch; return whether there is one."""
        edit = self.edit
        none_there = self._words_of == edit.text and not self._words
        refused = self.tr("The other sentence is empty.") if none_there else ""
        refused = refused or self._editing.preview(edit)
        self.error_label.setText(refused)
        if refused:
            self._editing.cancel()
        return not refused
