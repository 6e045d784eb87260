"""The socket that an engine is given, and nobody else."""

import os
import socket
import subprocess
import sys

import pytest

from lstm_viz.socket_pair import are_peers, connected_pair, inherited, of_ticket, ticket

_ANSWERS = """
import os, subprocess, sys
from lstm_viz.socket_pair import of_ticket
with of_ticket(sys.stdin.readline()) as connection:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], close_fds=False)
    connection.sendall(connection.recv(100)[::-1])
    print(child.pid, flush=True)
os._exit(0)
"""


def test_a_child_process_has_the_other_end_and_its_own_children_do_not():
    ours, theirs = connected_pair()
    with ours:
        with theirs:
            child = subprocess.Popen(
                [sys.executable, "-c", _ANSWERS],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=inherited(theirs),
            )
            child.stdin.write(ticket(theirs, child.pid) + b"\n")
            child.stdin.close()
        ours.settimeout(300)
        ours.sendall(b"abc")
        assert ours.recv(100) == b"cba"
        assert ours.recv(100) == b""  # its child still runs
        os.kill(int(child.stdout.readline()), 9)
        child.stdout.close()
        assert child.wait(300) == 0


def test_there_is_nothing_to_connect_to():
    """Neither end has an address."""
    ours, theirs = connected_pair()
    with ours, theirs:
        assert ours.family == socket.AF_UNIX
        assert {ours.getsockname(), ours.getpeername(), theirs.getsockname()} == {""}


@pytest.mark.parametrize("line", ["", "one", "-1", "127.0.0.1", "9" * 30, "1000000"])
def test_a_line_that_names_no_socket_is_an_error(line):
    with pytest.raises((ValueError, OSError, OverflowError)):
        of_ticket(line)


def _tcp_pair():
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        return ours, server.accept()[0]


def test_a_pair_over_tcp_is_one_and_sends_at_once(monkeypatch):
    """As on Windows."""
    pair = _tcp_pair()
    monkeypatch.setattr(socket, "socketpair", lambda: pair)
    for one in connected_pair():
        with one:
            assert one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_one_who_was_faster_at_the_port_is_found_out(monkeypatch):
    (ours, other), (faster, theirs) = _tcp_pair(), _tcp_pair()
    with other, faster:
        assert are_peers(ours, other) and not are_peers(ours, theirs)
        monkeypatch.setattr(socket, "socketpair", lambda: (ours, theirs))
        with pytest.raises(ConnectionError):
            connected_pair()
    assert ours.fileno() == theirs.fileno() == -1
