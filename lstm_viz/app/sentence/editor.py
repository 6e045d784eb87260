"""The line in which the sentence is typed."""

from PySide6.QtWidgets import QWidget

from lstm_viz.app.sentence.line import Line
from lstm_viz.app.state import Look, State

_MAX_LINES = 3


class SentenceEdit(Line):
    """The sentence in front: the state follows each key, and the step the caret."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(_MAX_LINES, parent)
        self._state, self._shows = state, False
        self.setAccessibleName(self.tr("Sentence"))
        self.setPlaceholderText(self.tr("Type a sentence"))
        self.put(state.look.text)
        self.textChanged.connect(self._typed)
        self.cursorPositionChanged.connect(self._moved)
        state.look_changed.connect(self._look_changed)

    def _typed(self) -> None:
        if not self._shows:
            self._state.type(self.text(), self.caret())

    def _moved(self) -> None:
        if not self._shows and self.hasFocus() and self.text() == self._state.look.text:
            self._state.move_caret(self.caret())

    def _look_changed(self, new: Look, old: Look) -> None:
        """Show a text that was chosen elsewhere: that is no typing, and the step stays where it was put."""
        if new.text != old.text and new.text != self.text():
            self._shows = True
            self.put(new.text)
            self._shows = False
