"""Renaming with retries while another program has a file open."""

import os
import time
from pathlib import Path

_REFUSED_SECONDS, _AGAIN_SECONDS = 1.0, 0.02


def move(source: str | Path, target: str | Path, *, folder: int | None = None) -> None:
    """Rename a file or folder, replacing an existing file; retry for a second if permission is denied.

    On Windows a file that another program, such as a virus scanner, has open cannot be renamed.

    Parameters
    ----------
    source, target : str or Path
        Relative to the directory descriptor ``folder``, if given.

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
