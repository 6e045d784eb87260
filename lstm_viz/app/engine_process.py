"""Starts an engine: the first thing that the program does, since torch takes longest to load.

It knows no Qt, so that no other import comes before it.
"""

import subprocess

from lstm_viz.app.child_process import ChildProcess

#: What Python runs: any module that reads a port and a secret from its standard input and serves there.
ENGINE = ("-m", "lstm_viz.engine")
#: The same for an engine that lets others go first, since nobody waits at its keys.
ENGINE_ASIDE = (*ENGINE, "--aside")


class EngineProcess(ChildProcess):
    """A process that is loading torch and waits on its standard input for where to connect."""

    def __init__(self, arguments: tuple[str, ...] = ENGINE) -> None:
        super().__init__(arguments)

    def invite(self, port: int, secret: str) -> None:
        """Tell it where to connect."""
        self.say(f"{port} {secret}".encode())

    def end(self, grace: float = 0.0) -> str:
        """End it, unless it ends by itself within ``grace`` seconds, and return how it ended."""
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()  # it keeps nothing that could be lost
        self.hang_up()
        return self.ended() or ""


def start_early() -> EngineProcess | None:
    """Return an engine that is loading; None where none can be started, as the window will say."""
    try:
        return EngineProcess()
    except OSError:
        return None
