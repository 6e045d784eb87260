"""Lazily read lines of ``gates.jsonl``."""

from collections.abc import Hashable
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from lstm_viz.app.runs.folder_reads import FolderReads
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.runs.gates import Saturation


class Saturations(QObject):
    """Reads the line of a step, and caches the last one of each run.

    Signals
    -------
    arrived(data)
        A requested line of a run was read.
    """

    arrived = Signal(object)

    def __init__(self, reads: FolderReads) -> None:
        super().__init__(reads)
        self._reads = reads
        self._requested: WeakKeyDictionary[RunData, Hashable] = WeakKeyDictionary()
        self._known: WeakKeyDictionary[RunData, Saturation | None] = WeakKeyDictionary()
        self._read: WeakKeyDictionary[RunData, Hashable] = WeakKeyDictionary()
        self._requesting = False

    def at(self, data: RunData, step: int) -> Saturation | None:
        """Return the newest line up to ``step``, or the cached one while it is read (see `is_read`)."""
        about = self._about(data, step)
        if self._requested.get(data) != about:
            self._requested[data] = about
            self._requesting = True
            self._reads.run(
                data.path,
                lambda: data.reader.saturation_at(step),
                lambda found: self._take(data, about, found),
            )
            self._requesting = False
        return self._known.get(data)

    def is_read(self, data: RunData, step: int) -> bool:
        """Return whether the line that `at` returns is that of ``step``."""
        return self._read.get(data) == self._about(data, step)

    @staticmethod
    def _about(data: RunData, step: int) -> Hashable:
        return step, data.generation, data.gates_read

    def _take(self, data: RunData, about: Hashable, found: Saturation | None) -> None:
        if self._requested.get(data) != about:
            return
        self._known[data], self._read[data] = found, about
        if not self._requesting:
            self.arrived.emit(data)
