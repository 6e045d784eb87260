"""Choosers of the files to train and to evaluate on."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QSizePolicy, QWidget

from lstm_viz.app.panels.settings.editors import keep_still
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.plain_text import set_tip
from lstm_viz.runs.settings import BUNDLED

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
        self.setAccessibleName(name)
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
