"""The actions that correct the segmentation of the sentence; each change is an undoable command."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.edits.naming import short
from lstm_viz.app.panels.tokens.dialog import TokensDialog, joined, surface_of
from lstm_viz.app.state import State
from lstm_viz.app.texts import put
from lstm_viz.app.widgets.plain_text import no_mnemonic
from lstm_viz.text.token import Token
from lstm_viz.text.tokenized_text import TokenizedText, retokenized, tokenized_text_of


class TokenActions(QObject):
    """Joins, splits and replaces words of the current sentence.

    Signals
    -------
    refused(str)
        The action is not possible; the argument is why.
    dialog_opened(dialog)
        A dialog was created and is to be shown.
    """

    refused = Signal(str)
    dialog_opened = Signal(QDialog)

    def __init__(self, state: State, undo_stack: QUndoStack, page: QWidget) -> None:
        super().__init__(page)
        self._state, self._stack, self._page = state, undo_stack, page

    def fill(self, menu: QMenu, place: int) -> None:
        """Add the actions for a word to a menu."""
        tokens = self._tokens()
        if not 0 <= place < len(tokens):
            return
        menu.addSeparator()
        after = surface_of(tokens, place).stop
        surface = self._surface(tokens, place)
        if after < len(tokens):
            text = self.tr("Join “%1” with “%2”")
            _add(menu, put(text, short(surface), short(tokens[after].text)), lambda: self.join(place))
        _add(menu, put(self.tr("Edit the tokens of “%1”…"), short(surface)), lambda: self.edit(place))
        if self._tokenized.tokens:
            _add(menu, self.tr("Reset tokenization"), self.reset)

    def join(self, place: int | None = None) -> None:
        """Join a word, by default the one at the playhead, with the next one."""
        tokens, place = self._tokens(), self._place(place)
        if not tokens:
            self._refuse()
            return
        new = joined(self._tokenized, tokens, place)
        if new is None:
            self.refused.emit(self.tr("No word follows."))
        else:
            self._push(self._tokenized, new, put(self.tr("join “%1”"), short(self._surface(tokens, place))))

    def edit(self, place: int | None = None) -> None:
        """Open the dialog for the words of a surface, with a live preview."""
        tokens, place, old = self._tokens(), self._place(place), self._tokenized
        if not tokens:
            self._refuse()
            return
        start, end = tokens[place].start, tokens[place].end
        words = [tokens[k].text for k in surface_of(tokens, place)]

        def show(new: tuple[str, ...]) -> None:
            if self._state.selection.text == old.text:
                self._state.retokenize(retokenized(old, start, end, new) if new else old)

        dialog = TokensDialog(old.text[start:end], words, show, self._page)
        text = put(self.tr("edit the tokens of “%1”"), short(old.text[start:end]))
        dialog.accepted.connect(
            lambda: (
                self._push(old, retokenized(old, start, end, dialog.words), text) if dialog.changed else None
            )
        )
        self.dialog_opened.emit(dialog)

    def reset(self) -> None:
        """Restore the segmentation of the model's segmenter."""
        if self._tokenized.tokens:
            self._push(self._tokenized, TokenizedText(self._tokenized.text), self.tr("reset tokenization"))

    def _refuse(self) -> None:
        self.refused.emit(self.tr("There is no word."))

    @property
    def _tokenized(self) -> TokenizedText:
        selection = self._state.selection
        return tokenized_text_of(selection.text, selection.tokenized_texts)

    def _tokens(self) -> tuple[Token, ...]:
        """Return the words of the sentence; none while the reading is of another text, or of no words."""
        reading = self._state.reading
        if reading is None or not self._state.is_up_to_date or reading.model.segmentation == "own":
            return ()
        return tuple(Token(word.text, word.start, word.end) for word in reading.words)

    def _place(self, place: int | None) -> int:
        reading = self._state.reading
        last = len(reading.words) - 1 if reading else 0
        return max(0, min(self._state.selection.step if place is None else place, last))

    def _surface(self, tokens: tuple[Token, ...], place: int) -> str:
        return self._state.selection.text[tokens[place].start : tokens[place].end]

    def _push(self, old: TokenizedText, new: TokenizedText, text: str) -> None:
        if new != old:
            self._stack.push(_Retokenize(self._state, old, new, text))


def _add(menu: QMenu, text: str, slot: Callable[[], None]) -> None:
    menu.addAction(no_mnemonic(text)).triggered.connect(lambda _checked=False: slot())


class _Retokenize(QUndoCommand):
    """The segmentation before and after; obsolete once its text has been replaced."""

    def __init__(self, state: State, old: TokenizedText, new: TokenizedText, text: str) -> None:
        super().__init__(text)
        self._state, self._old, self._new = state, old, new

    @guarded
    def redo(self) -> None:
        self._set_tokens(self._new)

    @guarded
    def undo(self) -> None:
        self._set_tokens(self._old)

    def _set_tokens(self, tokenized: TokenizedText) -> None:
        if self._state.selection.text == tokenized.text:
            self._state.retokenize(tokenized)
        else:
            self.setObsolete(True)  # the stack drops it
