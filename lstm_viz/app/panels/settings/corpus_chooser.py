"""The corpus of the next run: its chooser, and a line about what is in it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QSizePolicy, QVBoxLayout, QWidget

from lstm_viz.app.error_texts import error_text
from lstm_viz.app.panels.settings.editors import keep_still
from lstm_viz.app.texts import counted, put, shown_text
from lstm_viz.app.widgets.plain_text import PlainLabel, set_tip
from lstm_viz.app.widgets.spoken import name_combo_box
from lstm_viz.messages import CorpusSummary
from lstm_viz.runs.settings import BUNDLED


class CorpusSummaryLine(QWidget):
    """Two labels: the figures or why there are none, and a remark."""

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
        self.show_summary(None)

    def show_reason(self, message: str, is_error: bool) -> None:
        """Show why there is no summary: a setting has no value, or none yet."""
        self._paint_as("error" if is_error else "muted")
        self.figures.setText(shown_text(message))
        self.remark.hide()

    def show_summary(self, corpus_summary: CorpusSummary | None) -> None:
        """Show a summary; None shows that it is pending. Its error is shown where the corpus is chosen."""
        self._paint_as("muted")
        self.figures.setText(self._figures(corpus_summary))
        remark = " ".join(map(error_text, corpus_summary.remarks)) if corpus_summary else ""
        self.remark.setText(shown_text(remark))
        self.remark.setVisible(bool(remark))

    def _figures(self, corpus_summary: CorpusSummary | None) -> str:
        if corpus_summary is None:
            return self.tr("The corpus is being read…")
        if corpus_summary.corpus is None or corpus_summary.error is not None:
            return ""
        corpus, tags = corpus_summary.corpus, len(corpus_summary.tags)
        steps = corpus_summary.steps_per_epoch
        parts = (
            counted(self.tr("%1 sentence(|s)", None, corpus.sentences), corpus.sentences),
            counted(self.tr("%1 word(|s)", None, corpus.words), corpus.words),
            counted(self.tr("%1 tag(|s)", None, tags), tags),
            put(self.tr("%1 parameters"), large(corpus_summary.parameters)),
            counted(self.tr("%1 step(|s) an epoch", None, steps), steps),
        )
        return " · ".join(parts)

    def _paint_as(self, name: str) -> None:
        """Use the colour of the style sheet's rule ``name``."""
        if self.figures.objectName() != name:
            self.figures.setObjectName(name)
            self.figures.style().polish(self.figures)


def large(number: int) -> str:
    """Return a number in full up to a million, in millions beyond."""
    return f"{number:,}" if number < 1_000_000 else f"{number / 1e6:.3g} M"


Files = tuple[str, ...]


class FilesChooser(QComboBox):
    """A combo box whose items are file lists, with a last item that opens other files.

    Signals
    -------
    chosen(files)
        An item was selected.
    open_requested()
        The last item was selected.
    """

    chosen = Signal(object)
    open_requested = Signal()

    def __init__(self, name: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: list[Files] = []
        name_combo_box(self, name)
        set_tip(self, about)
        self._about = about
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.activated.connect(self._picked)
        keep_still(self)

    def set_choices(
        self, choices: Sequence[Files], current: Files, name_of: Callable[[Files], str], more: str
    ) -> None:
        """Set the items to ``choices`` and ``more``, and select ``current``."""
        self._choices = list(dict.fromkeys([*choices, current]))
        with QSignalBlocker(self):
            self.clear()
            self.addItems([shown_text(name_of(files)) for files in self._choices])
            self.insertSeparator(len(self._choices))
            self.addItem(more)
            self.setCurrentIndex(self._choices.index(current))
        paths = "\n".join(shown_text(name) for name in current)
        set_tip(self, f"{self._about}\n{paths}" if paths and current[0] not in BUNDLED else self._about)

    def _picked(self, place: int) -> None:
        if place < len(self._choices):
            self.chosen.emit(self._choices[place])
        else:
            self.open_requested.emit()


def file_names(files: Files) -> str:
    """Return the names of files without their folders."""
    return ", ".join(Path(name).name for name in files)


def open_files(parent: QWidget, title: str, kinds: str, start: str) -> Files:
    """Open a file dialog and return the chosen files, none if it was cancelled."""
    names, _ = QFileDialog.getOpenFileNames(parent, title, start, kinds)
    return tuple(names)
