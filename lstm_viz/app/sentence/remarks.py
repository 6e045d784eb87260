"""What there is to say of the sentence: words that the tagger does not know, text that was too long."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from lstm_viz.app.notices import Notice
from lstm_viz.app.painting import shown_text
from lstm_viz.app.sentence.editor import MAX_CHARACTERS
from lstm_viz.app.state import Look, State
from lstm_viz.messages import Reading

ENGLISH = "english"
_MOST_NAMED = 3


class Remarks(QWidget):
    """At most one remark at a time; the weightier first."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._cut = 0
        self.notice = Notice(parent=self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.notice)
        state.reading_changed.connect(self._reading_changed)
        state.look_changed.connect(self._look_changed)
        self.hide()

    def cut(self, characters: int) -> None:
        """Say that pasted text was cut."""
        self._cut = characters
        if self._state.reading:
            self._reading_changed(self._state.reading)

    def kept(self) -> None:
        """Say what Enter did."""
        if self._state.look.carry:
            self._say(self.tr("The state after this sentence is where the next one starts."))
        else:
            self._say(
                self.tr("Kept as the sentence before. To start the next one from its state:"),
                self.tr("Carry the state on"),
                lambda: self._state.change(carry=True),
            )

    def _look_changed(self, new: Look, old: Look) -> None:
        if new.text != old.text and len(new.text) < MAX_CHARACTERS:
            self._cut = 0

    def _reading_changed(self, reading: Reading) -> None:
        unknown = list(dict.fromkeys(word.text for word in reading.words if not word.known))
        if self._cut:
            self._say(
                self.tr("The pasted text has %1 characters; the first %2 are kept.")
                .replace("%1", f"{self._cut:,}")
                .replace("%2", f"{MAX_CHARACTERS:,}")
            )
        elif reading.total_words > len(reading.words):
            self._say(
                self.tr("The text has %1 words; the first %2 are read.")
                .replace("%1", f"{reading.total_words:,}")
                .replace("%2", f"{len(reading.words):,}")
            )
        elif reading.words and any(word.tag == "NaN" for word in reading.words):
            self._say(self.tr("The scores are not numbers (NaN): this model's weights are broken, and no tag is meant."))
        elif unknown and self._offers_english(reading):
            self._say(
                self._unknown_text(unknown), self.tr("Read it with the English tagger"),
                lambda: self._state.pick_model(ENGLISH),
            )  # fmt: skip
        else:
            self._say("")

    def _offers_english(self, reading: Reading) -> bool:
        """Only the taggers of a few words need a way out; the others have learnt to guess."""
        names = {model.name for model in self._state.models}
        return reading.model.name.startswith("tutorial") and ENGLISH in names

    def _unknown_text(self, unknown: list[str]) -> str:
        named = ", ".join(f"“{shown_text(word)[:40]}”" for word in unknown[:_MOST_NAMED])
        more = "…" if len(unknown) > _MOST_NAMED else ""
        text = self.tr("This small tagger knows the nine words of its two training sentences; it reads %1 as “unknown”.")
        return text.replace("%1", named + more)

    def _say(self, text: str, button: str = "", action: object = None) -> None:
        self.notice.say(text, button, action if callable(action) else lambda: None)
        self.setVisible(bool(text))
