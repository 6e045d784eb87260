"""The files that were opened last: a submenu, and a member of the settings."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from lstm_viz.app.runs.folder_reads import within
from lstm_viz.app.selection.file_titles import file_titles
from lstm_viz.app.texts import shown_text
from lstm_viz.app.widgets.plain_text import no_mnemonic, set_tip
from lstm_viz.text.surrogates import has_surrogates

#: The most files that are kept.
MOST = 10
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
        menu.setToolTipsVisible(True)
        there = within(_PATIENCE_SECONDS, lambda: [_exists(path) for path in self.paths], [False] * MOST)
        for path, is_there, title in zip(self.paths, there, file_titles(self.paths), strict=False):
            action = menu.addAction(no_mnemonic(shown_text(title)))
            set_tip(action, shown_text(str(path)))
            action.setEnabled(is_there)
            action.triggered.connect(lambda _checked=False, path=path: open_file(path))
        if self.paths:
            menu.addSeparator()
        clear = menu.addAction(self.tr("&Clear"))
        clear.setEnabled(bool(self.paths))
        clear.triggered.connect(self.clear)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
