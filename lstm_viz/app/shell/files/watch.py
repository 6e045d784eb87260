"""Follows the file of the selected model, which a training may write anew."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer

from lstm_viz.app.runs.folder_reads import FolderReads
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.state import State
from lstm_viz.uris import file_path

_POLL_MS = 1000

#: Size and time of modification of the file and of its notes; None of one that is not there.
Marks = tuple[tuple[int, int] | None, ...]


class FileWatch(QTimer):
    """Has the selected model read again when its file, or the notes on it, has changed.

    A file that is being written is left alone: it is read when it is the same twice.
    """

    def __init__(self, state: State, reads: FolderReads) -> None:
        super().__init__(reads)
        self._state, self._reads = state, reads
        self._path: Path | None = None
        self._read: Marks | None = None
        self._last: Marks | None = None
        self.setInterval(_POLL_MS)
        self.timeout.connect(self._poll)
        state.selection_changed.connect(self._selection_changed)
        self._follow(file_path(state.selection.model))

    def _selection_changed(self, new: Selection, old: Selection) -> None:
        if new.model != old.model:
            self._follow(file_path(new.model))

    def _follow(self, path: Path | None) -> None:
        self._path, self._read, self._last = path, None, None
        if path is None:
            self.stop()
        else:
            self._poll()
            self.start()

    def _poll(self) -> None:
        path = self._path
        if path is not None and not self._reads.is_busy(("watch", path)):
            self._reads.run(("watch", path), partial(_marks, path), partial(self._take, path))

    def _take(self, path: Path, marks: Marks) -> None:
        if path != self._path:
            return
        if self._read is None:
            self._read = marks
        elif marks == self._last != self._read:
            self._read = marks
            self._state.model_changed.emit()
        self._last = marks


def _marks(path: Path) -> Marks:
    from lstm_viz.opening.notes_file import notes_path

    return tuple(map(_mark, (path, notes_path(path))))


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns
