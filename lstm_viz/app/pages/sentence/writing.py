"""The controls with which a language model writes on, token by token, at the end of the text."""

from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from lstm_viz.app.pages.sentence.editor import SentenceEdit
from lstm_viz.app.pages.sentence.sampling import appended, next_scores, sampled
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import visible_text
from lstm_viz.app.widgets.line_text_edit import MAX_CHARACTERS
from lstm_viz.app.widgets.number_edit import NumberEdit
from lstm_viz.app.widgets.painting import plain
from lstm_viz.app.widgets.plain_text import PlainLabel, no_mnemonic, set_tip
from lstm_viz.messages import Failure, Reading
from lstm_viz.text.numbers import NumberRange

_OFFERED = 24
_MOST_SEED = 2**31 - 1
_PACE_MS = 120  # slow enough to follow


class Writer(QObject):
    """Writes tokens that the model predicts into the editor, as typing does.

    Attributes
    ----------
    temperature : float
    seed : int

    Signals
    -------
    writing_changed(writing)
        It began or ended to write on by itself.
    """

    writing_changed = Signal(bool)

    def __init__(self, state: State, editor: SentenceEdit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._editor = state, editor
        self.temperature, self.seed = 1.0, 0
        self._wrote = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_PACE_MS)
        self._timer.timeout.connect(self._tick)
        state.selection_changed.connect(self._selection_changed)
        state.error_changed.connect(self._error_changed)

    @property
    def is_writing(self) -> bool:
        return self._timer.isActive()

    @property
    def is_possible(self) -> bool:
        """Whether the model predicts tokens, and the user types the text."""
        reading = self._state.reading
        return reading is not None and reading.model.readout == "tokens" and not reading.model.inputs

    def tokens(self) -> list[tuple[str, float]]:
        """Return the tokens that may follow with their log-softmax, the most probable first."""
        scores, reading = next_scores(self._state.reading), self._state.reading
        if scores is None or reading is None:
            return []
        order = np.argsort(-scores, kind="stable").tolist()
        return [(reading.model.tags[k], float(scores[k])) for k in order]

    def write_next(self) -> None:
        """Write a token that is drawn from the prediction; nothing while a newer reading is awaited."""
        scores, reading = next_scores(self._state.reading), self._state.reading
        if reading is None or scores is None or not self._state.is_up_to_date or not self.is_possible:
            return
        k = sampled(scores, self.temperature, self.seed, len(reading.words))
        self.write(reading.model.tags[k])

    def write(self, token: str) -> None:
        """Write a token at the end of the text; undo takes it back."""
        reading = self._state.reading
        if reading is None or reading.view is None:
            return
        text = self._editor.text()
        added = appended(text, reading.words, token, reading.model.tags)
        if len(text) + len(added) > MAX_CHARACTERS:
            self.stop()
            return
        self._wrote = text + added
        self._editor.append(added)

    def toggle(self) -> None:
        """Write on by itself, or stop that."""
        if self.is_writing:
            self.stop()
        elif self.is_possible:
            self._timer.start()
            self.writing_changed.emit(True)
            self._tick()

    def stop(self) -> None:
        if self.is_writing:
            self._timer.stop()
            self.writing_changed.emit(False)

    def _tick(self) -> None:
        reading = self._state.reading
        if not self.is_possible or reading is None or reading.total_words > len(reading.words):
            self.stop()
        else:
            self.write_next()

    def _error_changed(self, failure: Failure | None) -> None:
        if failure is not None:
            self.stop()

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        """Stop when the user types, or chooses another model."""
        if new.model != old.model or new.text not in (old.text, self._wrote):
            self.stop()


class WritingBar(QWidget):
    """Buttons for the next token, for one of one's own choice, and to write on; temperature and seed."""

    def __init__(self, state: State, writer: Writer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._writer = state, writer
        self.next = QPushButton(self.tr("Next token"), self)
        set_tip(self.next, self.tr("Write a token drawn from the prediction (Ctrl+Return)"))
        self.choose = QPushButton(self.tr("Choose…"), self)
        set_tip(self.choose, self.tr("Write a token of your choice"))
        self.menu = QMenu(self.choose)
        self.choose.setMenu(self.menu)
        self.write_on = QPushButton(self)
        set_tip(self.write_on, self.tr("Write token after token, until stopped (Ctrl+Shift+Return)"))
        self.temperature = NumberEdit(NumberRange(least=0.0, most=100.0), self, step=0.1)
        self.seed = NumberEdit(NumberRange(whole=True, least=0, most=_MOST_SEED), self)
        self._lay_out()
        self.next.clicked.connect(writer.write_next)
        self.write_on.clicked.connect(writer.toggle)
        self.menu.aboutToShow.connect(self._fill)
        self.temperature.taken.connect(self._set_temperature)
        self.seed.taken.connect(self._set_seed)
        writer.writing_changed.connect(self._draw)
        state.reading_changed.connect(self._reading_changed)
        self._draw()
        self.hide()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 0, 0)
        layout.setSpacing(6)
        for button in (self.next, self.choose, self.write_on):
            layout.addWidget(button)
        layout.addStretch(1)
        fields = (
            (self.tr("Temperature"), self.temperature, self._writer.temperature, 58),
            (self.tr("Seed"), self.seed, self._writer.seed, 74),
        )
        for name, field, value, width in fields:
            label = PlainLabel(name, self)
            label.setBuddy(field)
            field.setAccessibleName(name)
            field.reset(value)
            field.setFixedWidth(width)
            layout.addWidget(label)
            layout.addWidget(field)
        set_tip(self.temperature, self.tr("The scores are divided by it; 0 writes the most probable token"))
        set_tip(self.seed, self.tr("The same seed writes the same text"))

    def _set_temperature(self, value: float) -> None:
        self._writer.temperature = float(value)

    def _set_seed(self, value: float) -> None:
        self._writer.seed = int(value)

    def _reading_changed(self, reading: Reading) -> None:
        self.setVisible(self._writer.is_possible)

    def _draw(self, *_: object) -> None:
        self.write_on.setText(self.tr("Stop") if self._writer.is_writing else self.tr("Write on"))

    def _fill(self) -> None:
        """Offer the tokens with their probabilities, the most probable first."""
        self.menu.clear()
        for token, score in self._writer.tokens()[:_OFFERED]:
            text = f"{no_mnemonic(visible_text(token))}\t{plain(float(np.exp(score)))}"
            self.menu.addAction(text, partial(self._writer.write, token))
