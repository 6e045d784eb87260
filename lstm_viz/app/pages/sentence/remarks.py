"""Remarks on the sentence: words not in the vocabulary, truncated text."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from lstm_viz.app.panels.trellis.trellis_steps import tags_alone
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.app.texts import put, shown_text
from lstm_viz.app.widgets.elided import ElidedLabel
from lstm_viz.app.widgets.line_text_edit import MAX_CHARACTERS
from lstm_viz.messages import Reading
from lstm_viz.text.cut import cut_of, is_whole

_LONGEST_WORD = 24


class Remark(NamedTuple):
    """A text for the user, with at most one action."""

    text: str = ""
    button: str = ""
    action: Callable[[], object] = lambda: None


class Remarks(QWidget):
    """Shows one remark at a time, the most important first, in a fixed place so that nothing jumps."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._cut = (0, 0)
        self._remark = Remark()
        self.label, self.button = ElidedLabel(self), QPushButton(self)
        self.label.setObjectName("remark")
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.button)
        self.button.clicked.connect(self._act)
        state.reading_changed.connect(self._reading_changed)
        state.selection_changed.connect(self._selection_changed)
        self._show(Remark())

    @property
    def text(self) -> str:
        return self._remark.text

    def shortened(self, characters: int, kept: int) -> None:
        """Show that pasted text was truncated."""
        self._cut = (characters, kept)
        if self._state.reading:
            self._reading_changed(self._state.reading)

    def tell(self, text: str) -> None:
        """Show why an action was refused, until the next reading."""
        self._show(Remark(text))

    def kept(self) -> None:
        """Show the effect of Enter."""
        if not self._state.selection.kept:
            self._show(Remark(self.tr("The sentence before is forgotten.")))
        elif self._state.selection.carry:
            self._show(Remark(self.tr("The next sentence starts from this one's last state.")))
        else:
            text, button = self.tr("Kept as the sentence before."), self.tr("Carry its state on")
            self._show(Remark(text, button, lambda: self._state.change(carry=True)))

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.text != old.text and len(new.text) < MAX_CHARACTERS:
            self._cut = (0, 0)

    def _reading_changed(self, reading: Reading) -> None:
        self._show(self._remark_on(reading))

    def _remark_on(self, reading: Reading) -> Remark:
        cut = " ".join(self._what_was_cut(reading))
        if cut:
            return Remark(cut)
        if "NaN" in [word.tag for word in reading.words]:
            return Remark(self.tr("The scores are NaN, not numbers: this model's weights are broken."))
        unknown = list(dict.fromkeys(word.text for word in reading.words if not word.known))
        fallback = reading.model.fallback
        if unknown and fallback in (model.uri for model in self._state.models):
            button = self.tr("Read it with the English tagger")
            return Remark(self._unknown_text(unknown), button, lambda: self._state.pick_model(fallback))
        if self._state.selection.carry and reading.before is None:
            return Remark(self.tr("No state to carry on yet; Enter keeps this sentence's."))
        differing = self._decoding_text(sum(map(bool, tags_alone(reading))))
        return Remark(differing or self._rules_text(reading))

    def _what_was_cut(self, reading: Reading) -> Iterator[str]:
        pasted, kept = self._cut
        if pasted:
            yield _put_counts(self.tr("Of %1 characters pasted, %2 are kept."), pasted, kept)
        if reading.total_words > len(reading.words):
            text = self.tr("The first %1 of %2 words are read.")
            yield _put_counts(text, len(reading.words), reading.total_words)
        view = reading.view
        if view and view.module.reads == "characters":
            read, characters = len(view.columns), len(reading.words[reading.step].text)
            if read < characters:
                yield _put_counts(self.tr("The first %1 of %2 characters are read."), read, characters)

    def _unknown_text(self, unknown: list[str]) -> str:
        word = f"“{shown_text(unknown[0])[:_LONGEST_WORD]}”"
        if len(unknown) == 1:
            return self.tr("%1 is not among this tagger's nine words.").replace("%1", word)
        text = self.tr("%1 and %2 more are not among this tagger's nine words.")
        return text.replace("%1", word).replace("%2", str(len(unknown) - 1))

    def _decoding_text(self, differing: int) -> str:
        """Return at how many words the chain chose another tag than the word's scores alone."""
        if not differing:
            return ""
        if differing == 1:
            return self.tr("Viterbi differs from argmax at 1 word.")
        return self.tr("Viterbi differs from argmax at %1 words.").replace("%1", f"{differing:,}")

    def _rules_text(self, reading: Reading) -> str:
        """Return the segmentation rules, where they are not those of the model's treebank."""
        selection, kind = self._state.selection, reading.model.segmentation
        if is_whole(cut_of(selection.text, selection.cuts)):
            return ""
        if kind == "unicode":
            return self.tr("No segmenter yet: Unicode word boundaries are used.")
        if kind == "damaged":
            return self.tr("The segmenter of this run is damaged: Unicode word boundaries are used.")
        return ""

    def _act(self) -> None:
        self._remark.action()

    def _show(self, remark: Remark) -> None:
        self._remark = remark
        self.label.say(remark.text)
        self.button.setText(remark.button)
        self.button.setVisible(bool(remark.button))


def _put_counts(text: str, *counts: int) -> str:
    return put(text, *(f"{count:,}" for count in counts))
