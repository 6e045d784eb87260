"""Where runs are kept: a folder of run folders, and a bin from which they can be taken out again."""

import re
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from platformdirs import user_data_path

from lstm_viz.files.folder import Folder
from lstm_viz.files.moving import move
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.settings import BUNDLED, Settings

_BIN = ".deleted"
_PURGED = ".purged-"
_LONGEST_NAME = 60  # characters: a name may have 255 bytes, and a character has up to 4


def default_folder() -> Path:
    """Return where runs go unless somebody says otherwise: the person's own data, by the system's custom."""
    return user_data_path("lstm-viz", appauthor=False) / "runs"


class Shelf:
    """The runs of a folder, which need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def paths(self) -> tuple[Path, ...]:
        """Return the run folders, newest first; none where the folder cannot be read.

        Those that are elsewhere and linked from here are `linked`: another disk may take its time.
        """
        here = (path for path in _below(Folder(self.folder)) if not path.is_symlink())
        found = ((path, _begun(path)) for path in here)
        there = [(path, begun) for path, begun in found if begun is not None]
        return tuple(path for path, _ in sorted(there, key=lambda one: one[1], reverse=True))

    def linked(self) -> tuple[Path, ...]:
        """Return the links to folders elsewhere, which may be runs; nothing of those is looked at."""
        return tuple(sorted(path for path in _below(Folder(self.folder)) if path.is_symlink()))

    def free_path(self, settings: Settings) -> Path:
        """Return a path for a new run that says what it is, and is not taken: ``small-lstm-32``."""
        name = short_name(settings)
        taken = (self.folder / (f"{name}-{n}" if n > 1 else name) for n in range(1, 1_000_000))
        return next(path for path in taken if not path.exists() and not self._binned(path).exists())

    def delete(self, path: Path) -> Path:
        """Put a run into the bin beside it and return where it is now; raises OSError."""
        binned = self._binned(path)
        Folder(path.parent).folder(_BIN).make()
        move(path, binned)
        return binned

    def restore(self, binned: Path) -> Path:
        """Take a run out of the bin and return where it is now; raises OSError."""
        path = binned.parent.parent / binned.name
        move(binned, path)
        return path

    def binned(self) -> tuple[Path, ...]:
        """Return the runs in the shelf's own bin, also what is left of one whose purge was interrupted.

        None where it cannot be read.
        """
        there = _below(Folder(self.folder).folder(_BIN))
        return tuple(path for path in there if path.name.startswith(_PURGED) or RunFolder(path).exists())

    def purge(self, binned: Path) -> None:
        """Let go of a run in the bin for good; what cannot be removed now, `binned` has again."""
        self.remove(self.retire(binned))

    def retire(self, binned: Path) -> Path | None:
        """Rename a run in the bin, so that its name is free, and half a run is never taken for a run.

        Returns what is to be removed; None where nothing is, or it cannot be renamed now.
        """
        with suppress(OSError):
            if binned.is_symlink():
                binned.unlink()  # the run is elsewhere, and stays
                return None
            if binned.name.startswith(_PURGED):
                return binned
            retired = binned.with_name(f"{_PURGED}{secrets.token_hex(8)}")
            move(binned, retired)
            return retired
        return None

    def remove(self, retired: Path | None) -> None:
        """Remove what `retire` returned, which may take its time."""
        if retired is not None:
            shutil.rmtree(retired, ignore_errors=True)

    def _binned(self, path: Path) -> Path:
        return path.parent / _BIN / path.name


def _begun(path: Path) -> float | None:
    """Return when a run began, in seconds since 1970; None where there is no run that can be looked at."""
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


def short_name(settings: Settings) -> str:
    """Return what a run with these settings is called at first: corpus, cell, units and what is special.

    Of a corpus with a long name it is the end.
    """
    first = settings.corpus[0]
    corpus = first if first in BUNDLED else Path(first).name.removesuffix(".conllu")
    special = [
        name
        for name, there in (
            ("char", settings.characters),
            ("both", settings.bidirectional),
            ("crf", settings.decoder == "crf"),
        )
        if there
    ]
    name = "-".join([corpus, *special, settings.cell, str(settings.hidden_size)])
    return re.sub(r"[^\w.-]+", "_", name)[-_LONGEST_NAME:].strip("._") or "run"
