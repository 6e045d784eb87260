"""The content of the arithmetic panel: tables side by side or stacked, their results, and the proof."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from lstm_viz.app.panels.arithmetic.term_table import TermTable
from lstm_viz.app.panels.arithmetic.view_model import ArithmeticViewModel, Terms, tsv
from lstm_viz.app.theme import Theme
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip

_BETWEEN = 20  # two tables, in pixels


class ArithmeticSheet(QWidget):
    """Shows a `ArithmeticViewModel` except for its title.

    Signals
    -------
    followed(place)
        The arithmetic at a `NumberLink` is requested.
    """

    followed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: ArithmeticViewModel | None = None
        self.note, self.result, self.replaced, self.proof = (text_label() for _ in range(4))
        self.note.setWordWrap(True)
        self.blocks = tuple(Block(self) for _ in range(2))
        self.table = self.blocks[0].table
        self.copy = QPushButton(self.tr("&Copy"), self)
        set_tip(self.copy, self.tr("Copy the table as tab-separated values"))
        self.copy.clicked.connect(self._copy)
        for block in self.blocks:
            block.table.followed.connect(self.followed)
        self._lay_out()

    def _lay_out(self) -> None:
        self.tables = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.tables.setSpacing(_BETWEEN)
        for block in self.blocks:
            self.tables.addWidget(block)
        footer = QHBoxLayout()
        footer.addWidget(self.proof)
        footer.addStretch(1)
        footer.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addWidget(self.note)
        column.addLayout(self.tables, 1)
        for widget in (self.result, self.replaced):
            column.addWidget(widget)
        column.addLayout(footer)
        for name in ("note", "result", "replaced", "proof"):
            getattr(self, name).setObjectName(name)

    def set_shown(self, shown: ArithmeticViewModel, theme: Theme, room: int) -> None:
        """Show the tables, results and proof; two tables stand side by side if ``room`` pixels suffice."""
        self._shown = shown
        for block, terms in zip(self.blocks, (*shown.tables, None, None), strict=False):
            block.set_terms(terms, theme)
        wide = sum(block.sizeHint().width() for block in self.blocks if not block.isHidden()) + _BETWEEN
        beside = len(shown.tables) < 2 or wide <= room
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self.tables.setDirection(direction)
        texts = (shown.note, "\n".join(shown.results), shown.replaced, shown.proof)
        for label, text in zip((self.note, self.result, self.replaced, self.proof), texts, strict=True):
            label.setText(text)
            label.setVisible(bool(text))
        self.copy.setVisible(bool(shown.tables))

    def settle(self) -> None:
        """Activate the layouts at once: Qt itself would only with the next event."""
        for widget in (*self.blocks, self):
            layout = widget.layout()
            assert layout is not None
            layout.activate()

    def _copy(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(tsv(self._shown))


class Block(QWidget):
    """A table with its caption above."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caption, self.table = text_label(), TermTable(self)
        self.caption.setObjectName("muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.caption)
        layout.addWidget(self.table, 1)

    def set_terms(self, terms: Terms | None, theme: Theme) -> None:
        """Show a table, None for nothing."""
        self.setVisible(terms is not None)
        if terms is not None:
            self.caption.setText(terms.caption)
            self.caption.setVisible(bool(terms.caption))
            self.table.set_terms(terms, theme)

    def sizeHint(self) -> QSize:
        caption = self.caption.sizeHint() + QSize(0, 2) if self.caption.text() else QSize(0, 0)
        table = self.table.sizeHint()
        return QSize(max(caption.width(), table.width()), caption.height() + table.height())


def text_label() -> PlainLabel:
    """Return a label for plain text that can be selected."""
    label = PlainLabel()
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
