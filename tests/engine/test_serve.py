import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from lstm_viz.engine import confusion, outbox, run_queries
from lstm_viz.engine.handlers import Models
from lstm_viz.engine.outbox import Outbox
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.serve import reply, serve
from lstm_viz.messages import (
    PROTOCOL,
    Cancel,
    Confusion,
    ConfusionQuery,
    CorpusQuery,
    CorpusSummary,
    Envelope,
    Failure,
    GateQuery,
    GradientFlow,
    GradientFlowQuery,
    Hello,
    History,
    HistoryQuery,
    Progress,
    Reading,
    ReadQuery,
    Reply,
)
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.settings import TUTORIAL
from lstm_viz.socket_pair import connected_pair, inherited, ticket
from lstm_viz.tagging.presets import names
from lstm_viz.uris import of_preset, of_run
from lstm_viz.wire import Frames, decode_from_engine, encode
from tests.engine.messages import sent


@pytest.fixture
def engine():
    """A real engine process, and the socket to it."""
    with _engine() as (process, connection):
        yield process, connection
    assert process.wait(20) == 0


@contextmanager
def _engine():
    connection, theirs = connected_pair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "lstm_viz.engine"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": ""},
            pass_fds=inherited(theirs),
        )
        process.stdin.write(ticket(theirs, process.pid) + b"\n")
        process.stdin.close()
    connection.settimeout(300)
    with connection, process.stderr:
        yield process, connection


def answers(connection, count):
    got = answers_until(connection, lambda got: len(got) >= count)
    assert len(got) == count
    return got


def answers_until(connection, done):
    said = _until(connection, lambda said: done(_answers_in(said)))
    return _answers_in(said)


def _answers_in(said):
    """Return what was said but for the progress; of a reply its result."""
    return [one.result if isinstance(one, Reply) else one for one in said if not isinstance(one, Progress)]


def replies(connection, count):
    """Return the next so many replies, with their numbers."""
    said = _until(connection, lambda said: len(_replies_in(said)) >= count)
    return _replies_in(said)


def _replies_in(said):
    return [one for one in said if isinstance(one, Reply)]


def _until(connection, done):
    frames, said = Frames(), []
    while not done(said):
        data = connection.recv(1 << 16)
        assert data, "the engine has gone"
        said += [decode_from_engine(body) for body in frames.feed(data)]
    return said


def test_an_engine_says_hello_answers_and_leaves_with_the_window(engine):
    process, connection = engine
    (hello,) = answers(connection, 1)
    assert isinstance(hello, Hello)
    assert (hello.version, hello.pid) == (PROTOCOL, process.pid)
    assert tuple(model.uri for model in hello.models) == tuple(map(of_preset, names()))
    connection.sendall(sent(1, ReadQuery("preset:tutorial", "The dog")))
    (reading,) = answers(connection, 1)
    assert isinstance(reading, Reading) and [word.text for word in reading.words] == ["The", "dog"]
    connection.sendall(sent(2, ReadQuery("nonsense", "The dog")))
    (reply,) = replies(connection, 1)
    assert isinstance(reply.result, Failure) and reply.number == 2 and "nonsense" in reply.result.message
    connection.sendall(sent(3, ReadQuery("preset:tutorial", "The")))
    assert replies(connection, 1)[0].number == 3


def test_it_answers_for_runs(engine, treebank_run):
    _, connection = engine
    run = str(treebank_run)
    questions = [
        ReadQuery(f"run:{run}", "They read that book"),
        CorpusQuery(TUTORIAL),
        HistoryQuery(f"run:{run}", (0, 1, 2, 3), "They read that book", "h"),
        GradientFlowQuery(f"run:{run}", 2, "They read that book"),
        ConfusionQuery(f"run:{run}", 3, "NOUN", "NOUN"),
    ]
    connection.sendall(b"".join(sent(n, query) for n, query in enumerate(questions, 1)))
    got = answers_until(connection, lambda got: got and isinstance(got[-1], Confusion))
    kinds = [type(answer) for answer in got if not (isinstance(answer, History) and len(answer.pictures) < 4)]
    assert kinds == [Hello, Reading, CorpusSummary, History, GradientFlow, Confusion]


def test_what_is_wrong_with_a_run_is_told_after_what_is_right(engine, treebank_run, copy_of, flip):
    _, connection = engine
    run = copy_of(treebank_run)
    flip(run, 1)
    connection.sendall(sent(1, HistoryQuery(of_run(run), (0, 1), "They read", "h")))
    *_, history, problem = answers_until(connection, lambda got: got and isinstance(got[-1], Failure))
    assert [picture.epoch for picture in history.pictures] == [0]
    assert history.is_partial, "a failure follows"
    assert problem.code == "checkpoint_damaged" and problem.parameters["epoch"] == 1
    connection.sendall(sent(2, ReadQuery(f"run:{run}", "They read", epoch=1)))
    assert answers(connection, 1)[0].message == problem.message
    connection.sendall(sent(3, ReadQuery(f"run:{run / 'nowhere'}", "They read")))
    assert answers(connection, 1)[0].code == "run_missing"
    connection.sendall(sent(4, ConfusionQuery(of_run(run), 3, "NOUN", "NOUN")))
    assert replies(connection, 1)[0].number == 4


def test_a_wrong_setting_does_not_end_it(engine):
    process, connection = engine
    answers(connection, 1)
    connection.sendall(sent(1, CorpusQuery(msgspec.structs.replace(TUTORIAL, epochs=0))))
    (problem,) = answers(connection, 1)
    assert isinstance(problem, Failure) and "epochs" in problem.message
    connection.sendall(sent(2, CorpusQuery(TUTORIAL)))
    assert replies(connection, 1)[0].number == 2 and process.poll() is None


def test_no_question_ends_it_and_a_broken_stream_does():
    with _engine() as (process, connection):
        for body in (b"", b"\xc1", b"\x91" * 100_000 + b"\xc0"):
            connection.sendall(len(body).to_bytes(4, "big") + body)
        connection.sendall(sent(1, ReadQuery("preset:tutorial", "The dog")))
        assert isinstance(answers(connection, 2)[1], Reading)
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert process.wait(300) == 1
        assert process.stderr.read().startswith(b"The stream of questions is broken: ")


# ---------------------------------------------------------------- what it says in between


def _served(query, reader=None, number=1):
    """Return all that is said to a question, in this process."""
    window, engine = socket.socketpair()
    with window, engine, ThreadPoolExecutor(1) as pool:
        window.settimeout(300)
        serving = pool.submit(serve, engine, reader or Reader())
        window.sendall(sent(number, query))
        said = _until(window, lambda said: said and said[-1] == Progress(1, busy=False))
        window.shutdown(socket.SHUT_WR)
        serving.result(300)
    return said


def test_it_says_that_it_takes_a_question_up_and_that_none_waits():
    said = _served(ReadQuery("preset:tutorial", "The dog"))
    assert [type(one) for one in said] == [Hello, Progress, Reply, Progress]
    assert [one.busy for one in said[1::2]] == [True, False]


def test_of_a_question_without_an_answer_it_says_that_none_waits():
    about_another_reading = GateQuery(99, 0, 0)
    assert _served(about_another_reading)[1:] == [Progress(1, busy=False)]


@pytest.mark.parametrize("query", [CorpusQuery, ConfusionQuery])
def test_what_takes_long_without_an_answer_says_that_it_goes_on(query, treebank_run, monkeypatch):
    monkeypatch.setattr(outbox, "_PROGRESS_SECONDS", 0.0)
    monkeypatch.setattr("lstm_viz.data.conllu.BLOCK", 50)
    monkeypatch.setattr(confusion, "_BATCH", 1)
    settings = RunFolder(treebank_run).run().settings
    asked = (
        CorpusQuery(settings)
        if query is CorpusQuery
        else ConfusionQuery(of_run(treebank_run), 3, "NOUN", "NOUN")
    )
    said = _served(asked)
    *before, last, _ = said
    assert isinstance(last.result, CorpusSummary | Confusion)
    assert before[0].pid and before[1:] == [Progress(1, busy=True)] * (len(before) - 1)
    assert len(before) > 10


def test_an_answer_that_cannot_be_sent_is_a_problem(monkeypatch):
    class Odd(Reader):
        def read(self, query, number):
            reading = super().read(query, number)
            if number == 1:
                return msgspec.structs.replace(reading, before="\ud800")
            if number == 2:
                return msgspec.structs.replace(reading, scores=reading.scores.astype(complex))
            raise ValueError("no \udcff there")

    said = []
    for number in (1, 2, 3):
        *_, reply, _ = _served(ReadQuery("preset:tutorial", "The dog"), Odd(), number)
        assert (reply.number, reply.result.code) == (number, "exception")
        said.append(reply.result.parameters["type"])
    assert said == ["WireError", "NotImplementedError", "ValueError"]
    assert reply.result.message == "ValueError: no \\udcff there"


def test_a_cancelled_request_has_no_result_and_none_waits():
    window, engine = socket.socketpair()
    with window, engine, ThreadPoolExecutor(1) as pool:
        window.settimeout(300)
        window.sendall(sent(1, ReadQuery("preset:tutorial", "The dog")) + encode(Cancel(1)))
        serving = pool.submit(serve, engine, Reader())
        said = _until(window, lambda said: said and said[-1] == Progress(1, busy=False))
        window.shutdown(socket.SHUT_WR)
        serving.result(300)
    assert [type(one) for one in said] == [Hello, Progress]


def test_a_replaced_history_query_is_abandoned(treebank_run, monkeypatch):
    """In this process, so that it is certain when the newer question comes."""
    monkeypatch.setattr(run_queries, "_PART_SECONDS", 0.0)
    window, engine = socket.socketpair()
    with window, engine:
        window.settimeout(300)
        query = HistoryQuery(of_run(treebank_run), (0, 1, 2, 3), "They read", "h")
        read_checkpoint, taken = run_queries.read_checkpoint, []

        def read_checkpoint_and_query(subject, words):
            taken.append(subject.identity.epoch)
            if len(taken) == 2:
                window.sendall(sent(2, query))
                window.shutdown(socket.SHUT_WR)
            return read_checkpoint(subject, words)

        monkeypatch.setattr(run_queries, "read_checkpoint", read_checkpoint_and_query)
        window.sendall(sent(1, query))
        serve(engine, Reader())
        engine.shutdown(socket.SHUT_WR)
        said = [decode_from_engine(body) for body in Frames().feed(_all_of(window))]
    assert [(reply.number, type(reply.result)) for reply in _replies_in(said)] == [(1, History)]


def _all_of(connection):
    pieces = []
    while piece := connection.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)


# ---------------------------------------------------------------- memory runs out

_SHORT, _LONG = "The dog ate the apple", "The dog ate the apple " * 200


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits another process as Linux does")
def test_memory_that_runs_out_is_a_sentence_and_the_engine_goes_on(engine):
    from resource import RLIM_INFINITY, RLIMIT_AS, getpagesize, prlimit

    process, connection = engine

    def ask(number, text):
        connection.sendall(sent(number, ReadQuery("preset:english", text)))
        return answers(connection, 1)[0]

    answers(connection, 1)
    assert ask(1, _SHORT).words
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[0])
    prlimit(process.pid, RLIMIT_AS, (pages * getpagesize() + (1 << 20), RLIM_INFINITY))
    short = ask(2, _LONG)
    assert isinstance(short, Failure) and short.code == "engine_memory"
    assert short.message.startswith("There is not enough memory") and "Error" in short.details
    prlimit(process.pid, RLIMIT_AS, (RLIM_INFINITY, RLIM_INFINITY))
    assert len(ask(3, _LONG).words) == 1000


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("can't allocate memory")])
def test_what_was_kept_makes_room(monkeypatch, error):
    reader, asked = Reader(), ReadQuery("preset:tutorial", _SHORT)
    models = Models(reader, run_queries.RunQueries(reader.runs))
    told = _replied(models, asked)
    assert isinstance(told, Reading) and len(reader._passes) == len(reader._presets) == 1

    def scarce(message):
        if isinstance(message.result, Reading):
            raise error
        return encode(message)

    with monkeypatch.context() as short:
        short.setattr(outbox, "encode", scarce)
        told = _replied(models, asked)
    assert isinstance(told, Failure) and told.message.startswith("There is not enough memory")
    assert len(reader._passes) == len(reader._presets) == 0
    assert isinstance(_replied(models, asked), Reading)


class _Connection:
    """Keeps what is sent."""

    def __init__(self):
        self.sent = b""

    def sendall(self, data):
        self.sent += data

    def replaces(self, query):
        return False


def _replied(models, asked):
    connection = _Connection()
    reply(models, Envelope(1, "reading", asked), connection, Outbox(connection))
    return decode_from_engine(connection.sent[4:]).result
