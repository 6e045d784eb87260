"""The run library: a folder of run folders, and a trash from which they can be restored."""

import re
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from platformdirs import user_data_path

from lstm_viz.files.folder import Folder
from lstm_viz.files.moving import move
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.settings import BUNDLED, TrainingSettings

_TRASH = ".deleted"
_PURGED = ".purged-"
_LONGEST_NAME = 60  # characters: a name may have 255 bytes, and a character has up to 4


def default_folder() -> Path:
    """Return the default folder of runs, in the data folder of the user."""
    return user_data_path("lstm-viz", appauthor=False) / "runs"


class RunLibrary:
    """The runs in a folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def paths(self) -> tuple[Path, ...]:
        """Return the run folders, newest first; none if the folder cannot be read.

        Symbolic links are returned by `linked` instead: another disk may be slow.
        """
        own = (path for path in _below(Folder(self.folder)) if not path.is_symlink())
        found = ((path, _begun(path)) for path in own)
        runs = [(path, begun) for path, begun in found if begun is not None]
        return tuple(path for path, _ in sorted(runs, key=lambda one: one[1], reverse=True))

    def linked(self) -> tuple[Path, ...]:
        """Return the symbolic links in the folder, which may lead to runs; they are not followed."""
        return tuple(sorted(path for path in _below(Folder(self.folder)) if path.is_symlink()))

    def free_path(self, settings: TrainingSettings) -> Path:
        """Return a free path for a new run, named after its settings: ``small-lstm-32``."""
        name = short_name(settings)
        taken = (self.folder / (f"{name}-{n}" if n > 1 else name) for n in range(1, 1_000_000))
        return next(path for path in taken if not path.exists() and not self._in_trash(path).exists())

    def delete(self, path: Path) -> Path:
        """Move a run to the trash beside it and return its path there; raises OSError."""
        trashed = self._in_trash(path)
        Folder(path.parent).folder(_TRASH).make()
        move(path, trashed)
        return trashed

    def restore(self, trashed: Path) -> Path:
        """Move a run out of the trash and return its path; raises OSError."""
        path = trashed.parent.parent / trashed.name
        move(trashed, path)
        return path

    def trashed(self) -> tuple[Path, ...]:
        """Return the runs in the trash of this folder, and the rest of runs whose purge was interrupted.

        Empty if it cannot be read.
        """
        found = _below(Folder(self.folder).folder(_TRASH))
        return tuple(path for path in found if path.name.startswith(_PURGED) or RunFolder(path).exists())

    def purge(self, trashed: Path) -> None:
        """Delete a run in the trash; what cannot be deleted now is returned by `trashed` again."""
        self.remove(self.retire(trashed))

    def retire(self, trashed: Path) -> Path | None:
        """Rename a run in the trash: this frees its name, and a partly deleted run is never taken for a run.

        Returns the path to `remove`; None if there is nothing to remove, or it cannot be renamed now.
        """
        with suppress(OSError):
            if trashed.is_symlink():
                trashed.unlink()  # the run itself is elsewhere, and is kept
                return None
            if trashed.name.startswith(_PURGED):
                return trashed
            retired = trashed.with_name(f"{_PURGED}{secrets.token_hex(8)}")
            move(trashed, retired)
            return retired
        return None

    def remove(self, retired: Path | None) -> None:
        """Delete what `retire` returned, which may take long."""
        if retired is not None:
            shutil.rmtree(retired, ignore_errors=True)

    def _in_trash(self, path: Path) -> Path:
        return path.parent / _TRASH / path.name


def _begun(path: Path) -> float | None:
    """Return when a run began, in seconds since 1970; None if there is no readable run."""
    try:
        status = Folder(path).status("run.json")
    except OSError:
        return None
    return None if status is None else status.st_mtime


def _below(folder: Folder) -> tuple[Path, ...]:
    try:
        return tuple(folder.path / name for name in folder.names())
    except OSError:
        return ()


def short_name(settings: TrainingSettings) -> str:
    """Return the initial name of a run: corpus, special settings, cell and units.

    A long name is cut at its beginning.
    """
    first = settings.corpus[0]
    corpus = first if first in BUNDLED else Path(first).name.removesuffix(".conllu")
    special = [
        name
        for name, enabled in (
            ("char", settings.characters),
            ("both", settings.bidirectional),
            ("crf", settings.decoder == "crf"),
        )
        if enabled
    ]
    name = "-".join([corpus, *special, settings.cell, str(settings.hidden_size)])
    return re.sub(r"[^\w.-]+", "_", name)[-_LONGEST_NAME:].strip("._") or "run"
