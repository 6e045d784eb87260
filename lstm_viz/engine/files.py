"""Files that the user opened as models: each is read once, and anew when it or its notes have changed."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lstm_viz.engine.cache import Cache
from lstm_viz.errors import CodedText, coded
from lstm_viz.files.errors import reason_of
from lstm_viz.opening.errors import OpeningError
from lstm_viz.opening.notes_file import notes_path
from lstm_viz.opening.reads import Fingerprint, display_name, fingerprint_at
from lstm_viz.subjects.files import AnyFileModel, file_subject
from lstm_viz.subjects.traces import TraceSubject

_BYTES = 512 << 20  # of weights; a file is read as fast as it is copied
_MOST = 8
_NANOSECONDS = 1e9


@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    """A file that was read: what it and its notes were then; ``notes`` None without any."""

    file: Fingerprint
    notes: Fingerprint | None
    subject: AnyFileModel

    def is_of(self, file: Fingerprint, notes: Fingerprint | None) -> bool:
        return (self.file, self.notes) == (file, notes)


class FileModels:
    """The models in files.

    A file is identified by its device, inode, size and time of modification, which are looked at for every
    query: one that is written anew is read anew, and its subject says so.
    """

    def __init__(self) -> None:
        self._opened: Cache[_Opened] = Cache(_BYTES, _MOST, _weights_bytes, fewest=2)

    def clear(self) -> None:
        """Clear the cache."""
        self._opened.clear()

    def load(self, path: Path) -> AnyFileModel:
        """Return the subject of a file; raises as `lstm_viz.subjects.files.file_subject`."""
        file, notes = _fingerprint(path), _notes_fingerprint(path)
        opened = self._opened.get_or(path, lambda: _Opened(file, notes, file_subject(path)))
        if not opened.is_of(file, notes):
            notices = () if opened.file == file else (_reread(path, file),)
            opened = self._opened.keep(path, _Opened(file, notes, file_subject(path, notices)))
        return opened.subject


def _reread(path: Path, file: Fingerprint) -> CodedText:
    time = datetime.fromtimestamp(file.modified / _NANOSECONDS)
    return coded("file_reread", name=display_name(path), time=f"{time:%H:%M:%S}")


def _fingerprint(path: Path) -> Fingerprint:
    try:
        return fingerprint_at(path)
    except OSError as error:
        raise OpeningError("file_unreadable", path=str(path), reason=reason_of(error)) from error


def _notes_fingerprint(path: Path) -> Fingerprint | None:
    try:
        return fingerprint_at(notes_path(path))
    except OSError:
        return None


def _weights_bytes(opened: _Opened) -> int:
    subject = opened.subject
    return 0 if isinstance(subject, TraceSubject) else subject.rebuilt.nbytes  # a trace is mapped
