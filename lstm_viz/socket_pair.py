"""The connection between window and engine: two connected sockets, one of which a child process inherits.

There is no port and no name to which another process could connect.
"""

import base64
import socket
import sys
from collections.abc import Sequence


def connected_pair() -> tuple[socket.socket, socket.socket]:
    """Return two sockets that are connected to each other; raises OSError where they cannot be created."""
    ours, theirs = socket.socketpair()
    try:
        _prepare(ours, theirs)
    except OSError:
        ours.close()
        theirs.close()
        raise
    return ours, theirs


def _prepare(ours: socket.socket, theirs: socket.socket) -> None:
    """Check a pair of TCP sockets, as on Windows, and turn off Nagle's algorithm."""
    if ours.family not in (socket.AF_INET, socket.AF_INET6):
        return
    if not are_peers(ours, theirs):  # another program connected first to the port that Python listened on
        raise ConnectionError("another program connected in place of the engine")
    for one in (ours, theirs):
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def are_peers(ours: socket.socket, theirs: socket.socket) -> bool:
    """Return whether two TCP sockets are the two ends of one connection."""
    ends = ours.getsockname(), ours.getpeername()
    return ends == (theirs.getpeername(), theirs.getsockname())


def inherited(theirs: socket.socket) -> Sequence[int]:
    """Return the file descriptors for a child process to inherit; none on Windows."""
    return () if sys.platform == "win32" else (theirs.fileno(),)


def ticket(theirs: socket.socket, pid: int) -> bytes:
    """Return the line from which the child process ``pid`` opens its socket with `of_ticket`."""
    if sys.platform == "win32":
        return base64.b64encode(theirs.share(pid))
    return str(theirs.fileno()).encode()


def of_ticket(line: str) -> socket.socket:
    """Return the socket that the parent process passed on; raises ValueError or OSError on an invalid line.

    Child processes of this process do not inherit it: the window would wait for all of them to close it.
    """
    if sys.platform == "win32":
        return socket.fromshare(base64.b64decode(line, validate=True))
    connection = socket.socket(fileno=int(line))
    connection.set_inheritable(False)
    return connection
