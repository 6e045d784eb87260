"""The connection between window and engine: two connected sockets, one of which a child process inherits.

There is no port and no name, so nobody else can connect.
"""

import base64
import socket
import sys
from collections.abc import Sequence


def connected_pair() -> tuple[socket.socket, socket.socket]:
    """Return two sockets that are connected to each other; raises OSError where there are none to be had."""
    ours, theirs = socket.socketpair()
    try:
        _prepare(ours, theirs)
    except OSError:
        ours.close()
        theirs.close()
        raise
    return ours, theirs


def _prepare(ours: socket.socket, theirs: socket.socket) -> None:
    """Check a pair of TCP sockets, which is what Windows has, and let them send at once."""
    if ours.family not in (socket.AF_INET, socket.AF_INET6):
        return
    if not are_peers(ours, theirs):  # another program was faster at the port that Python listened on
        raise ConnectionError("another program connected in place of the engine")
    for one in (ours, theirs):
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def are_peers(ours: socket.socket, theirs: socket.socket) -> bool:
    """Return whether each of two TCP sockets is the other end of the other."""
    ends = ours.getsockname(), ours.getpeername()
    return ends == (theirs.getpeername(), theirs.getsockname())


def inherited(theirs: socket.socket) -> Sequence[int]:
    """Return the descriptors that a child process is to inherit; on Windows it inherits none."""
    return () if sys.platform == "win32" else (theirs.fileno(),)


def ticket(theirs: socket.socket, pid: int) -> bytes:
    """Return the line by which the child process ``pid`` finds its socket."""
    if sys.platform == "win32":
        return base64.b64encode(theirs.share(pid))
    return str(theirs.fileno()).encode()


def of_ticket(line: str) -> socket.socket:
    """Return the socket that this process was given; raises ValueError or OSError where it is none.

    Its own child processes do not inherit it: the window would wait for all of them.
    """
    if sys.platform == "win32":
        return socket.fromshare(base64.b64decode(line, validate=True))
    connection = socket.socket(fileno=int(line))
    connection.set_inheritable(False)
    return connection
