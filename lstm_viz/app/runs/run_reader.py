"""Reads a run folder incrementally, in any thread: what is new in it is a frozen `RunUpdate`."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import perf_counter

from lstm_viz.app.error_texts import error_text
from lstm_viz.files.errors import reason_of
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Control, Run, RunFolder, Status
from lstm_viz.runs.gates import GatesReader, Saturation
from lstm_viz.runs.history import HistoryReader, HistoryUpdate, Line
from lstm_viz.runs.segmenter import segmenter_version

#: The bytes of a file that are read at once: a larger block would delay the GUI noticeably.
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class RunUpdate:
    """The result of a read of a run folder.

    Attributes
    ----------
    run : Run or None
        None until ``run.json`` exists.
    name : str
    status, control, written
        See `RunFolder`.
    is_replaced : bool
        Whether all that was read before is invalid: the history or ``run.json`` was replaced.
    lines : tuple of Line
        The new lines of the history.
    damaged : int
        How many of the history's lines were skipped as invalid.
    damaged_lines : tuple of int
        The numbers of the first of them, counted from 1.
    damaged_end : int
        The number of the last line, not counted above, if it ends in another byte than a newline; else 0.
    has_gates : bool
        Whether ``gates.jsonl`` has new lines.
    damaged_gates : int
        How many lines of ``gates.jsonl`` were skipped in total.
    has_new_segmenter : bool
        Whether the run's segmenter was replaced.
    has_more : bool
        Whether there is more to read.
    error : str
        Why the folder cannot be read; empty if it can.
    damage : tuple of str
        Error messages about its small files.
    seconds : float
        How long the read took.
    """

    run: Run | None
    name: str
    status: Status | None = None
    control: Control = field(default_factory=Control)
    written: bool = False
    is_replaced: bool = False
    lines: tuple[Line, ...] = ()
    damaged: int = 0
    damaged_lines: tuple[int, ...] = ()
    damaged_end: int = 0
    has_gates: bool = False
    damaged_gates: int = 0
    has_new_segmenter: bool = False
    has_more: bool = False
    error: str = ""
    damage: tuple[str, ...] = ()
    seconds: float = 0.0


class RunReader:
    """Follows a run folder, which may be growing; thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path, self._folder = path, RunFolder(path)
        self._lock = Lock()
        self._run: Run | None = None
        self._stamp: tuple[int, ...] | None = None
        self._name = path.name
        self._written = False
        self._has_read = False
        self._segmenter: tuple[int, int, int] | None = None
        self._history, self._gates = HistoryReader(path, _BLOCK), GatesReader(path, _BLOCK)

    def read(self) -> RunUpdate:
        """Return what was added since the last read, and the errors."""
        with self._lock:
            return self._read(perf_counter())

    def saturation_at(self, step: int) -> Saturation | None:
        """Return the newest line of ``gates.jsonl`` up to ``step``."""
        with self._lock:
            return self._gates.up_to(step)

    def _read(self, began: float) -> RunUpdate:
        message, is_replaced, update, has_gates, has_new_segmenter = (
            "",
            False,
            HistoryUpdate(()),
            False,
            False,
        )
        try:
            is_replaced = self._read_run()
            update = self._history.new()
            if update.is_replaced and not is_replaced:
                self._gates = GatesReader(self._path, _BLOCK)  # the file belongs to another history
            has_gates, has_new_segmenter = self._gates.poll(), self._has_other_segmenter()
            self._name = self._folder.name
        except RunError as error:
            message = error_text(error)
        except OSError as error:
            name = Path(error.filename or self._path).name
            message = f"{name} of the run {self._path.name} cannot be read: {reason_of(error)}."
        status, control, damage = self._read_small()
        self._written = (self._written and bool(update.lines)) or self._folder.is_written()
        return RunUpdate(
            run=self._run,
            name=self._name,
            status=status,
            control=control,
            written=self._written,  # while the history grows, the lock need not be tried
            is_replaced=is_replaced or update.is_replaced,
            lines=update.lines,
            damaged=update.damaged,
            damaged_lines=update.damaged_lines,
            damaged_end=self._history.damaged_end,
            has_gates=has_gates,
            damaged_gates=self._gates.damaged,
            has_new_segmenter=has_new_segmenter,
            has_more=not message and (self._history.has_more or self._gates.has_more),
            error=message,
            damage=() if message else damage,
            seconds=perf_counter() - began,
        )

    def _read_run(self) -> bool:
        """Read ``run.json`` if it was replaced; return whether the folder now holds another run."""
        status = self._folder.files.status("run.json")
        stamp = None if status is None else (status.st_ino, status.st_mtime_ns, status.st_size)
        if self._run is not None and stamp is not None and stamp == self._stamp:
            return False
        before, self._run = self._run, self._folder.run()
        self._stamp = stamp
        if before is None or before == self._run:
            return False
        self._history, self._gates = HistoryReader(self._path, _BLOCK), GatesReader(self._path, _BLOCK)
        return True

    def _has_other_segmenter(self) -> bool:
        before, self._segmenter = self._segmenter, segmenter_version(self._path)
        had_read, self._has_read = self._has_read, True
        return had_read and before != self._segmenter

    def _read_small(self) -> tuple[Status | None, Control, tuple[str, ...]]:
        status, control, damage = None, Control(), list[str]()
        try:
            status = self._folder.read_status()
        except RunError as error:
            damage.append(error_text(error))
        try:
            control = self._folder.read_control()
        except RunError as error:
            damage.append(error_text(error))
        return status, control, tuple(damage)
