"""``python -m lstm_viz.engine``: serve the window over the socket that standard input names.

Torch is loaded before the line is read, while the window is still being built. ``--background`` lowers the
priority of the process.
"""

import gc
import os
import signal
import sys

import torch

from lstm_viz import heap
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.serve import serve
from lstm_viz.socket_pair import of_ticket
from lstm_viz.wire import WireError


def lower_priority() -> None:
    """Lower the priority of the process, so that window and keyboard are served first."""
    if hasattr(os, "nice"):
        os.nice(5)


def serve_window(reader: Reader) -> int:
    """Serve until the window closes the connection; return the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the window, and with it this process
    heap.use_one_arena()
    torch.set_num_threads(1)  # on a busy desktop two threads can be many times slower than one
    gc.freeze()  # torch's own objects stay: collections during a keystroke need not traverse them
    ticket = sys.stdin.readline().strip()
    if not ticket:
        return 0  # the window was closed while torch was loaded
    with of_ticket(ticket) as connection:
        try:
            serve(connection, reader)
        except ConnectionError:
            return 0  # the window was closed
        except WireError as error:
            print(f"The stream of questions is broken: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    if "--background" in sys.argv:
        lower_priority()
    sys.exit(serve_window(Reader()))
