"""The placeholder of the Sentence page while there is no reading."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.panels.reading_panel import nothing_yet
from lstm_viz.app.state import State
from lstm_viz.app.widgets.painting import number_font
from lstm_viz.app.widgets.panel import frame
from lstm_viz.app.widgets.plain_text import PlainLabel, no_mnemonic
from lstm_viz.messages import Failure, Reading
from lstm_viz.text.tokenized_text import TokenizedText


class EmptyState(QWidget):
    """Shows a hint, and a button for the model's own sentence."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._home, self._hint = TokenizedText(""), ""
        frame(self)
        self.label = PlainLabel(parent=self)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.setWordWrap(True)
        self.button = QPushButton(self)
        self.button.clicked.connect(lambda: state.open_sentence(self._home))
        self.traceback = QPlainTextEdit(self)
        self.traceback.setReadOnly(True)
        self.traceback.setAccessibleName(self.tr("Traceback"))
        self.traceback.setFont(number_font(12))
        self.traceback.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(self.label)
        layout.addWidget(self.traceback, 8)
        layout.addSpacing(10)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(1)
        state.reading_changed.connect(self._reading_changed)
        self.show_error(None)

    def show_error(self, failure: Failure | None) -> None:
        """Show why there is no reading: there is no sentence, or reading it failed.

        Before the first reading the model is being loaded. An error of the user's own code has its traceback.
        """
        failed, raised = failure is not None, failure is not None and failure.code == "model_raised"
        self.traceback.setPlainText(failure.details if failure is not None and raised else "")
        self.traceback.setVisible(raised)
        usual = self.tr("Type a sentence above: every gate, the cell state and the tags follow each key.")
        not_read = self.tr("Not read: see the message above.")
        hint = nothing_yet(self._state.reading, self._hint or usual)
        self.label.setText(not_read if failed else hint)
        self.button.setVisible(not failed and self._state.reading is not None)

    def _reading_changed(self, reading: Reading) -> None:
        self._home = reading.model.tokenized_home or TokenizedText(reading.model.home)
        self._hint = "" if reading.model.hint is None else error_text(reading.model.hint)
        if reading.view is None:
            self.show_error(None)
        self.button.setText(self.tr("Try “%1”").replace("%1", no_mnemonic(self._home.text)))
