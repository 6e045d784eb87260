"""What the system asks of the window by SIGTERM, SIGINT and SIGHUP: to end, at whatever moment.

It knows no Qt, so that it can listen before the engine is started and before Qt is looked for.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

#: So long after it was asked to end the program is gone, saved or not.
_GRACE_SECONDS = 1.5


class Termination:
    """Takes the signals from now on, and ends the program with status 0.

    Until `close_with` nothing is there to be saved, and the process ends at once; its children end with their
    life lines. A thread waits for the signals: Python's own handlers run only between two instructions of the
    main thread, which may be loading Qt, waiting for a display, or in Qt's event loop.
    """

    def __init__(self) -> None:
        self._read, write = os.pipe()
        if sys.platform != "win32":  # there it must not be, and cannot be before Python 3.12
            os.set_blocking(write, False)
        self._close: Callable[[], object] | None = None
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        self._numbers = _signals()
        for number in self._numbers:
            signal.signal(number, _leave_to_thread)
        threading.Thread(target=self._wait, name="termination", daemon=True).start()

    def close_with(self, close: Callable[[], object]) -> None:
        """Let the first signal call ``close``, in another thread; what is not closed soon is ended."""
        self._close = close

    def finish(self) -> None:
        """Ignore the signals: Python itself is about to end, which would let them kill it."""
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
    """Return the signals that end the program: SIGHUP does not where ``nohup`` has it ignored."""
    asked = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        asked.append(signal.SIGHUP)
    return tuple(asked)


def _leave_to_thread(*_: object) -> None:
    """Do nothing: the handler in C has written the number where the thread reads it."""
