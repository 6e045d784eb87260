"""Handles SIGTERM, SIGINT and SIGHUP, which end the program at any moment.

This module does not import Qt, so that the handlers are installed before the engine is started and Qt loaded.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

#: The program exits so long after the signal at the latest, saved or not.
_GRACE_SECONDS = 1.5


class Termination:
    """Handles the signals from its construction on, and ends the program with status 0.

    Until `close_with` is called there is nothing to save, and the process exits at once; its children end
    with their life lines. A thread waits for the signals: Python's own handlers run only between two
    instructions of the main thread, which may be loading Qt, waiting for a display, or in Qt's event loop.
    """

    def __init__(self) -> None:
        self._read, write = os.pipe()
        if sys.platform != "win32":  # on Windows it must not be, and cannot be before Python 3.12
            os.set_blocking(write, False)
        self._close: Callable[[], object] | None = None
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        self._numbers = _signals()
        for number in self._numbers:
            signal.signal(number, _leave_to_thread)
        threading.Thread(target=self._wait, name="termination", daemon=True).start()

    def close_with(self, close: Callable[[], object]) -> None:
        """Call ``close`` on the first signal, in another thread; the program exits soon after in any case."""
        self._close = close

    def finish(self) -> None:
        """Ignore the signals from now on: while Python shuts down they would kill the process."""
        for number in self._numbers:
            signal.signal(number, signal.SIG_IGN)

    def _wait(self) -> None:
        while os.read(self._read, 1)[0] not in self._numbers:
            pass
        if self._close is not None:
            self._close()
            time.sleep(_GRACE_SECONDS)
        os._exit(0)


def _signals() -> tuple[int, ...]:
    """Return the signals that end the program: SIGHUP is left out if ``nohup`` has it ignored."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    return tuple(numbers)


def _leave_to_thread(*_: object) -> None:
    """Do nothing: the C-level handler has written the number to the pipe that the thread reads."""
