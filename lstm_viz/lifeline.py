"""Ends this process when the one that started it is gone, also while torch is being imported.

The life line is standard input, a pipe whose other end that process holds: the system closes it when the
process dies, however it dies. Importing torch holds the interpreter's lock for up to 0.2 s at a time (0.4 s
from a cold disk, measured); the thread that waits for the end is late by no more than that.
"""

import ctypes
import os
import signal
import sys
import threading

_STDIN = 0
_PR_SET_PDEATHSIG = 1
_PEEK_SECONDS = 0.1

#: Set when standard input is read by whom it is for, who sees its end himself.
_read_by_others = threading.Event()


def hold(kind: str) -> None:
    """Watch standard input from a thread.

    Parameters
    ----------
    kind : {"none", "always", "until told"}
        "always": the process ends when the line is cut. "until told": not where something was written into it
        before, nor after `let_go`. "none": nothing is watched.
    """
    if kind == "none":
        return
    always = kind == "always"
    if always:
        _end_with_parent()
    if _is_cut():  # already: what is imported next may hold the interpreter's lock before the thread has run
        _end_unless_told(always)
    threading.Thread(target=_watch, args=(always,), name="life line", daemon=True).start()


def let_go() -> None:
    """Leave standard input to the caller, who reads it from now on and takes its end for the end."""
    _read_by_others.set()


def _watch(always: bool) -> None:
    _wait_until_cut()
    _end_unless_told(always)


def _end_unless_told(always: bool) -> None:
    # In this order: whoever has read the words in between has called `let_go` before.
    if always or not (_has_words() or _read_by_others.is_set()):
        os._exit(0)


def _end_with_parent() -> None:
    """Let Linux kill this process with its parent's thread: no lock of the interpreter can be in its way.

    A parent that has died before this has closed the line.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if sys.platform == "win32":
    import _winapi
    import msvcrt
    import time

    def _wait_until_cut() -> None:
        while not _is_cut():
            time.sleep(_PEEK_SECONDS)

    def _is_cut() -> bool:
        try:
            _winapi.PeekNamedPipe(msvcrt.get_osfhandle(_STDIN), 0)
        except OSError:  # the line is cut and nothing is left to read
            return True
        return False

    def _has_words() -> bool:
        return False

else:
    import fcntl
    import select
    import termios

    _CUT = select.POLLHUP | select.POLLERR | select.POLLNVAL

    def _wait_until_cut() -> None:
        while not _is_cut(None):
            pass

    def _is_cut(milliseconds: int | None = 0) -> bool:
        poll = select.poll()
        poll.register(_STDIN, select.POLLHUP)  # not what can be read: that is for others
        return any(event & _CUT for _, event in poll.poll(milliseconds))

    def _has_words() -> bool:
        waiting = fcntl.ioctl(_STDIN, termios.FIONREAD, bytes(4))
        return any(waiting)
