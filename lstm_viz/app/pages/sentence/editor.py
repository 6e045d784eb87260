"""The editor of the sentence."""

import math
from weakref import WeakKeyDictionary

from PySide6.QtGui import QUndoCommand, QUndoStack
from PySide6.QtWidgets import QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.widgets.line_text_edit import LineTextEdit
from lstm_viz.errors import CodedText
from lstm_viz.messages import Reading
from lstm_viz.text.tokenized_text import TokenizedText, tokenized_text_of

_MAX_LINES = 3


class SentenceEdit(LineTextEdit):
    """Edits the current sentence: the state follows each key, and the step follows the caret.

    Text has its own undo (QTextDocument). Text changes and commands of the window are undone in the order in
    which they were made: for each command the number of text undo steps at the time of its push is kept. The
    tokens come back with the text: of each number of steps, those with which it was reached and left.
    """

    def __init__(self, state: State, undo_stack: QUndoStack, parent: QWidget | None = None) -> None:
        super().__init__(_MAX_LINES, parent)
        self._state, self._shows = state, False
        self._stack, self._steps = undo_stack, WeakKeyDictionary[QUndoCommand, int]()
        self._depth, self._reached, self._left = 0, dict[int, TokenizedText](), dict[int, TokenizedText]()
        self.setAccessibleName(self.tr("Sentence"))
        self._hint_shown: CodedText | None = None
        self._show_hint()
        self.set_text(state.selection.text)
        self.textChanged.connect(self._typed)
        self.cursorPositionChanged.connect(self._moved)
        state.selection_changed.connect(self._selection_changed)
        state.reading_changed.connect(self._reading_changed)
        undo_stack.indexChanged.connect(self._command_moved)

    def _reading_changed(self, reading: Reading) -> None:
        if reading.model.hint != self._hint_shown:
            self._hint_shown = reading.model.hint
            self._show_hint()

    def _show_hint(self) -> None:
        """Show what is to be typed while there is no text."""
        hint = self._hint_shown
        self.setPlaceholderText(self.tr("Type a sentence") if hint is None else error_text(hint))

    def undoes_text(self) -> bool:
        """Return whether text was changed after the last command."""
        return super().undoes_text() and self.document().availableUndoSteps() > self._steps_before(-1)

    def redoes_text(self) -> bool:
        """Return whether the undone text change was made before the next command."""
        before = self._steps_before(0) if self._stack.canRedo() else math.inf
        return super().redoes_text() and self.document().availableUndoSteps() < before

    def _steps_before(self, place: int) -> float:
        """Return the number of text undo steps before the last command (-1), or the next (0)."""
        index = self._stack.index() + place
        return self._steps.get(self._stack.command(index), 0) if index >= 0 else -1

    def _command_moved(self, index: int) -> None:
        command = self._stack.command(index - 1) if index else None
        if command is not None and command not in self._steps:
            self._steps[command] = self.document().availableUndoSteps()
            # else Qt merges the next insertion with the last one, as it does while "modified"
            self.document().setModified(False)

    def _typed(self) -> None:
        if self._shows:
            return
        text, depth, before = self.text(), self.document().availableUndoSteps(), self._depth
        if depth > before:
            self._left[before] = self._tokenized
        known = (self._left if depth < before else self._reached).get(depth) if depth != before else None
        self._state.type(text, self.caret(), known if known is not None and known.text == text else None)
        if depth >= before:
            self._reached[depth] = self._tokenized
        self._depth = depth

    @property
    def _tokenized(self) -> TokenizedText:
        selection = self._state.selection
        return tokenized_text_of(selection.text, selection.tokenized_texts)

    def _moved(self) -> None:
        if not self._shows and self.hasFocus() and self.text() == self._state.selection.text:
            self._state.move_caret(self.caret())

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        """Show a text that was set elsewhere: that is not typing, and the step is kept."""
        if new.text != old.text and new.text != self.text():
            self._shows = True
            self.set_text(new.text)
            self._shows = False
            self._steps.update(dict.fromkeys(self._steps, 0))  # a new document has nothing to undo
            self._depth = 0
            self._reached.clear()
            self._left.clear()
