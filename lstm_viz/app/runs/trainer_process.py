"""The trainer process: runs the command line of training, and can be started before it gets the command.

This module does not import Qt.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from lstm_viz.app.child_process import ChildProcess
from lstm_viz.runs.settings import TrainingSettings, arguments

#: Python's arguments: a module that loads torch, reads a line of arguments, and runs the command.
PREFORK = ("-m", "lstm_viz.training.prefork")


class TrainerProcess(ChildProcess):
    """A process that trains, or waits for its command.

    While it waits it ends with the window; once it has its command it outlives the window.
    """

    def __init__(self, arguments: Sequence[str] = PREFORK) -> None:
        super().__init__(arguments, life_line="until input")

    def run_command(self, arguments: Sequence[str]) -> None:
        """Run the command with these arguments."""
        self.write_line(msgspec.json.encode(arguments))
        self.close_stdin()

    def end(self) -> None:
        """Kill the process: for one without a command, or that is still loading."""
        self.kill()
        self.forget()

    def terminate(self) -> None:
        """Send SIGTERM, after which the trainer saves a checkpoint and exits."""
        if self._process.poll() is None:
            self._process.terminate()

    def forget(self) -> None:
        """Close the pipe and the output file; the process continues."""
        self.close_stdin()
        self._printed.close()

    def last_line(self) -> str:
        """Return the last non-empty line of its output, or ""."""
        lines = self.printed().replace("\r", "\n").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def train_arguments(settings: TrainingSettings, out: Path) -> list[str]:
    """Return the arguments of ``lstm-viz`` that train with these settings into a new run folder."""
    return ["train", *arguments(settings), "--out", str(out)]


def resume_arguments(path: Path) -> list[str]:
    """Return the arguments of ``lstm-viz`` that resume a run."""
    return ["train", "--resume", str(path)]
