"""Where runs are kept: a folder of run folders, and a bin from which they can be taken out again."""

import re
import shutil
from pathlib import Path

from platformdirs import user_data_path

from lstm_viz.runs import files
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.settings import BUNDLED, Settings

_BIN = ".deleted"


def default_folder() -> Path:
    """Return where runs go unless somebody says otherwise: the person's own data, by the system's custom."""
    return user_data_path("lstm-viz", appauthor=False) / "runs"


class Shelf:
    """The runs of a folder, which need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def paths(self) -> tuple[Path, ...]:
        """Return the run folders, newest first; none where the folder cannot be read."""
        try:
            found = [path for path in self.folder.iterdir() if RunFolder(path).exists()]
            return tuple(sorted(found, key=lambda path: (path / "run.json").stat().st_mtime, reverse=True))
        except OSError:
            return ()

    def free_path(self, settings: Settings) -> Path:
        """Return a path for a new run that says what it is, and is not taken: ``small-lstm-32``."""
        name = short_name(settings)
        taken = (self.folder / (f"{name}-{n}" if n > 1 else name) for n in range(1, 1_000_000))
        return next(path for path in taken if not path.exists() and not self._binned(path).exists())

    def delete(self, path: Path) -> Path:
        """Put a run into the bin beside it and return where it is now; raises OSError."""
        binned = self._binned(path)
        binned.parent.mkdir(exist_ok=True)
        files.move(path, binned)
        return binned

    def restore(self, binned: Path) -> Path:
        """Take a run out of the bin and return where it is now; raises OSError."""
        path = binned.parent.parent / binned.name
        files.move(binned, path)
        return path

    def binned(self) -> tuple[Path, ...]:
        """Return the runs in the shelf's own bin; none where it cannot be read."""
        try:
            return tuple(path for path in (self.folder / _BIN).iterdir() if RunFolder(path).exists())
        except OSError:
            return ()

    def purge(self, binned: Path) -> None:
        """Let go of a run in the bin for good."""
        shutil.rmtree(binned, ignore_errors=True)

    def _binned(self, path: Path) -> Path:
        return path.parent / _BIN / path.name


def short_name(settings: Settings) -> str:
    """Return what a run with these settings is called at first: corpus, cell, units and what is special."""
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
    return re.sub(r"[^\w.-]+", "_", name).strip("._") or "run"
