"""A Python child process of the window, which gets one line on its standard input.

That input is its life line as well: unless it is meant to outlive the window, it ends with it.

This module does not import Qt, so that the engine is started before any other import.
"""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import IO

from lstm_viz import isolated

#: Environment variables of every process that loads torch.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    # glibc returns large blocks at once and requests them again with each sentence; keep them
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
}
_NOTHING: Mapping[str, str] = MappingProxyType({})
_TAIL = 4000
_KILLED_SECONDS = 2.0


class ChildProcess:
    """A process that loads torch and waits on its standard input for what to do.

    Its output goes to an unnamed temporary file, or to the null device if there can be none. It runs in a
    session of its own: Ctrl+C in the window's terminal is for the window. ``life_line`` is when it ends with
    the window, see `isolated.command`. ``pass_fds`` are the descriptors that it inherits, ``environment``
    has more variables for it. Raises OSError if it cannot be started.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        life_line: str = "always",
        *,
        pass_fds: Sequence[int] = (),
        environment: Mapping[str, str] = _NOTHING,
    ) -> None:
        self._printed = _nameless_file()
        try:
            self._process = subprocess.Popen(
                isolated.command(*arguments, life_line=life_line),
                stdin=subprocess.PIPE,
                stdout=self._printed,
                stderr=subprocess.STDOUT,
                env=isolated.environment(**_ENVIRONMENT, **environment),
                pass_fds=pass_fds,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except OSError:
            self._printed.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def write_line(self, line: bytes) -> None:
        """Write the one line that the process waits for; a dead process is not an error here."""
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError):
            pipe.write(line + b"\n")
            pipe.flush()

    def close_stdin(self) -> None:
        """Close its standard input."""
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError):
            pipe.close()

    def kill(self) -> None:
        """Kill the process; its end is waited for only briefly."""
        if self._process.poll() is None:
            self._process.kill()
        self.close_stdin()
        with contextlib.suppress(subprocess.TimeoutExpired):  # seen on a busy machine
            self._process.wait(_KILLED_SECONDS)

    def ended(self) -> str | None:
        """Return how the process ended, "signal 9" or "exit 1"; None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        return f"signal {-code}" if code < 0 else f"exit {code}"

    def printed(self) -> str:
        """Return the end of the process's output."""
        size = self._printed.seek(0, os.SEEK_END)
        self._printed.seek(max(0, size - _TAIL))
        return self._printed.read().decode("utf-8", "replace")


def _nameless_file() -> IO[bytes]:
    """Return a file for the output of a process; the null device if there can be no temporary file."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return Path(os.devnull).open("w+b")
