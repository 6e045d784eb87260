"""Messages about the sentence: words not in the vocabulary, truncated text."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.panels.trellis.trellis_steps import tags_alone
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import counted, put, shown_text
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.line_text_edit import MAX_CHARACTERS
from lstm_viz.errors import CodedText
from lstm_viz.messages import Reading
from lstm_viz.text.tokenized_text import is_whole, tokenized_text_of

_LONGEST_WORD = 24


class StatusMessage(NamedTuple):
    """A text for the user, with at most one action."""

    text: str = ""
    button: str = ""
    action: Callable[[], object] = lambda: None


class StatusLine(QWidget):
    """Shows one message at a time, the most important first, in a fixed place so that nothing jumps.

    Signals
    -------
    acted()
        The action of the message was taken: its button may be gone.
    """

    acted = Signal()

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shortened_from = (0, 0)
        self._message = StatusMessage()
        self.label, self.button = ElidedLabel(self), QPushButton(self)
        self.label.setObjectName("message")
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.button)
        self.button.clicked.connect(self._act)
        state.reading_changed.connect(self._reading_changed)
        state.selection_changed.connect(self._selection_changed)
        self._show(StatusMessage())

    @property
    def text(self) -> str:
        return self._message.text

    def shortened(self, characters: int, kept: int) -> None:
        """Show that pasted text was truncated."""
        self._shortened_from = (characters, kept)
        if self._state.reading:
            self._reading_changed(self._state.reading)

    def show_message(self, text: str) -> None:
        """Show why an action was refused, until the next reading."""
        self._show(StatusMessage(text))

    def kept(self) -> None:
        """Show the effect of Enter."""
        if not self._state.selection.kept:
            self._show(StatusMessage(self.tr("The kept sentence is discarded.")))
        elif self._state.selection.carry:
            self._show(StatusMessage(self.tr("The next sentence starts from this one's final state.")))
        else:
            text, button = self.tr("Kept as the previous sentence."), self.tr("Carry the state over")
            self._show(StatusMessage(text, button, lambda: self._state.change(carry=True)))

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.text != old.text and len(new.text) < MAX_CHARACTERS:
            self._shortened_from = (0, 0)

    def _reading_changed(self, reading: Reading) -> None:
        self._show(self._message_about(reading))

    def _message_about(self, reading: Reading) -> StatusMessage:
        truncations = " ".join(self._truncations(reading))
        if truncations:
            return StatusMessage(truncations)
        if reading.skipped:
            return StatusMessage(self._skipped_text(reading.skipped))
        if "NaN" in [word.tag for word in reading.words]:
            return StatusMessage(self.tr("The scores are NaN: this model has invalid weights."))
        unknown = list(dict.fromkeys(word.text for word in reading.words if not word.known))
        rules = self._rules_text(reading)
        if unknown and not rules and not _spells(reading):  # by other rules its words would be others
            return self._unknown_message(unknown, reading.model.fallback)
        if self._state.selection.carry and reading.before is None:
            return StatusMessage(self.tr("No state to carry over yet; Enter keeps this sentence's."))
        differing = self._decoding_text(sum(map(bool, tags_alone(reading))))
        return StatusMessage(differing or rules)

    def _truncations(self, reading: Reading) -> Iterator[str]:
        pasted, kept = self._shortened_from
        if pasted:
            yield _put_counts(self.tr("Of %1 characters pasted, %2 are kept."), pasted, kept)
        if reading.total_words > len(reading.words) and not reading.is_section:
            text = self.tr("The first %1 of %2 words are read.")
            yield _put_counts(text, len(reading.words), reading.total_words)
        view = reading.view
        if view and view.module.own_columns:
            read, characters = len(view.columns), len(reading.words[reading.step].text)
            if read < characters:
                yield _put_counts(self.tr("The first %1 of %2 characters are read."), read, characters)

    def _unknown_message(self, unknown: list[str], fallback: str) -> StatusMessage:
        """Return the message about unknown words, with the model to offer instead, if any."""
        text = self._unknown_text(unknown)
        title = next((model.title for model in self._state.models if model.uri == fallback), "")
        if not title:
            return StatusMessage(text)
        button = self.tr("Read with %1").replace("%1", title.partition(" · ")[0])
        return StatusMessage(text, button, lambda: self._state.pick_model(fallback))

    def _unknown_text(self, unknown: list[str]) -> str:
        word = f"“{shown_text(unknown[0])[:_LONGEST_WORD]}”"
        if len(unknown) == 1:
            return self.tr("%1 is not in the vocabulary.").replace("%1", word)
        text = self.tr("%1 and %2 more are not in the vocabulary.")
        return text.replace("%1", word).replace("%2", str(len(unknown) - 1))

    def _skipped_text(self, skipped: tuple[CodedText, ...]) -> str:
        """Return what of the text is no input of the model."""
        first = error_text(skipped[0])
        text = self.tr("Left out: %1.") if len(skipped) == 1 else self.tr("Left out: %1; and others.")
        return put(text, shown_text(first))

    def _decoding_text(self, differing: int) -> str:
        """Return at how many words the chain chose another tag than the word's scores alone."""
        if not differing:
            return ""
        return counted(self.tr("Viterbi differs from argmax at %1 word(|s).", None, differing), differing)

    def _rules_text(self, reading: Reading) -> str:
        """Return the segmentation rules, where they are not those of the model's treebank."""
        selection, kind = self._state.selection, reading.model.segmentation
        if is_whole(tokenized_text_of(selection.text, selection.tokenized_texts)):
            return ""
        if kind == "unicode":
            return self.tr("No segmenter yet: Unicode word boundaries are used.")
        if kind == "damaged":
            return self.tr("The segmenter of this run is damaged: Unicode word boundaries are used.")
        return ""

    def _act(self) -> None:
        self._message.action()
        self.acted.emit()

    def _show(self, message: StatusMessage) -> None:
        self._message = message
        self.label.show_text(message.text)
        self.button.setText(message.button)
        self.button.setVisible(bool(message.button))


def _spells(reading: Reading) -> bool:
    """Return whether the model also reads the characters of a word: it then knows something of every word."""
    return any(module.reads == "characters" for module in reading.model.modules)


def _put_counts(text: str, *counts: int) -> str:
    return put(text, *(f"{count:,}" for count in counts))
