import socket
import subprocess
import sys

import pytest

from lstm_viz.engine.serve import newest
from lstm_viz.messages import Explain, Frames, Hello, Problem, Read, Reading, decode_answer, encode
from lstm_viz.tagging.presets import names


@pytest.fixture
def engine():
    """A real engine process, and the socket that it connected back to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        process = subprocess.Popen(
            [sys.executable, "-m", "lstm_viz.engine"], stdin=subprocess.PIPE, env={"PATH": ""}
        )
        process.stdin.write(f"{server.getsockname()[1]} s3cret\n".encode())
        process.stdin.close()
        connection, _ = server.accept()
        connection.settimeout(60)
        with connection:
            yield process, connection
        assert process.wait(20) == 0


def answers(connection, count):
    frames, got = Frames(), []
    while len(got) < count:
        got += [decode_answer(body) for body in frames.feed(connection.recv(1 << 16))]
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


def test_of_many_questions_only_the_last_is_worth_an_answer():
    questions = [Read(n, "tutorial", "x") for n in (1, 2, 3)] + [Explain(1, 0, 0)]
    assert newest(questions) == [questions[3], questions[2]]
