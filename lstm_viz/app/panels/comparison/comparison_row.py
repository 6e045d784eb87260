"""The controls of the second reading of a comparison: its sentence, model and epoch."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QVBoxLayout, QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.guard import guarded
from lstm_viz.app.panels.comparison.model_chooser import ModelChooser
from lstm_viz.app.queries.of_state import comparison_query
from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.selection.selection import ComparedWith, Selection
from lstm_viz.app.state import State
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.line_text_edit import LineTextEdit
from lstm_viz.app.widgets.painting import text_font
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.app.widgets.spoken import say_value
from lstm_viz.messages import Failure, Reading

#: The spacing of a compared line, which begins with its letter.
SPACING = 6
_WIDTH_FOR_NAMES = 620


class ComparisonRow(QWidget):
    """One line under the sentence, visible while it is compared with another.

    While both sentences are equal, text typed into the first is also entered into the second: two models then
    continue to read the same sentence.

    Signals
    -------
    left()
        It was closed: the first sentence takes the focus again.
    """

    left = Signal()

    def __init__(self, state: State, runs: Runs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._runs = state, runs
        self._epochs: tuple[int, ...] = ()
        self._shortened_from = (0, 0)
        self._last: ComparedWith | None = None
        self._same = False
        self.letter = PlainLabel(self.tr("B"), self)
        self.letter.setFont(text_font(15, bold=True))
        self.line = LineTextEdit(1, self)
        self.line.setAccessibleName(self.tr("Sentence B, to compare with"))
        self.line.setPlaceholderText(self.tr("Type a sentence to compare with"))
        self.model = ModelChooser(self.tr("Model B"), self)
        self.epoch_name, self.epoch_label = PlainLabel(self.tr("epoch"), self), PlainLabel(parent=self)
        self.epoch_name.setObjectName("muted")
        self.epoch = QSlider(Qt.Orientation.Horizontal, self)
        set_tip(self.epoch, self.tr("The checkpoint of B: epochs of training"))
        self.close_button = QPushButton("✕", self)
        self.close_button.setAccessibleName(self.tr("End the comparison"))
        set_tip(self.close_button, self.tr("End the comparison (Esc)"))
        self.message = ElidedLabel(self)
        self.setAccessibleName(self.tr("Sentence to compare with"))
        self.setWhatsThis(
            self.tr(
                "Compare with another sentence, another epoch of the same run, or another model. Both are "
                "read separately and drawn on the same columns and scales; equal words share a column. "
                "The difference is B − A, element by element."
            )
        )
        self._lay_out()
        self._connect()
        self._fill_models()
        self._selection_changed(state.selection, state.selection)
        self.setVisible(state.selection.compared_with is not None)

    def _lay_out(self) -> None:
        self.letter.setFixedWidth(16)
        self.model.setMinimumWidth(178)
        self.model.setMaximumWidth(300)
        self.epoch.setMinimumWidth(40)
        self.epoch.setMaximumWidth(90)
        self.epoch_label.setMinimumWidth(28)
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.letter)
        row.addWidget(self.line, 5)
        row.addWidget(self.model, 3)
        row.addWidget(self.epoch_name)
        row.addWidget(self.epoch, 1)
        row.addWidget(self.epoch_label)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.message)

    def _connect(self) -> None:
        state = self._state
        self.line.textChanged.connect(self._typed)
        self.line.shortened.connect(self._shortened)
        self.model.activated.connect(lambda k: self._change(model=self.model.itemData(k), epoch=None))
        self.epoch.valueChanged.connect(lambda k: self._change(epoch=self._epochs[k]))
        self.close_button.clicked.connect(self.close_comparison)
        state.selection_changed.connect(self._selection_changed)
        state.other_changed.connect(self._other_changed)
        state.detail_error_changed.connect(self._show_message)
        state.models_changed.connect(self._fill_models)
        self._runs.entries_changed.connect(self._fill_models)

    # ------------------------------------------------------------ user actions

    def open_comparison(self) -> None:
        """Compare with the last compared model, else with the same model at its first epoch."""
        first = first_comparison(self._state.selection, self._state.reading)
        self._state.change(compared_with=self._again() or first, comparison_view="difference")
        self.line.setFocus()
        self.line.selectAll()

    def close_comparison(self) -> None:
        """End the comparison."""
        compared_with = self._state.selection.compared_with
        self._last, self._same = (
            compared_with,
            compared_with is not None and compared_with.text == self._state.selection.text,
        )
        self._state.change(compared_with=None)
        self.left.emit()

    def _again(self) -> ComparedWith | None:
        """Return the last comparison, if its model still exists and it still differs."""
        selection, last = self._state.selection, self._last
        if last is None or self.model.findData(last.model) < 0:
            return None
        again = replace(last, text=selection.text) if self._same else last
        return None if again == ComparedWith(selection.text, selection.model, selection.epoch) else again

    def _typed(self) -> None:
        self._shortened_from = (0, 0)
        self._state.edit_compared_text(self.line.text())

    def _shortened(self, characters: int, kept: int) -> None:
        self._shortened_from = (characters, kept)
        self._show_message()

    def _change(self, **changes: Any) -> None:
        compared_with = self._state.selection.compared_with
        if compared_with is not None:
            self._state.change(compared_with=replace(compared_with, **changes))

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_comparison()
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------ drawing

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        compared_with = new.compared_with
        if (
            compared_with is not None
            and old.compared_with == compared_with
            and new.text != old.text == compared_with.text
        ):
            self._change(text=new.text)
            return
        if compared_with is not None and compared_with.text != self.line.text():
            with QSignalBlocker(self.line):
                self.line.set_text(compared_with.text)
        if compared_with != old.compared_with or new is old:
            self._draw(compared_with)

    def _draw(self, compared_with: ComparedWith | None) -> None:
        self.setVisible(compared_with is not None)
        if compared_with is not None:
            self.model.show_model(compared_with.model)
            self._draw_epochs(self._state.other)
        self._show_message()

    def _other_changed(self, other: Reading | None) -> None:
        self._draw_epochs(other)
        self._show_message()

    def _draw_epochs(self, other: Reading | None) -> None:
        """Show the epochs of B's model as last reported; the selected one stays under the slider handle."""
        compared_with = self._state.selection.compared_with
        epochs = self._known_epochs(other)
        for widget in (self.epoch, self.epoch_label):
            widget.setVisible(compared_with is not None and len(epochs) > 1)
        self._show_epoch_name()
        if compared_with is None or len(epochs) < 2:
            return
        epoch = epochs[-1] if compared_with.epoch is None else compared_with.epoch
        place = min(range(len(epochs)), key=lambda k: abs(epochs[k] - epoch))
        with QSignalBlocker(self.epoch):
            self._epochs = epochs
            self.epoch.setRange(0, len(epochs) - 1)
            self.epoch.setValue(place)
        self.epoch_label.setText(str(epochs[place]))
        say_value(self.epoch, self.tr("Epoch of B"), str(epochs[place]))

    def _show_epoch_name(self) -> None:
        """Hide the slider's label where the row is narrow; its accessible name remains."""
        self.epoch_name.setVisible(not self.epoch.isHidden() and self.width() >= _WIDTH_FOR_NAMES)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_epoch_name()

    def _known_epochs(self, other: Reading | None) -> tuple[int, ...]:
        compared_with = self._state.selection.compared_with
        readings = (reading for reading in (other, self._state.reading) if reading is not None)
        known = (
            r.model.epochs
            for r in readings
            if compared_with is not None and r.model.uri == compared_with.model
        )
        return next(known, ())

    def _fill_models(self, *_: object) -> None:
        self.model.fill(self._state.models, self._runs.entries, self._runs.current)
        if self._state.selection.compared_with is not None:
            self.model.show_model(self._state.selection.compared_with.model)

    def _show_message(self, *_: object) -> None:
        """Show why B is not drawn, or what of it was truncated."""
        error = self._other_error()
        self.message.show_text(self._message(error))
        self.message.setObjectName("message" if error is None else "error")
        self.message.style().polish(self.message)
        self.message.setVisible(bool(self.message.text()))

    def _other_error(self) -> Failure | None:
        """Return why B could not be read; other errors are shown elsewhere."""
        read = comparison_query(self._state.selection) == self._state.other_read
        return None if read else self._state.error_of("other")

    def _message(self, error: Failure | None) -> str:
        compared_with, other = self._state.selection.compared_with, self._state.other
        if compared_with is None:
            return ""
        if error is not None:
            return error_text(error)
        if not compared_with.text.strip():
            return self.tr("B has no words yet: only A is drawn.")
        if self._shortened_from[0]:
            text = self.tr("Of %1 characters pasted, %2 are kept.")
            return text.replace("%1", f"{self._shortened_from[0]:,}").replace(
                "%2", f"{self._shortened_from[1]:,}"
            )
        if other is not None and other.total_words > len(other.words) and not other.is_section:
            text = self.tr("The first %1 of %2 words of B are read.")
            return text.replace("%1", f"{len(other.words):,}").replace("%2", f"{other.total_words:,}")
        return ""


def first_comparison(selection: Selection, reading: Reading | None) -> ComparedWith:
    """Return the default comparison: the same sentence at the model's first epoch, if it has several."""
    epochs = reading.model.epochs if reading is not None and reading.model.uri == selection.model else ()
    if len(epochs) < 2:
        return ComparedWith(selection.text, selection.model, selection.epoch)
    at_first = reading is not None and reading.epoch == epochs[0]
    return ComparedWith(selection.text, selection.model, None if at_first else epochs[0])
