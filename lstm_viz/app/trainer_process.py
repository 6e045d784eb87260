"""Starts the trainer: the very command that a person types, kept warm before it is told what to do.

It knows no Qt.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from lstm_viz.app.child_process import ChildProcess
from lstm_viz.runs.settings import Settings, arguments

#: What Python runs: a module that loads torch, reads a line of arguments, and does what they say.
WARM = ("-m", "lstm_viz.training.warm")


class TrainerProcess(ChildProcess):
    """A process that trains, or waits to be told what.

    While it waits it ends with the window; once it has been told, the death of the window does not end it.
    """

    def __init__(self, arguments: Sequence[str] = WARM) -> None:
        super().__init__(arguments, life_line="until told")

    def tell(self, arguments: Sequence[str]) -> None:
        """Let it run the command with these arguments."""
        self.say(msgspec.json.encode(arguments))
        self.close_stdin()

    def end(self) -> None:
        """End it at once: for one that has not been told anything yet."""
        self.kill()
        self.forget()

    def terminate(self) -> None:
        """Ask it politely to end, which it does after saving itself."""
        if self._process.poll() is None:
            self._process.terminate()

    def forget(self) -> None:
        """Let go of its pipe and of what it printed; it goes on."""
        self.close_stdin()
        self._printed.close()

    def last_words(self) -> str:
        """Return the last line that it printed, "" if it said nothing."""
        lines = self.printed().replace("\r", "\n").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def train_arguments(settings: Settings, out: Path) -> list[str]:
    """Return what stands after ``lstm-viz`` to train with these settings into a new run folder."""
    return ["train", *arguments(settings), "--out", str(out)]


def resume_arguments(path: Path) -> list[str]:
    """Return what stands there to go on with a run."""
    return ["train", "--resume", str(path)]
