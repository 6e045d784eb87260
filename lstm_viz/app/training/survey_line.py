"""What a training would stand on: so many words, tags and parameters; or what is wrong with it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lstm_viz.app.painting import shown_text
from lstm_viz.app.plain_text import PlainLabel
from lstm_viz.messages import Surveyed


class SurveyLine(QWidget):
    """Two texts: the figures or the sentence of what is wrong, and what is unusual."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures, self.remark = PlainLabel(parent=self), PlainLabel(parent=self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for label in (self.figures, self.remark):
            label.setWordWrap(True)
            label.setObjectName("muted")
            layout.addWidget(label)
        self.figures.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.figures.setMinimumHeight(2 * self.figures.fontMetrics().lineSpacing())  # nothing jumps
        self.remark.hide()
        self.wait()

    def wait(self) -> None:
        """Say that the answer is on its way, unless something is said already."""
        if not self.figures.text():
            self.figures.setText(self.tr("The corpus is being read…"))

    def show_reason(self, sentence: str, is_error: bool) -> None:
        """Show why there is nothing to be found: a setting has no value, or none yet."""
        self._paint_as("problem" if is_error else "muted")
        self.figures.setText(shown_text(sentence))
        self.remark.hide()

    def show_survey(self, surveyed: Surveyed | None) -> None:
        """Say what was found."""
        wrong = surveyed.sentence if surveyed else ""
        self._paint_as("problem" if wrong else "muted")
        self.figures.setText(shown_text(wrong or self._figures(surveyed)))
        remark = surveyed.remark if surveyed else ""
        self.remark.setText(shown_text(remark))
        self.remark.setVisible(bool(remark))

    def _figures(self, surveyed: Surveyed | None) -> str:
        if surveyed is None or surveyed.corpus is None:
            return self.tr("The corpus is being read…")
        parts = (
            (self.tr("%1 sentences"), f"{surveyed.corpus.sentences:,}"),
            (self.tr("%1 words"), f"{surveyed.corpus.words:,}"),
            (self.tr("%1 tags"), f"{len(surveyed.tags):,}"),
            (self.tr("%1 parameters"), large(surveyed.parameters)),
            (self.tr("%1 steps an epoch"), f"{surveyed.steps_per_epoch:,}"),
        )
        return " · ".join(text.replace("%1", number) for text, number in parts)

    def _paint_as(self, name: str) -> None:
        """Take the colour of the style sheet's rule ``name``."""
        if self.figures.objectName() != name:
            self.figures.setObjectName(name)
            self.figures.style().polish(self.figures)


def large(number: int) -> str:
    """Return a number in whole digits up to a million, in millions beyond."""
    return f"{number:,}" if number < 1_000_000 else f"{number / 1e6:.3g} M"
