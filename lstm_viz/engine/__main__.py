"""``python -m lstm_viz.engine``: serve the window over the socket that standard input names.

Torch is loaded before the line is read, while the window is still being built. With ``--aside`` it lets other
programs go first.
"""

import gc
import os
import signal
import sys

import torch

from lstm_viz.engine.reader import Reader
from lstm_viz.engine.serve import serve
from lstm_viz.socket_pair import of_ticket
from lstm_viz.wire import WireError


def stand_back() -> None:
    """Let window and typing go first wherever both want the processor."""
    if hasattr(os, "nice"):
        os.nice(5)


def serve_window(reader: Reader) -> int:
    """Serve until the window goes away; return the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the window's; we end when it does
    torch.set_num_threads(1)  # on a busy desktop two threads can be many times slower than one
    gc.freeze()  # what torch brought along stays: a keystroke need not wait while it is searched for garbage
    ticket = sys.stdin.readline().strip()
    if not ticket:
        return 0  # the window was gone before we were there
    with of_ticket(ticket) as connection:
        try:
            serve(connection, reader)
        except ConnectionError:
            return 0  # the window is gone
        except WireError as error:
            print(f"The stream of questions is broken: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    if "--aside" in sys.argv:
        stand_back()
    sys.exit(serve_window(Reader()))
