"""Choosers of files: what is learnt from, and what is measured on."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QSizePolicy, QWidget

from lstm_viz.app.painting import shown_text
from lstm_viz.app.plain_text import set_tip
from lstm_viz.app.training.editors import keep_still
from lstm_viz.runs.settings import BUNDLED

Files = tuple[str, ...]


class FilesChooser(QComboBox):
    """A list of choices, each some files, and at its end a line that opens others.

    Signals
    -------
    chosen(files)
        A line was picked.
    asked()
        The line that opens others was picked.
    """

    chosen = Signal(object)
    asked = Signal()

    def __init__(self, name: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: list[Files] = []
        self.setAccessibleName(name)
        set_tip(self, about)
        self._about = about
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.activated.connect(self._picked)
        keep_still(self)

    def set_choices(
        self, choices: Sequence[Files], current: Files, name_of: Callable[[Files], str], more: str
    ) -> None:
        """Offer ``choices`` and the line ``more``; ``current`` is picked."""
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
            self.asked.emit()


def file_names(files: Files) -> str:
    """Return the names of files without their folders."""
    return ", ".join(Path(name).name for name in files)


def open_files(parent: QWidget, title: str, kinds: str, start: str) -> Files:
    """Ask for files to read; none where the person thought better of it."""
    names, _ = QFileDialog.getOpenFileNames(parent, title, start, kinds)
    return tuple(names)
