"""The summary of the corpus below the form: words, tags and parameters, or an error."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.plain_text import PlainLabel
from lstm_viz.messages import CorpusSummary


class CorpusSummaryLine(QWidget):
    """Two labels: the figures or an error message, and a remark."""

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
        self.figures.setMinimumHeight(2 * self.figures.fontMetrics().lineSpacing())  # constant height
        self.remark.hide()
        self.wait()

    def wait(self) -> None:
        """Show that the result is pending, unless there is a text already."""
        if not self.figures.text():
            self.figures.setText(self.tr("The corpus is being read…"))

    def show_reason(self, sentence: str, is_error: bool) -> None:
        """Show why there is no summary: a setting has no value, or none yet."""
        self._paint_as("problem" if is_error else "muted")
        self.figures.setText(shown_text(sentence))
        self.remark.hide()

    def show_summary(self, corpus_summary: CorpusSummary | None) -> None:
        """Show a summary; None shows that it is pending."""
        wrong = error_text(corpus_summary.error) if corpus_summary and corpus_summary.error else ""
        self._paint_as("problem" if wrong else "muted")
        self.figures.setText(shown_text(wrong or self._figures(corpus_summary)))
        remark = corpus_summary.remark if corpus_summary else ""
        self.remark.setText(shown_text(remark))
        self.remark.setVisible(bool(remark))

    def _figures(self, corpus_summary: CorpusSummary | None) -> str:
        if corpus_summary is None or corpus_summary.corpus is None:
            return self.tr("The corpus is being read…")
        parts = (
            (self.tr("%1 sentences"), f"{corpus_summary.corpus.sentences:,}"),
            (self.tr("%1 words"), f"{corpus_summary.corpus.words:,}"),
            (self.tr("%1 tags"), f"{len(corpus_summary.tags):,}"),
            (self.tr("%1 parameters"), large(corpus_summary.parameters)),
            (self.tr("%1 steps an epoch"), f"{corpus_summary.steps_per_epoch:,}"),
        )
        return " · ".join(text.replace("%1", number) for text, number in parts)

    def _paint_as(self, name: str) -> None:
        """Use the colour of the style sheet's rule ``name``."""
        if self.figures.objectName() != name:
            self.figures.setObjectName(name)
            self.figures.style().polish(self.figures)


def large(number: int) -> str:
    """Return a number in full up to a million, in millions beyond."""
    return f"{number:,}" if number < 1_000_000 else f"{number / 1e6:.3g} M"
