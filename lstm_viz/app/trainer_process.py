"""Starts the trainer: the very command that a person types, kept warm before it is told what to do.

It knows no Qt, as `lstm_viz.app.engine_process`, whose environment it shares.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from lstm_viz.app.engine_process import ENVIRONMENT
from lstm_viz.runs.settings import Settings, arguments

#: What Python runs: a module that loads torch, reads a line of arguments, and does what they say.
WARM = ("-m", "lstm_viz.training.warm")
_TAIL = 4000
_KILLED_SECONDS = 2.0


class TrainerProcess:
    """A process that trains, or waits to be told what.

    It is in a session of its own: Ctrl+C in the window's terminal, or the death of the window, does not end
    it. While it waits it ends with the window. Raises OSError where it cannot be started.
    """

    def __init__(self, arguments: Sequence[str] = WARM) -> None:
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=self._printed,
            stderr=subprocess.STDOUT,
            env={**os.environ, **ENVIRONMENT},
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, arguments: Sequence[str]) -> None:
        """Let it run the command with these arguments; one that has died is left to be found dead."""
        pipe = self._process.stdin
        assert pipe is not None
        try:
            pipe.write(msgspec.json.encode(arguments) + b"\n")
            pipe.close()
        except OSError:
            pass

    def ended(self) -> str | None:
        """Return how it ended, "signal 9" or "exit 1"; None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        return f"signal {-code}" if code < 0 else f"exit {code}"

    def end(self) -> None:
        """End it at once: for one that has not been told anything yet."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(_KILLED_SECONDS)
        self.forget()

    def terminate(self) -> None:
        """Ask it politely to end, which it does after saving itself."""
        if self._process.poll() is None:
            self._process.terminate()

    def forget(self) -> None:
        """Let go of its pipe and of what it printed; it goes on."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        self._printed.close()

    def last_words(self) -> str:
        """Return the last line that it printed, "" if it said nothing."""
        size = self._printed.seek(0, os.SEEK_END)
        self._printed.seek(max(0, size - _TAIL))
        lines = self._printed.read().decode("utf-8", "replace").replace("\r", "\n").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def train_arguments(settings: Settings, out: Path) -> list[str]:
    """Return what stands after ``lstm-viz`` to train with these settings into a new run folder."""
    return ["train", *arguments(settings), "--out", str(out)]


def resume_arguments(path: Path) -> list[str]:
    """Return what stands there to go on with a run."""
    return ["train", "--resume", str(path)]
