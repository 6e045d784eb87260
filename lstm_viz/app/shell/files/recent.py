"""The files that were opened last: a submenu, and a member of the settings."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from lstm_viz.app.runs.folder_reads import within
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.plain_text import no_mnemonic
from lstm_viz.text.surrogates import has_surrogates

#: The most files that are kept.
MOST = 10
_LONGEST = 60  # characters of the path of a folder
_PATIENCE_SECONDS = 0.3  # for a disk that does not answer: its files are greyed like missing ones


class RecentFiles(QObject):
    """The files that were opened last, newest first.

    Signals
    -------
    changed()
        Another file was opened, or the list was cleared.
    """

    changed = Signal()

    def __init__(self, paths: Sequence[str] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.paths = tuple(map(Path, paths))[:MOST]

    def add(self, path: Path) -> None:
        """Put a file in first place, unless its name cannot be kept as text."""
        if has_surrogates(str(path)):
            return
        self._set((path, *(other for other in self.paths if other != path))[:MOST])

    def clear(self) -> None:
        self._set(())

    def _set(self, paths: tuple[Path, ...]) -> None:
        if paths != self.paths:
            self.paths = paths
            self.changed.emit()

    def fill(self, menu: QMenu, open_file: Callable[[Path], object]) -> None:
        """Fill a menu with the files; those that are missing are greyed."""
        menu.clear()
        there = within(_PATIENCE_SECONDS, lambda: [_exists(path) for path in self.paths], [False] * MOST)
        for path, is_there in zip(self.paths, there, strict=False):
            action = menu.addAction(no_mnemonic(shown_text(entry_text(path))))
            action.setEnabled(is_there)
            action.triggered.connect(lambda _checked=False, path=path: open_file(path))
        if self.paths:
            menu.addSeparator()
        clear = menu.addAction(self.tr("&Clear"))
        clear.setEnabled(bool(self.paths))
        clear.triggered.connect(self.clear)


def entry_text(path: Path) -> str:
    """Return the text of a file's entry: its name, and the end of its folder's path."""
    folder = str(path.parent)
    shown = folder if len(folder) <= _LONGEST else f"…{folder[-_LONGEST:]}"
    return f"{path.name} — {shown}"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
