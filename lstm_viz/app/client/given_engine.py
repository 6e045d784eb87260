"""An engine that this window has not started: a program that shows its own model.

It cannot be started again: when it has ended, the window says so.
"""

import contextlib
import os
import socket

from lstm_viz.app.client.link import Engine, EngineLink
from lstm_viz.app.client.restarts import RestartPolicy

#: The details of the failure when the program has ended.
PROGRAM_ENDED = "The program with the model has ended."


class GivenEngine:
    """One of the connections to the program; as `EngineProcess`, but nothing ends the program itself."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection, self.pid = connection, os.getppid()

    def end(self, grace: float = 0.0) -> str:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self.connection.close()
        return ""

    def printed(self) -> str:
        """Return why there is no engine any more."""
        return PROGRAM_ENDED


class GivenLink(EngineLink):
    """The link to an engine that is not restarted."""

    can_restart = False

    def __init__(self, engine: GivenEngine) -> None:
        super().__init__()
        self._given: GivenEngine | None = engine
        self._restarts = _Never()

    def start(self, started: Engine | None = None) -> None:
        """Connect to the engine, the first time."""
        given, self._given = self._given, None
        if given is not None:
            super().start(given)

    def start_over(self) -> None:
        """Do nothing: the engine is not this window's to end."""


class _Never(RestartPolicy):
    """Restarts nothing."""

    def __init__(self) -> None:
        super().__init__(lambda: 0.0)

    def ended(self) -> bool:
        return False
