import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from lstm_viz.engine import desk
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.serve import bodies, serve
from lstm_viz.messages import (
    Confused,
    Confusions,
    Flow,
    Flowed,
    Hello,
    Probe,
    Probed,
    Problem,
    Read,
    Reading,
    Survey,
    Surveyed,
)
from lstm_viz.runs.settings import TUTORIAL
from lstm_viz.tagging.presets import names
from lstm_viz.wire import Frames, decode_answer, encode


@pytest.fixture
def engine():
    """A real engine process, and the socket that it connected back to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(300)
        process = subprocess.Popen(
            [sys.executable, "-m", "lstm_viz.engine"], stdin=subprocess.PIPE, env={"PATH": ""}
        )
        process.stdin.write(f"{server.getsockname()[1]} s3cret\n".encode())
        process.stdin.close()
        connection, _ = server.accept()
        connection.settimeout(300)
        with connection:
            yield process, connection
        assert process.wait(20) == 0


def answers(connection, count):
    got = answers_until(connection, lambda got: len(got) >= count)
    assert len(got) == count
    return got


def answers_until(connection, done):
    frames, got = Frames(), []
    while not done(got):
        data = connection.recv(1 << 16)
        assert data, "the engine has gone"
        got += [decode_answer(body) for body in frames.feed(data)]
    return got


def test_an_engine_says_hello_answers_and_leaves_with_the_window(engine):
    process, connection = engine
    (hello,) = answers(connection, 1)
    assert isinstance(hello, Hello)
    assert hello.secret == "s3cret" and hello.pid == process.pid
    assert tuple(model.name for model in hello.models) == names()
    connection.sendall(encode(Read(1, "tutorial", "The dog")))
    (reading,) = answers(connection, 1)
    assert isinstance(reading, Reading) and [word.text for word in reading.words] == ["The", "dog"]
    connection.sendall(encode(Read(2, "nonsense", "The dog")))
    (problem,) = answers(connection, 1)
    assert isinstance(problem, Problem) and problem.number == 2 and "nonsense" in problem.sentence
    connection.sendall(encode(Read(3, "tutorial", "The")))
    assert answers(connection, 1)[0].number == 3


def test_it_answers_for_runs(engine, treebank_run):
    _, connection = engine
    run = str(treebank_run)
    questions = [
        Read(1, f"run:{run}", "They read that book"),
        Survey(2, TUTORIAL),
        Probe(3, run, (0, 1, 2, 3), "They read that book", "h"),
        Flow(4, run, 2, "They read that book"),
        Confused(5, run, 3, "NOUN", "NOUN"),
    ]
    connection.sendall(b"".join(map(encode, questions)))
    got = answers_until(connection, lambda got: got and isinstance(got[-1], Confusions))
    kinds = [type(answer) for answer in got if not (isinstance(answer, Probed) and len(answer.pictures) < 4)]
    assert kinds == [Hello, Reading, Surveyed, Probed, Flowed, Confusions]


def test_what_is_wrong_with_a_run_is_told_after_what_is_right(engine, treebank_run, copy_of, flip):
    _, connection = engine
    run = copy_of(treebank_run)
    flip(run, 1)
    connection.sendall(encode(Probe(1, str(run), (0, 1), "They read", "h")))
    *_, probed, problem = answers_until(connection, lambda got: got and isinstance(got[-1], Problem))
    assert [picture.epoch for picture in probed.pictures] == [0]
    assert (problem.number, problem.kind) == (1, "damaged") and "epoch 1" in problem.sentence
    connection.sendall(encode(Read(2, f"run:{run}", "They read", epoch=1)))
    assert answers(connection, 1)[0].sentence == problem.sentence
    connection.sendall(encode(Read(3, f"run:{run / 'nowhere'}", "They read")))
    assert answers(connection, 1)[0].kind == "missing"
    connection.sendall(encode(Confused(4, str(run), 3, "NOUN", "NOUN")))
    assert answers(connection, 1)[0].number == 4


def test_a_wrong_setting_does_not_end_it(engine):
    process, connection = engine
    answers(connection, 1)
    connection.sendall(encode(Survey(1, msgspec.structs.replace(TUTORIAL, epochs=0))))
    (problem,) = answers(connection, 1)
    assert isinstance(problem, Problem) and "epochs" in problem.sentence
    connection.sendall(encode(Survey(2, TUTORIAL)))
    assert answers(connection, 1)[0].number == 2 and process.poll() is None


def test_a_replaced_probe_is_left_where_it_is(treebank_run, monkeypatch):
    """In this process, so that it is certain when the newer question comes."""
    monkeypatch.setattr(desk, "_PART_SECONDS", 0.0)
    window, engine = socket.socketpair()
    with window, engine:
        window.settimeout(300)
        asked = [Probe(n, str(treebank_run), (0, 1, 2, 3), "They read", "h") for n in (1, 2)]
        see, seen = desk.see, []

        def see_and_be_asked(preset, words):
            seen.append(preset.epoch)
            if len(seen) == 2:
                window.sendall(encode(asked[1]))
                window.shutdown(socket.SHUT_WR)
            return see(preset, words)

        monkeypatch.setattr(desk, "see", see_and_be_asked)
        window.sendall(encode(asked[0]))
        serve(engine, "", Reader())
        engine.shutdown(socket.SHUT_WR)
        got = [decode_answer(body) for body in Frames().feed(_all_of(window))]
    assert [(type(answer), getattr(answer, "number", None)) for answer in got] == [(Hello, None), (Probed, 1)]


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
        connection.sendall(encode(Read(number, "english", text)))
        return answers(connection, 1)[0]

    answers(connection, 1)
    assert ask(1, _SHORT).words
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[0])
    prlimit(process.pid, RLIMIT_AS, (pages * getpagesize() + (1 << 20), RLIM_INFINITY))
    short = ask(2, _LONG)
    assert isinstance(short, Problem) and short.number == 2 and short.kind == "failed"
    assert short.sentence.startswith("There is not enough memory") and "Error" in short.details
    prlimit(process.pid, RLIMIT_AS, (RLIM_INFINITY, RLIM_INFINITY))
    assert len(ask(3, _LONG).words) == 1000


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("can't allocate memory")])
def test_what_was_kept_makes_room(monkeypatch, error):
    reader, asked = Reader(), Read(1, "tutorial", _SHORT)
    kept = desk.Desk(reader.runs)
    told = [decode_answer(body[4:]) for body in bodies(reader, kept, asked)]
    assert isinstance(told[0], Reading) and len(reader._passes) == len(reader._presets) == 1

    def scarce(message):
        if isinstance(message, Reading):
            raise error
        return encode(message)

    with monkeypatch.context() as short:
        short.setattr("lstm_viz.engine.serve.encode", scarce)
        told = [decode_answer(body[4:]) for body in bodies(reader, kept, asked)]
    assert isinstance(told[0], Problem) and told[0].sentence.startswith("There is not enough memory")
    assert len(reader._passes) == len(reader._presets) == 0
    told = [decode_answer(body[4:]) for body in bodies(reader, kept, asked)]
    assert isinstance(told[0], Reading)
