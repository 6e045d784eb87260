"""A plain-text field for a sentence."""

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QResizeEvent, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.texts import as_line, shown_text
from lstm_viz.app.widgets.painting import text_font

#: Longer text is truncated when pasted, with a message: it is more than any model here reads at once.
MAX_CHARACTERS = 10_000


class LineTextEdit(QPlainTextEdit):
    """A field for one sentence: it grows to at most ``max_lines``, and Enter inserts no line break.

    Signals
    -------
    kept()
        Enter was pressed.
    shortened(characters, kept)
        Pasted text was truncated: its length, and the length that was kept.
    """

    kept = Signal()
    shortened = Signal(int, int)

    def __init__(self, max_lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._max_lines = max_lines
        self.setFont(text_font(17))
        self.setTabChangesFocus(True)
        if max_lines == 1:
            self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(7)
        self.textChanged.connect(self.updateGeometry)

    def text(self) -> str:
        """Return the text with lone surrogates replaced, so that it can be encoded."""
        return shown_text(self.toPlainText())

    def set_text(self, text: str) -> None:
        """Set the text, with the caret at its end."""
        self.setPlainText(text)
        self.moveCursor(self.textCursor().MoveOperation.End)

    def append(self, text: str) -> None:
        """Insert a text at the end, as one step of undo, with the caret behind it."""
        self.moveCursor(self.textCursor().MoveOperation.End)
        self.document().setModified(False)  # else Qt merges it with the insertion before it
        self.insertPlainText(as_line(text))

    def caret(self) -> int:
        """Return the caret's position in characters; Qt counts UTF-16 code units."""
        position = self.textCursor().position()
        text = self.toPlainText()
        if text.isascii():
            return position
        units = text.encode("utf-16-le", "surrogatepass")[: 2 * position]
        return len(units.decode("utf-16-le", "replace"))

    def undoes_text(self) -> bool:
        """Return whether undo acts on the text; otherwise it is left to the window."""
        return self.document().isUndoAvailable()

    def redoes_text(self) -> bool:
        """Return whether redo acts on the text; otherwise it is left to the window."""
        return self.document().isRedoAvailable()

    # ------------------------------------------------------------ Qt

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Leave files that are dropped here to the window."""
        return not any(url.isLocalFile() for url in source.urls()) and super().canInsertFromMimeData(source)

    @guarded
    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(self._fitting(source.text()))

    @guarded
    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Insert the text of an input method as one line that fits, like pasted text."""
        fitting = self._fitting(event.commitString())
        if fitting != event.commitString():
            event.setCommitString(fitting, event.replacementStart(), event.replacementLength())
        super().inputMethodEvent(event)

    def _fitting(self, text: str) -> str:
        """Return ``text`` as one line, truncated to fit; `shortened` reports a truncation."""
        line = as_line(text)
        room = MAX_CHARACTERS - len(self.toPlainText()) + len(self.textCursor().selectedText())
        fitting = line[: max(0, room)]
        if len(fitting) < len(line):
            self.shortened.emit(len(line), len(fitting))
        return fitting

    @guarded
    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window where they do not act on the text."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            leaves = {
                QKeySequence.StandardKey.Undo: not self.undoes_text(),
                QKeySequence.StandardKey.Redo: not self.redoes_text(),
            }
            if any(left and event.matches(key) for key, left in leaves.items()):
                event.ignore()
                return False
        return super().event(event)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.kept.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        lines = max(1, min(self._max_lines, int(self.document().size().height())))
        margins = 2 * int(self.document().documentMargin()) + 2 * self.frameWidth()
        return QSize(400, lines * (self.fontMetrics().lineSpacing() + 1) + margins + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())
