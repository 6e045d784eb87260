"""Notes on models that cannot be written beside them, and are kept for one window only.

The model is linked from a folder of its own, and the notes are beside the link: for the engines, which read
both, it is a file like any other.
"""

import contextlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_viz.opening.notes import ModelNotes


def write_beside(path: Path, notes: "ModelNotes") -> None:
    """Write the notes beside a model; raises OSError."""
    from lstm_viz.opening.notes_file import write_notes

    write_notes(path, notes)


class KeptNotes:
    """Keeps notes for a window; `close` removes them."""

    def __init__(self) -> None:
        self._folders: list[TemporaryDirectory[str]] = []

    def keep(self, path: Path, notes: "ModelNotes") -> Path:
        """Return a path of the model that has the notes beside it; raises OSError."""
        folder = TemporaryDirectory(prefix="lstm-viz-")
        self._folders.append(folder)
        link = Path(folder.name) / path.name
        link.symlink_to(path.absolute())
        write_beside(link, notes)
        return link

    def close(self) -> None:
        """Remove what was kept for this window."""
        while self._folders:
            with contextlib.suppress(OSError):
                self._folders.pop().cleanup()
