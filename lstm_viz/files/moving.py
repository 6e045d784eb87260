"""Renames that are tried again where another program is in the way."""

import os
import time
from pathlib import Path

_REFUSED_SECONDS, _AGAIN_SECONDS = 1.0, 0.02


def move(source: str | Path, target: str | Path, *, folder: int | None = None) -> None:
    """Rename a file or folder, in the place of a file that is there; refused, try again for a second.

    On Windows a file that another program has open, such as a virus scanner, cannot be renamed meanwhile.

    Parameters
    ----------
    source, target : str or Path
        Below the directory of the descriptor ``folder``, if one is given.

    Raises
    ------
    OSError
        If it cannot be renamed.
    """
    end = time.monotonic() + _REFUSED_SECONDS
    while True:
        try:
            os.replace(source, target, src_dir_fd=folder, dst_dir_fd=folder)  # has no dir_fd
            return
        except PermissionError:
            if time.monotonic() > end:
                raise
            time.sleep(_AGAIN_SECONDS)
