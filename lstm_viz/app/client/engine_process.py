"""Starts an engine: the first thing that the program does, since torch takes longest to load.

This module does not import Qt, so that nothing is imported before the engine starts.
"""

import subprocess
from collections.abc import Mapping
from types import MappingProxyType

from lstm_viz.app.child_process import ChildProcess
from lstm_viz.socket_pair import connected_pair, inherited, ticket

#: Python's arguments: any module that serves the socket named by the line on its standard input.
ENGINE = ("-m", "lstm_viz.engine")
#: The same for an engine of lower priority, which does not serve keystrokes.
ENGINE_BACKGROUND = (*ENGINE, "--background")
#: oneDNN caches 1,024 primitives, one for each sentence length, batch and layer, of up to 0.4 MiB: the
#: process would grow for half an hour. Typing reuses the last few: it was slower with 8 of them, not with 32.
#: An attribution takes as long with 8.
_PRIMITIVES: Mapping[tuple[str, ...], str] = MappingProxyType({ENGINE: "32", ENGINE_BACKGROUND: "8"})


class EngineProcess(ChildProcess):
    """A process that loads torch and then serves the other end of ``connection``.

    Raises OSError if it cannot be started.
    """

    def __init__(self, arguments: tuple[str, ...] = ENGINE) -> None:
        self.connection, theirs = connected_pair()
        with theirs:
            try:
                capacity = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": _PRIMITIVES.get(arguments, "32")}
                super().__init__(arguments, pass_fds=inherited(theirs), environment=capacity)
            except OSError:
                self.connection.close()
                raise
            self.write_line(ticket(theirs, self.pid))

    def end(self, grace: float = 0.0) -> str:
        """Kill the process unless it exits within ``grace`` seconds, and return how it ended."""
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()  # it has nothing to save
        self.close_stdin()
        self.connection.close()
        return self.ended() or ""


def start_early() -> EngineProcess | None:
    """Return an engine that is loading; None if none can be started, which the window will report."""
    try:
        return EngineProcess()
    except OSError:
        return None
