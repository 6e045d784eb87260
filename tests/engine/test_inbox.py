import socket
from collections.abc import Iterator

import msgspec
import pytest

from lstm_viz.engine.inbox import Inbox
from lstm_viz.messages import CorpusQuery, Failure, GateQuery, HistoryQuery, ReadQuery
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


def test_of_many_questions_of_a_kind_only_the_newest_is_worth_an_answer(ends):
    window, inbox = ends
    questions = [ReadQuery(n, "tutorial", "x") for n in (1, 2, 4)] + [GateQuery(3, 0, 0)]
    window.sendall(b"".join(map(encode, questions)))
    assert [inbox.next(), inbox.next()] == [GateQuery(3, 0, 0), questions[2]]


def test_at_rest_it_is_told_once_and_goes_on_waiting():
    calls = []

    def on_idle():
        calls.append(True)
        window.sendall(encode(GateQuery(1, 0, 0)))

    window, engine = socket.socketpair()
    with window, engine:
        assert Inbox(engine, on_idle).next() == GateQuery(1, 0, 0)
    assert calls == [True]


def test_a_question_that_comes_in_pieces_is_waited_for(ends):
    window, inbox = ends
    whole = encode(ReadQuery(7, "tutorial", "The dog " * 20_000))
    window.sendall(whole[:10])
    assert not inbox.replaces(GateQuery(1, 0, 0))
    window.sendall(whole[10:] + encode(GateQuery(8, 0, 0)))
    assert inbox.next().number == 7


def test_a_newer_question_of_the_kind_replaces_the_one_at_work(ends):
    window, inbox = ends
    first, second = (HistoryQuery(n, "run", (0,), "x", "h") for n in (1, 2))
    window.sendall(encode(first))
    assert inbox.next() == first
    window.sendall(encode(ReadQuery(3, "tutorial", "x")))
    assert not inbox.replaces(first)
    window.sendall(encode(second))
    assert inbox.replaces(first)
    assert [inbox.next(), inbox.next()] == [second, ReadQuery(3, "tutorial", "x")]


def test_when_the_window_is_gone_there_is_nothing_more_to_do(ends):
    window, inbox = ends
    window.close()
    assert inbox.replaces(GateQuery(1, 0, 0))
    assert inbox.next() is None


def test_a_setting_beyond_its_limits_is_a_problem_with_a_number(ends):
    window, inbox = ends
    wrong = msgspec.structs.replace(TUTORIAL, learning_rate=0.0)
    window.sendall(encode(CorpusQuery(9, wrong)))
    problem = inbox.next()
    assert isinstance(problem, Failure) and problem.number == 9 and "learning_rate" in problem.sentence


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
    window.sendall(len(body).to_bytes(4, "big") + body + encode(GateQuery(8, 0, 0)))
    assert inbox.next() == GateQuery(8, 0, 0)
    assert inbox.received == 2


@pytest.mark.parametrize("number", [-1, 2**53, 2**64 - 1])
def test_a_number_beyond_its_limits_is_no_number(ends, number):
    window, inbox = ends
    window.sendall(_framed({"type": "GateQuery", "number": number, "column": 0, "unit": 0}))
    window.sendall(_framed({"type": "GateQuery", "number": 3, "column": number, "unit": 0}))
    problem = inbox.next()
    assert isinstance(problem, Failure) and problem.number == 3 and "column" in problem.sentence


def test_a_length_beyond_measure_is_a_broken_stream(ends):
    window, inbox = ends
    window.sendall((MAX_BYTES + 1).to_bytes(4, "big"))
    with pytest.raises(WireError):
        inbox.next()


def _framed(plain):
    body = msgspec.msgpack.encode(plain)
    return len(body).to_bytes(4, "big") + body
