"""``python -m lstm_viz.engine PORT``: connect to the window that waits there, and serve it.

The secret that shows who started us comes in ``LSTM_VIZ_SECRET``: a command line can be read by anybody.
"""

import os
import socket
import sys

import torch

from lstm_viz.engine.serve import serve


def main() -> int:
    torch.set_num_threads(1)  # on a busy desktop two threads can be many times slower than one
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            serve(connection, os.environ.pop("LSTM_VIZ_SECRET", ""))
        except (BrokenPipeError, ConnectionResetError):
            return 0  # the window is gone
    return 0


if __name__ == "__main__":
    sys.exit(main())
