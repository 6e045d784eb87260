"""``python -m lstm_viz.engine``: serve the window whose port and secret come on standard input.

Torch is loaded before the line is read, while the window is still being built. With ``--aside`` it lets other
programs go first.
"""

import gc
import os
import signal
import socket
import sys

import torch

from lstm_viz.engine.reader import Reader
from lstm_viz.engine.serve import serve


def stand_back() -> None:
    """Let window and typing go first wherever both want the processor."""
    if hasattr(os, "nice"):
        os.nice(5)


def serve_window(reader: Reader) -> int:
    """Serve until the window goes away; return the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the window's; we end when it does
    torch.set_num_threads(1)  # on a busy desktop two threads can be many times slower than one
    gc.freeze()  # what torch brought along stays: a keystroke need not wait while it is searched for garbage
    port, _, secret = sys.stdin.readline().strip().partition(" ")
    if not port:
        return 0  # the window was gone before we were there
    with socket.create_connection(("127.0.0.1", int(port))) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            serve(connection, secret, reader)
        except (BrokenPipeError, ConnectionResetError):
            return 0  # the window is gone
    return 0


if __name__ == "__main__":
    if "--aside" in sys.argv:
        stand_back()
    sys.exit(serve_window(Reader()))
