"""A Python program that the window runs beside itself, and tells one line on its standard input.

That input is its life line as well: what is not meant to go on alone ends when the window is gone.

It knows no Qt, so that no other import comes before the engine is started.
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

#: What is set for every process that loads torch.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    # glibc gives large blocks back at once and asks the system anew with each sentence; keep them
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
}
_NOTHING: Mapping[str, str] = MappingProxyType({})
_TAIL = 4000
_KILLED_SECONDS = 2.0


class ChildProcess:
    """A process that is loading torch and waits on its standard input for what to do.

    What it prints goes to a nameless file, or nowhere if there can be none. It stands in a session of its
    own: Ctrl+C in the window's terminal is for the window. ``life_line`` is when it ends with the window, as
    `isolated.command` has it. ``pass_fds`` are the descriptors that it inherits, ``environment`` has more
    variables for it. Raises OSError where it cannot be started.
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

    def say(self, line: bytes) -> None:
        """Tell it the one line that it waits for; one that has died is left to be found dead."""
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
        """End it at once; where the system takes its time to take it away, that is not waited for."""
        if self._process.poll() is None:
            self._process.kill()
        self.close_stdin()
        with contextlib.suppress(subprocess.TimeoutExpired):  # seen on a busy machine
            self._process.wait(_KILLED_SECONDS)

    def ended(self) -> str | None:
        """Return how it ended, "signal 9" or "exit 1"; None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        return f"signal {-code}" if code < 0 else f"exit {code}"

    def printed(self) -> str:
        """Return the end of what it printed."""
        size = self._printed.seek(0, os.SEEK_END)
        self._printed.seek(max(0, size - _TAIL))
        return self._printed.read().decode("utf-8", "replace")


def _nameless_file() -> IO[bytes]:
    """Return a file for what a process prints; the null device where the disk is full or refuses."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return Path(os.devnull).open("w+b")
