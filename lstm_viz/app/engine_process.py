"""Starts an engine: the first thing that the program does, since torch takes longest to load.

It knows no Qt, so that no other import comes before it.
"""

import subprocess
from types import MappingProxyType

from lstm_viz.app.child_process import ChildProcess
from lstm_viz.socket_pair import connected_pair, inherited, ticket

#: What Python runs: any module that serves the socket which the line on its standard input names.
ENGINE = ("-m", "lstm_viz.engine")
#: The same for an engine that lets others go first, since nobody waits at its keys.
ENGINE_ASIDE = (*ENGINE, "--aside")
#: oneDNN keeps 1,024 primitives, one for each length of a sentence, batch and layer, of up to 0.4 MiB: it
#: would grow for half an hour. Typing uses the last few again: it was slower with 8 of them, not with 32.
_ENVIRONMENT = MappingProxyType({"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "32"})


class EngineProcess(ChildProcess):
    """A process that is loading torch, and then serves the other end of ``connection``.

    Raises OSError where it cannot be started.
    """

    def __init__(self, arguments: tuple[str, ...] = ENGINE) -> None:
        self.connection, theirs = connected_pair()
        with theirs:
            try:
                super().__init__(arguments, pass_fds=inherited(theirs), environment=_ENVIRONMENT)
            except OSError:
                self.connection.close()
                raise
            self.say(ticket(theirs, self.pid))

    def end(self, grace: float = 0.0) -> str:
        """End it, unless it ends by itself within ``grace`` seconds, and return how it ended."""
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()  # it keeps nothing that could be lost
        self.close_stdin()
        self.connection.close()
        return self.ended() or ""


def start_early() -> EngineProcess | None:
    """Return an engine that is loading; None where none can be started, as the window will say."""
    try:
        return EngineProcess()
    except OSError:
        return None
