"""The dialog for the words of a piece of the sentence, separated by bars, with a live preview."""

import re
from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from lstm_viz.app.panels.edits.edit_dialog import EditDialog
from lstm_viz.app.panels.edits.naming import short
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.plain_text import add_row
from lstm_viz.text.token import Token
from lstm_viz.text.tokenized_text import TokenizedText, plain, retokenized

BAR = "|"
_SPECIAL, _ESCAPED = re.compile(r"[|\\]"), re.compile(r"\\(.)")
_WORDS = re.compile(r"(?:[^|\\]|\\.?)+")


def written(words: Sequence[str]) -> str:
    """Return the words in one line; a bar or backslash in a word is escaped with a backslash."""
    return f" {BAR} ".join(_SPECIAL.sub(r"\\\g<0>", word) for word in words)


def parsed(line: str) -> tuple[str, ...]:
    """Return the words of a line, with single spaces in them."""
    pieces = [" ".join(_ESCAPED.sub(r"\1", piece).split()) for piece in _WORDS.findall(line)]
    return tuple(piece for piece in pieces if piece)


def surface_of(tokens: Sequence[Token], place: int) -> range:
    """Return the indices of the words that share the surface of the word at ``place``."""
    span = tokens[place].start, tokens[place].end
    first = last = place
    while first > 0 and (tokens[first - 1].start, tokens[first - 1].end) == span:
        first -= 1
    while last + 1 < len(tokens) and (tokens[last + 1].start, tokens[last + 1].end) == span:
        last += 1
    return range(first, last + 1)


def joined(tokenized: TokenizedText, tokens: Sequence[Token], place: int) -> TokenizedText | None:
    """Return the text with the word at ``place`` joined with the next one; None if there is none."""
    words = surface_of(tokens, place)
    if words.stop >= len(tokens):
        return None
    start, end = tokens[place].start, tokens[words.stop].end
    return retokenized(tokenized, start, end, (plain(" ".join(tokenized.text[start:end].split())),))


_LONGEST = 1000


class TokensDialog(EditDialog):
    """Edits the words of one surface.

    Parameters
    ----------
    surface : str
        The text in the sentence.
    words : sequence of str
        Its present words.
    show : callable
        Shows the sentence with these words in place; () restores the present ones.
    """

    def __init__(
        self,
        surface: str,
        words: Sequence[str],
        show: Callable[[tuple[str, ...]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._show = show
        self.setWindowTitle(self.tr("Edit tokens"))
        self.line = QLineEdit(self)
        self._lay_out(short(surface))
        line = shown_text(written(words))
        self.line.setMaxLength(max(_LONGEST, 2 * len(line)))
        self.line.setText(line)
        self._first = self.words
        self.line.selectAll()
        self.line.textEdited.connect(self._preview)
        self.rejected.connect(lambda: show(()))

    def _lay_out(self, surface: str) -> None:
        self.line.setAccessibleName(self.tr("Tokens"))
        self.line.setMinimumWidth(320)
        about = self.tr(
            "Separate tokens by |. Tokens that are not spelled as in “%1” become the words of a multiword "
            "token, such as “de” and “le” for French “du”."
        )
        self.hint.setText(put(about, surface))
        form = QFormLayout()
        add_row(form, put(self.tr("Tokens of “%1”"), surface), self.line)
        self.lay_out(form, self.tr("Apply"))

    @property
    def changed(self) -> bool:
        """Whether the words differ from those at opening."""
        return self.words != self._first

    @property
    def words(self) -> tuple[str, ...]:
        """The entered words."""
        return parsed(shown_text(self.line.text()))

    def accept(self) -> None:
        """Keep the dialog open where there is no word."""
        if self._preview():
            super().accept()

    def _preview(self) -> bool:
        words = self.words
        self._show(words if self.changed else ())
        self.error_label.setText("" if words else self.tr("Enter at least one token."))
        return bool(words)
