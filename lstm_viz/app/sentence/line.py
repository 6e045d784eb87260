"""A line of plain text in which a sentence is typed."""

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QResizeEvent, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from lstm_viz.app.guard import guarded
from lstm_viz.app.painting import as_line, shown_text, text_font

#: Longer text is cut when pasted, and the person is told: it is more than any net here reads at once.
MAX_CHARACTERS = 10_000


class Line(QPlainTextEdit):
    """A field of one sentence: it grows by ``max_lines`` at most, and Enter does not break it.

    Signals
    -------
    kept()
        Enter was pressed.
    shortened(characters, kept)
        Pasted text was longer than there is room for: how long it was, and how much of it was kept.
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
        """Return the text with every lone surrogate replaced: it can be sent and read."""
        return shown_text(self.toPlainText())

    def put(self, text: str) -> None:
        """Let it be this text, the caret behind it."""
        self.setPlainText(text)
        self.moveCursor(self.textCursor().MoveOperation.End)

    def caret(self) -> int:
        """Return the caret's place in characters; Qt counts UTF-16 units."""
        position = self.textCursor().position()
        text = self.toPlainText()
        if text.isascii():
            return position
        units = text.encode("utf-16-le", "surrogatepass")[: 2 * position]
        return len(units.decode("utf-16-le", "replace"))

    def undoes_text(self) -> bool:
        """Return whether undo takes back text here; otherwise it is left to the window."""
        return self.document().isUndoAvailable()

    def redoes_text(self) -> bool:
        """Return whether redo brings back text here; otherwise it is left to the window."""
        return self.document().isRedoAvailable()

    # ------------------------------------------------------------ Qt

    @guarded
    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(self._fitting(source.text()))

    @guarded
    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Take what an input method writes as one line that fits, as what is pasted."""
        fitting = self._fitting(event.commitString())
        if fitting != event.commitString():
            event.setCommitString(fitting, event.replacementStart(), event.replacementLength())
        super().inputMethodEvent(event)

    def _fitting(self, text: str) -> str:
        """Return ``text`` as one line, as much of it as there is room for; what is cut is told."""
        line = as_line(text)
        room = MAX_CHARACTERS - len(self.toPlainText()) + len(self.textCursor().selectedText())
        fitting = line[: max(0, room)]
        if len(fitting) < len(line):
            self.shortened.emit(len(line), len(fitting))
        return fitting

    @guarded
    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window where no text is to be taken back."""
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
