"""Starts an engine: the first thing that the program does, since torch takes longest to load.

It knows no Qt, so that no other import comes before it.
"""

import os
import subprocess
import sys
import tempfile

#: What Python runs: any module that reads a port and a secret from its standard input and serves there.
ENGINE = ("-m", "lstm_viz.engine")
#: The same for an engine that lets others go first, since nobody waits at its keys.
ENGINE_ASIDE = (*ENGINE, "--aside")
#: What is set for every process that loads torch.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONIOENCODING": "utf-8:backslashreplace",
    # glibc gives large blocks back at once and asks the system anew with each sentence; keep them
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
}
_QUIT_SECONDS = 1.0
_TAIL = 4000


class EngineProcess:
    """A process that is loading torch and waits on its standard input for where to connect.

    What it prints goes to a nameless file. Raises OSError where it cannot be started.
    """

    def __init__(self, arguments: tuple[str, ...] = ENGINE) -> None:
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=self._printed,
            stderr=subprocess.STDOUT,
            env={**os.environ, **ENVIRONMENT},
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def invite(self, port: int, secret: str) -> None:
        """Tell it where to connect; one that has died is left to be found dead."""
        pipe = self._process.stdin
        assert pipe is not None
        try:
            pipe.write(f"{port} {secret}\n".encode())
            pipe.close()
        except OSError:
            pass

    def ended(self) -> str | None:
        """Return how it ended, "signal 9" or "exit 1"; None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        return f"signal {-code}" if code < 0 else f"exit {code}"

    def end(self, grace: float = 0.0) -> str:
        """End it, unless it ends by itself within ``grace`` seconds, and return how it ended."""
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self._process.kill()  # it keeps nothing that could be lost
            self._process.wait(_QUIT_SECONDS)
        return self.ended() or ""

    def printed(self) -> str:
        """Return the end of what it printed."""
        size = self._printed.seek(0, os.SEEK_END)
        self._printed.seek(max(0, size - _TAIL))
        return self._printed.read().decode("utf-8", "replace")
