import socket
from collections.abc import Iterator

import msgspec
import pytest

from lstm_viz.engine.inbox import Inbox, Invalid
from lstm_viz.messages import Cancel, CorpusQuery, Envelope, GateQuery, HistoryQuery, ReadQuery
from lstm_viz.runs.settings import TUTORIAL
from lstm_viz.wire import MAX_BYTES, WireError, encode


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Inbox]]:
    """The window's end of a connection, and the inbox at the other."""
    window, engine = socket.socketpair()
    with window, engine:
        window.settimeout(300)
        engine.settimeout(300)
        yield window, Inbox(engine)


def gate(number, key="gate"):
    return Envelope(number, key, GateQuery(1, 0, 0))


def read(number, key="reading"):
    return Envelope(number, key, ReadQuery("preset:tutorial", "x"))


def test_of_many_requests_with_a_key_only_the_newest_is_worth_an_answer(ends):
    window, inbox = ends
    window.sendall(b"".join(map(encode, (read(1), read(2), gate(3), read(4)))))
    assert [inbox.next(), inbox.next()] == [gate(3), read(4)]


def test_queries_of_a_type_have_each_their_answer_if_their_keys_differ(ends):
    window, inbox = ends
    window.sendall(encode(read(1)) + encode(read(2, "other")))
    assert [inbox.next(), inbox.next()] == [read(1), read(2, "other")]


def test_at_rest_it_is_told_once_and_goes_on_waiting():
    calls = []

    def on_idle():
        calls.append(True)
        window.sendall(encode(gate(1)))

    window, engine = socket.socketpair()
    with window, engine:
        assert Inbox(engine, on_idle).next() == gate(1)
    assert calls == [True]


def test_a_request_that_comes_in_pieces_is_waited_for(ends):
    window, inbox = ends
    whole = encode(Envelope(7, "reading", ReadQuery("preset:tutorial", "The dog " * 20_000)))
    window.sendall(whole[:10])
    assert not inbox.replaces(gate(1))
    window.sendall(whole[10:] + encode(gate(8)))
    assert inbox.next().number == 7


def test_a_newer_request_with_the_key_replaces_the_one_at_work(ends):
    window, inbox = ends
    first, second = (Envelope(n, "history", HistoryQuery("run", (0,), "x", "h")) for n in (1, 2))
    window.sendall(encode(first))
    assert inbox.next() == first
    window.sendall(encode(read(3)))
    assert not inbox.replaces(first)
    window.sendall(encode(second))
    assert inbox.replaces(first)
    assert [inbox.next(), inbox.next()] == [second, read(3)]


def test_the_request_at_work_is_cancelled(ends):
    window, inbox = ends
    window.sendall(encode(read(1)))
    first = inbox.next()
    window.sendall(encode(Cancel(1)))
    assert inbox.replaces(first) and inbox.is_cancelled(first)
    window.sendall(encode(read(2)))
    assert not inbox.replaces(inbox.next()), "only that one"


def test_a_pending_request_is_cancelled_and_still_comes_to_its_end(ends):
    window, inbox = ends
    window.sendall(encode(read(1)) + encode(gate(2)) + encode(Cancel(2)))
    assert not inbox.is_cancelled(inbox.next())
    assert inbox.is_cancelled(inbox.next()) and inbox.received == 2


def test_what_is_done_or_unknown_is_cancelled_in_vain(ends):
    window, inbox = ends
    window.sendall(encode(read(1)))
    inbox.next()
    window.sendall(encode(gate(2)))
    inbox.next()
    window.sendall(encode(Cancel(1)) + encode(Cancel(9)) + encode(read(9)))
    assert not inbox.is_cancelled(inbox.next())


def test_when_the_window_is_gone_there_is_nothing_more_to_do(ends):
    window, inbox = ends
    window.close()
    assert inbox.replaces(gate(1))
    assert inbox.next() is None


def test_a_setting_beyond_its_limits_is_a_problem_with_a_number(ends):
    window, inbox = ends
    wrong = msgspec.structs.replace(TUTORIAL, learning_rate=0.0)
    window.sendall(encode(Envelope(9, "corpus", CorpusQuery(wrong))))
    invalid = inbox.next()
    assert isinstance(invalid, Invalid) and invalid.number == 9
    assert invalid.failure.code == "query_invalid" and "learning_rate" in invalid.failure.message


def test_each_of_two_wrong_questions_has_its_answer(ends):
    window, inbox = ends
    window.sendall(_framed({"type": "Nonsense", "number": 4}) + _framed({"type": "CorpusQuery", "number": 5}))
    assert [inbox.next().number, inbox.next().number] == [4, 5]


@pytest.mark.parametrize(
    "body",
    [b"", b"\xc0", b"\xc1", b"\xd9\x02\xff\xff", b"\x81\xa4type\xa4Read", b"\x91" * 100_000 + b"\xc0"],
    ids=["empty", "nil", "unused", "no UTF-8", "no number", "deep"],
)
def test_what_has_no_number_is_passed_over_but_counted(ends, body):
    window, inbox = ends
    window.sendall(len(body).to_bytes(4, "big") + body + encode(gate(8)))
    assert inbox.next() == gate(8)
    assert inbox.received == 2


@pytest.mark.parametrize("number", [-1, 2**53, 2**64 - 1])
def test_a_number_beyond_its_limits_is_no_number(ends, number):
    window, inbox = ends
    plain = msgspec.to_builtins(gate(3))
    window.sendall(_framed(plain | {"number": number}))
    window.sendall(_framed(plain | {"query": plain["query"] | {"column": number}}))
    invalid = inbox.next()
    assert isinstance(invalid, Invalid) and invalid.number == 3 and "column" in invalid.failure.message


@pytest.mark.parametrize("key", ["", "x" * 65, 7])
def test_a_key_is_a_short_text(ends, key):
    window, inbox = ends
    window.sendall(_framed(msgspec.to_builtins(gate(3)) | {"key": key}))
    invalid = inbox.next()
    assert isinstance(invalid, Invalid) and "key" in invalid.failure.message


def test_a_length_beyond_measure_is_a_broken_stream(ends):
    window, inbox = ends
    window.sendall((MAX_BYTES + 1).to_bytes(4, "big"))
    with pytest.raises(WireError):
        inbox.next()


def _framed(plain):
    body = msgspec.msgpack.encode(plain)
    return len(body).to_bytes(4, "big") + body
