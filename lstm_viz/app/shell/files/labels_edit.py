"""A field for a vocabulary or for tags, which are typed or read from a file."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.shell.files.label_texts import parsed, written
from lstm_viz.app.texts import shown_text
from lstm_viz.errors import CodedError
from lstm_viz.opening.label_files import read_labels

_LINES = 2


class LabelsEdit(QWidget):
    """Labels by their indices, in one line or a line each.

    What is not edited stays as it is, also where it cannot be typed.

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
        self._labels = tuple(labels)
        self.text = QPlainTextEdit(shown_text(written(labels)), self)
        self.text.setAccessibleName(name)
        self.text.setPlaceholderText(empty)
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
            self._labels = read_labels(path)
        except CodedError as error:
            self.refused.emit(shown_text(error_text(error)))
            return
        with QSignalBlocker(self.text):
            self.text.setPlainText(shown_text(written(self._labels)))
        self.changed.emit()

    def _edited(self) -> None:
        self._labels = parsed(shown_text(self.text.toPlainText()))
        self.changed.emit()

    def _open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.text.accessibleName())
        if name:
            self.read(Path(name))
