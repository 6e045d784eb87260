"""Ends this process when its parent process is gone, also while torch is being imported.

The life line is standard input, a pipe whose other end the parent holds: the system closes it when the parent
dies, however it dies. Importing torch holds the global interpreter lock for up to 0.2 s at a time (0.4 s from
a cold disk, measured); the watching thread is late by no more than that.
"""

import ctypes
import os
import signal
import sys
import threading

_STDIN = 0
_PR_SET_PDEATHSIG = 1
_PEEK_SECONDS = 0.1

#: Set when the program reads standard input itself, and handles its end.
_released = threading.Event()


def watch(kind: str) -> None:
    """Watch standard input from a thread.

    Parameters
    ----------
    kind : {"none", "always", "until input"}
        "always": the process ends when the pipe is closed. "until input": not if data was written to it
        before, nor after `release_stdin`. "none": nothing is watched.
    """
    if kind == "none":
        return
    always = kind == "always"
    if always:
        _end_with_parent()
    if _is_closed():  # already: the next import may hold the interpreter lock before the thread has run
        _exit_when_closed(always)
    threading.Thread(target=_watch, args=(always,), name="life line", daemon=True).start()


def release_stdin() -> None:
    """Stop watching: from now on the caller reads standard input, and ends at its end."""
    _released.set()


def _watch(always: bool) -> None:
    _wait_until_closed()
    _exit_when_closed(always)


def _exit_when_closed(always: bool) -> None:
    # In this order: a reader that has consumed the input in between has called `release_stdin` before.
    if always or not (_has_input() or _released.is_set()):
        os._exit(0)


def _end_with_parent() -> None:
    """Let Linux kill this process with its parent's thread, whatever holds the interpreter lock.

    A parent that has died before this call has closed the pipe.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if sys.platform == "win32":
    import _winapi
    import msvcrt
    import time

    def _wait_until_closed() -> None:
        while not _is_closed():
            time.sleep(_PEEK_SECONDS)

    def _is_closed() -> bool:
        try:
            _winapi.PeekNamedPipe(msvcrt.get_osfhandle(_STDIN), 0)
        except OSError:  # the pipe is closed and has no data left
            return True
        return False

    def _has_input() -> bool:
        return False

else:
    import fcntl
    import select
    import termios

    _CLOSED = select.POLLHUP | select.POLLERR | select.POLLNVAL

    def _wait_until_closed() -> None:
        while not _is_closed(None):
            pass

    def _is_closed(milliseconds: int | None = 0) -> bool:
        poll = select.poll()
        poll.register(_STDIN, select.POLLHUP)  # not POLLIN: the data is for the program
        return any(event & _CLOSED for _, event in poll.poll(milliseconds))

    def _has_input() -> bool:
        waiting = fcntl.ioctl(_STDIN, termios.FIONREAD, bytes(4))
        return any(waiting)
