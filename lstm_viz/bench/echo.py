"""A process that returns as many bytes as it is asked for: ``python -m lstm_viz.bench.echo``."""

import socket
import struct
import sys

from lstm_viz.app.client.engine_process import EngineProcess
from lstm_viz.socket_pair import of_ticket

_SIZES = struct.Struct(">II")


class Echo:
    """Round trips over the sockets that connect window and engine, without any content."""

    def __init__(self) -> None:
        self._process = EngineProcess(("-m", "lstm_viz.bench.echo"))

    def round_trip(self, sent: int, received: int) -> None:
        """Send a number of bytes, and receive another number of bytes in return."""
        connection = self._process.connection
        connection.sendall(_SIZES.pack(sent, received) + bytes(sent))
        _receive(connection, received)

    def close(self) -> None:
        """End the process."""
        self._process.end()


def _serve(connection: socket.socket) -> None:
    while sizes := _receive(connection, _SIZES.size):
        sent, received = _SIZES.unpack(sizes)
        _receive(connection, sent)
        connection.sendall(bytes(received))


def _receive(connection: socket.socket, size: int) -> bytearray:
    """Return the next bytes; none at the end of the stream."""
    data = bytearray()
    while len(data) < size and (part := connection.recv(size - len(data))):
        data += part
    return data


if __name__ == "__main__":
    with of_ticket(sys.stdin.readline().strip()) as inherited:
        _serve(inherited)
