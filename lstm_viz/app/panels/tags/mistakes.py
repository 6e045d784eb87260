"""The list of the sentences behind a cell of the confusion matrix, with the confused words marked."""

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from lstm_viz.app.guard import guarded
from lstm_viz.app.state import State
from lstm_viz.app.texts import is_right_to_left, plural, put, shown_text
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.messages import ConfusedSentence, Confusion

_ROLE = Qt.ItemDataRole.UserRole
_ROW = 24
_PALE = 0.6  # still legible


class Mistakes(QWidget):
    """A list of sentences; a click on one, or Enter, opens it.

    Signals
    -------
    left()
        The list is to be closed.
    sentence_picked(sentence)
        A `ConfusedSentence` was clicked.
    """

    left = Signal()
    sentence_picked = Signal(object)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.back = QPushButton(self.tr("← Back"), self)
        set_tip(self.back, self.tr("Back to the tags (Esc)"))
        self.back.setShortcut(Qt.Key.Key_Escape)
        self.heading, self.caption = ElidedLabel(self), PlainLabel(parent=self)
        self.caption.setObjectName("muted")
        self.caption.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Sentences"))
        self._sentences = _Sentences(state, self.list)
        self.list.setItemDelegate(self._sentences)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.addWidget(self.back)
        head.addWidget(self.heading, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addLayout(head)
        layout.addWidget(self.caption)
        layout.addWidget(self.list, 1)
        self.back.clicked.connect(self.left)
        self.list.itemClicked.connect(self._open)
        self.list.itemActivated.connect(self._open)

    def wait_for(self, heading: str) -> None:
        """Show that the list is pending."""
        self.heading.show_text(heading)
        self.list.clear()
        self.set_pale(False)
        self._show_text(self.tr("The sentences are being tagged."))

    def set_pale(self, pale: bool) -> None:
        """Set whether to draw the list pale, for another epoch than the selected one."""
        if pale != self._sentences.is_pale:
            self._sentences.is_pale = pale
            self.list.viewport().update()

    def set_error(self, sentence: str) -> None:
        """Show an error message instead of the list."""
        self.list.clear()
        self._show_text(sentence)

    def set_confusions(self, confusions: Confusion) -> None:
        """Show the sentences."""
        self.list.clear()
        for sentence in confusions.sentences:
            text = shown_text(" ".join(sentence.words))
            item = QListWidgetItem(text, self.list)
            item.setData(_ROLE, sentence)
        self._show_text(self._how_many(confusions))
        if confusions.sentences:
            self.list.setCurrentRow(0)

    def _how_many(self, confusions: Confusion) -> str:
        epoch = self.tr("epoch %1").replace("%1", str(confusions.epoch))
        if not confusions.total:
            return self.tr("No sentence has it at %1.").replace("%1", epoch)
        total, shown = confusions.total, len(confusions.sentences)
        every = plural(self.tr("%1 sentence(|s) at %2", None, total), total)
        text = every if shown == total else self.tr("the first %3 of %1 at %2")
        return put(text, f"{total:,}", epoch, f"{shown:,}")

    def _show_text(self, text: str) -> None:
        self.caption.setText(text)

    def _open(self, item: QListWidgetItem) -> None:
        self.sentence_picked.emit(item.data(_ROLE))


class _Sentences(QStyledItemDelegate):
    """Paints a sentence, scrolled to its first confused word, with the confused words marked."""

    def __init__(self, state: State, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self.is_pale = False

    @guarded
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, _ROW)

    @guarded
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        sentence, theme = index.data(_ROLE), self._state.theme
        rect = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.raised))
        painter.setOpacity(_PALE if self.is_pale else 1.0)
        x, from_right = 6.0, is_right_to_left(sentence.tokenized.text)
        for text, marked in pieces(sentence, rect.width() - 12):
            font = text_font(12, bold=marked)
            font.setUnderline(marked)
            painter.setFont(font)
            painter.setPen(QColor(theme.danger if marked else theme.text))
            width = QFontMetricsF(font).horizontalAdvance(text)
            left = rect.right() - x - width if from_right else rect.left() + x
            painter.drawText(
                QRectF(left, rect.top(), width + 2, rect.height()), Qt.AlignmentFlag.AlignVCenter, text
            )
            x += width + QFontMetricsF(text_font(12)).horizontalAdvance(" ")
        painter.setOpacity(1.0)


def pieces(sentence: ConfusedSentence, room: float) -> Iterator[tuple[str, bool]]:
    """Yield (word, whether it is confused) for the words that fit, with the first confused one among them."""
    plain, bold = QFontMetricsF(text_font(12)), QFontMetricsF(text_font(12, bold=True))
    words = [shown_text(word) for word in sentence.words]
    widths = [
        (bold if k in sentence.places else plain).horizontalAdvance(w + " ") for k, w in enumerate(words)
    ]
    first, place = 0, min(sentence.places, default=0)
    while first < place and sum(widths[first : place + 1]) > 0.7 * room:
        first += 1
    if first:
        yield "…", False
        room -= plain.horizontalAdvance("… ")
    for k in range(first, len(words)):
        if widths[k] > room:
            yield (
                plain.elidedText(" ".join(words[k:]), Qt.TextElideMode.ElideRight, room),
                k in sentence.places,
            )
            return
        room -= widths[k]
        yield words[k], k in sentence.places
