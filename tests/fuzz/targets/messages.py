"""What window and engine say to each other: the stream, the messages, and questions that are answered."""

from pathlib import Path

import numpy as np

from lstm_viz.engine.desk import Desk
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.serve import answers
from lstm_viz.messages import (
    Ablate,
    Confused,
    Explain,
    Flow,
    Flowed,
    Hello,
    InputQuery,
    Memory,
    ModelName,
    Owe,
    PathQuery,
    Probe,
    Problem,
    Progress,
    Question,
    Read,
    Remember,
    ScoreQuery,
    SetValue,
    StateQuery,
    Survey,
    SwapState,
)
from lstm_viz.tagging.presets import Preset
from lstm_viz.text.cut import spaced
from lstm_viz.wire import Frames, WireError, decode_answer, decode_question, encode
from tests.engine.untrained import TEXT, WORDS, Untrained
from tests.fuzz import seeds
from tests.fuzz.mutators.msgpack import mutate_fields, mutate_msgpack
from tests.fuzz.mutators.raw import mutate_bytes
from tests.fuzz.target import Run, Target
from tests.fuzz.targets.room import Room

_EDITS = (
    SetValue("f", 1.0, 1, 1, 3, 0, 0, WORDS),
    SetValue("h", -0.5, None, None, None),
    SwapState(2, "They read that book", 1, WORDS, True, "read"),
)


def _questions(run: str) -> list[Question]:
    """Return a question of every kind."""
    read = Read(
        1,
        "LSTM 2 both crf spells",
        TEXT,
        before=("", "it ate"),
        step=2,
        edits=_EDITS,
        memory=True,
        cuts=(spaced(WORDS),),
    )
    of_run = Read(2, f"run:{run}", TEXT, 1, unit=None, caret=4)
    return [
        read,
        of_run,
        Read(3, "GRU", "the cat", character=0, module="char_recurrent"),
        Explain(1, 2, 1),
        Remember(1, 2, 1),
        StateQuery(1, 2, 1, "c"),
        ScoreQuery(1, 2, "B"),
        PathQuery(1, 2, "B"),
        InputQuery(1, 2),
        Owe(4, read, "B", "margin"),
        Owe(5, of_run, "", "log_softmax"),
        Ablate(6, read, "B", "logit"),
        Ablate(7, None),
        Survey(8, seeds.task().settings),
        Probe(9, run, (0, 1, 2), TEXT, "h", cuts=(spaced(WORDS),)),
        Flow(10, run, 1, TEXT),
        Confused(11, run, 1, "DET", "NN"),
    ]


def _question_seeds() -> list[bytes]:
    return [encode(question)[4:] for question in _questions("run")]  # below the working directory


def _answer_seeds() -> list[bytes]:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    found = [
        Hello(7, (ModelName("tutorial", "Tutorial"),)),
        Problem(1, "failed", "It cannot be.", "Traceback"),
        Progress(3, True),
        Flowed(2, "run", 1, WORDS, ("A",) * len(WORDS), True, array.astype(np.float64)),
        *answers(Untrained(), Desk(Untrained().runs), Read(1, "LSTM", "dog", unit=0, memory=True)),
    ]
    return [encode(answer)[4:] for answer in found]  # type: ignore[arg-type]


def _frames(folder: Path) -> Run:
    """Return what feeds a stream in pieces, whose sizes its first bytes are: as much is found as at once."""

    def run(data: bytes) -> None:
        sizes, stream = data[:8] or b"\1", data[8:]
        frames, found, place = Frames(), list[bytes](), 0
        at_once, error = _fed(stream)
        try:
            for number in range(len(stream) + 1):
                size = sizes[number % len(sizes)] + 1
                found += frames.feed(stream[place : place + size])
                place += size
                if place >= len(stream):
                    break
        except ValueError:
            assert error and found == at_once
            raise
        assert found == at_once and not error

    return run


def _fed(stream: bytes) -> tuple[list[bytes], bool]:
    found = list[bytes]()
    try:
        for body in Frames().feed(stream):
            found.append(body)
    except ValueError:
        return found, True
    return found, False


def _decode_question(folder: Path) -> Run:
    def run(data: bytes) -> None:
        question = decode_question(data)
        assert decode_question(encode(question)[4:]) is not None

    return run


def _decode_answer(folder: Path) -> Run:
    def run(data: bytes) -> None:
        answer = decode_answer(data)
        assert decode_answer(encode(answer)[4:]) is not None
        if isinstance(answer, Flowed | Memory):
            np.asarray(getattr(answer, "norms", 0)).sum()

    return run


class _Reader(Untrained):
    """Reads with untrained nets of every kind, and with runs and presets as any other reader."""

    def load(self, name: str, epoch: int | None) -> Preset:
        is_untrained = name.split()[:1] in (["LSTM"], ["GRU"], ["RNN"])
        return super().load(name, epoch) if is_untrained else Reader.load(self, name, epoch)


def _engine(folder: Path) -> Run:
    """Return what answers a question in the way of the engine, after one that all can be about."""
    Room(folder, seeds.run_files())
    reader = _Reader()
    desk = Desk(reader.runs)
    first = _questions("run")[0]
    (_,) = answers(reader, desk, first)

    def run(data: bytes) -> None:
        question = decode_question(data)
        for answer in answers(reader, desk, question):
            encode(answer)
            if isinstance(answer, Problem):  # "failed" is an exception that nobody foresaw
                assert answer.sentence and answer.kind != "failed", answer.details

    return run


TARGETS = (
    Target(
        "wire-frames",
        _frames,
        lambda: [
            b"\0\2\xff\7\0\0\0\0" + encode(Explain(1, 2, 3)) * 3 + encode(Problem(1, "failed", "x" * 300, ""))
        ],
        mutate_bytes,
        (ValueError,),
        ("lstm_viz.wire",),
        1400,
    ),
    Target(
        "wire-questions",
        _decode_question,
        _question_seeds,
        mutate_msgpack,
        (WireError,),
        ("lstm_viz.wire", "lstm_viz.text.cut", "lstm_viz.messages"),
        2500,
    ),
    Target(
        "wire-answers",
        _decode_answer,
        _answer_seeds,
        mutate_msgpack,
        (WireError,),
        ("lstm_viz.wire",),
        1200,
    ),
    Target(
        "engine",
        _engine,
        _question_seeds,
        mutate_fields,
        (WireError,),
        ("lstm_viz.engine", "lstm_viz.analysis"),
        100,
    ),
)
