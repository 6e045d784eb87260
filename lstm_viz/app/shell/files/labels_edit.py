"""A field for a vocabulary or for tags, which are typed or read from a file."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.shell.files.label_texts import parsed, written
from lstm_viz.app.texts import put, shown_text
from lstm_viz.errors import CodedError
from lstm_viz.opening.label_files import read_labels

_LINES = 2
_MOST, _SHOWN = 5_000, 8  # labels in the field; and of more than that, in its place


class LabelsEdit(QWidget):
    """Labels by their indices, in one line or a line each.

    What is not edited stays as it is, also where it cannot be typed. Of very many only the first are shown,
    until others are typed.

    Signals
    -------
    changed()
        The labels were edited or read.
    refused(reason)
        A file has no labels.
    """

    changed = Signal()
    refused = Signal(str)

    def __init__(self, name: str, empty: str, labels: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty, self._given = empty, tuple(labels)
        self._labels = self._given
        self.text = QPlainTextEdit(self)
        self.text.setAccessibleName(name)
        self._show()
        self.text.setTabChangesFocus(True)
        margins = 2 * int(self.text.document().documentMargin()) + 2 * self.text.frameWidth()
        self.text.setFixedHeight(_LINES * self.text.fontMetrics().lineSpacing() + margins + 4)
        self.button = QPushButton(self.tr("From a file…"), self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.button)
        self.setFocusProxy(self.text)
        self.text.textChanged.connect(self._edited)
        self.button.clicked.connect(self._open)

    @property
    def labels(self) -> tuple[str, ...]:
        return self._labels

    def read(self, path: Path) -> None:
        """Take the labels of a file."""
        try:
            self._given = self._labels = read_labels(path)
        except CodedError as error:
            self.refused.emit(shown_text(error_text(error)))
            return
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        """Show the labels that are given; a text field takes a minute for some hundred thousand."""
        first, count = shown_text(" ".join(self._given[:_SHOWN])), len(self._given)
        many = put(self.tr("%1 labels: %2 …"), f"{count:,}", first)
        with QSignalBlocker(self.text):
            self.text.setPlainText("" if count > _MOST else shown_text(written(self._given)))
        self.text.setPlaceholderText(many if count > _MOST else self._empty)

    def _edited(self) -> None:
        text = shown_text(self.text.toPlainText())
        is_hidden = not text and len(self._given) > _MOST
        self._labels = self._given if is_hidden else parsed(text)
        self.changed.emit()

    def _open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.text.accessibleName())
        if name:
            self.read(Path(name))
