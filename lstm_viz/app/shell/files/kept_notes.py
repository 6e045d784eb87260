"""Where the notes on a model are kept: beside it or, where that cannot be written, for this window only.

For this window, the model is linked from a folder of its own, and the notes are beside the link: for the
engines, which read both, it is a file like any other.
"""

import contextlib
from pathlib import Path
from tempfile import TemporaryDirectory

from lstm_viz.opening.notes import ModelNotes
from lstm_viz.opening.notes_file import write_notes


class KeptNotes:
    """Writes notes; `close` removes those of this window."""

    def __init__(self) -> None:
        self._folders: list[TemporaryDirectory[str]] = []

    def write(self, path: Path, notes: ModelNotes) -> None:
        """Write the notes beside a model; raises OSError."""
        write_notes(path, notes)

    def keep(self, path: Path, notes: ModelNotes) -> Path:
        """Keep the notes for this window only, and return the path that has them beside it.

        Raises OSError.
        """
        folder = TemporaryDirectory(prefix="lstm-viz-")
        self._folders.append(folder)
        link = Path(folder.name) / path.name
        link.symlink_to(path.absolute())
        write_notes(link, notes)
        return link

    def close(self) -> None:
        """Remove what was kept for this window."""
        while self._folders:
            with contextlib.suppress(OSError):
                self._folders.pop().cleanup()
