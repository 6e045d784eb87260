"""What window and engine say to each other: the stream, the messages, and questions that are answered."""

from pathlib import Path

import numpy as np

from lstm_viz.engine.reader import Reader
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.engine.serve import results
from lstm_viz.messages import (
    AblationQuery,
    AttributionQuery,
    ConfusionQuery,
    CorpusQuery,
    Decomposition,
    DecompositionQuery,
    Failure,
    GateQuery,
    GradientFlow,
    GradientFlowQuery,
    Hello,
    HistoryQuery,
    InputQuery,
    ModelName,
    PathQuery,
    Progress,
    Query,
    ReadQuery,
    ScoreQuery,
    SetValue,
    StateQuery,
    SwapState,
)
from lstm_viz.subjects.subject import Subject
from lstm_viz.text.cut import spaced
from lstm_viz.wire import Frames, WireError, decode_query, decode_result, encode
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


def _questions(run: str) -> list[Query]:
    """Return a question of every kind."""
    read = ReadQuery(
        1,
        "LSTM 2 both crf spells",
        TEXT,
        before=("", "it ate"),
        step=2,
        edits=_EDITS,
        decomposition=True,
        cuts=(spaced(WORDS),),
    )
    of_run = ReadQuery(2, f"run:{run}", TEXT, 1, unit=None, caret=4)
    return [
        read,
        of_run,
        ReadQuery(3, "GRU", "the cat", character=0, module="char_recurrent"),
        GateQuery(1, 2, 1),
        DecompositionQuery(1, 2, 1),
        StateQuery(1, 2, 1, "c"),
        ScoreQuery(1, 2, "B"),
        PathQuery(1, 2, "B"),
        InputQuery(1, 2),
        AttributionQuery(4, read, "B", "margin"),
        AttributionQuery(5, of_run, "", "log_softmax"),
        AblationQuery(6, read, "B", "logit"),
        AblationQuery(7, None),
        CorpusQuery(8, seeds.task().settings),
        HistoryQuery(9, run, (0, 1, 2), TEXT, "h", cuts=(spaced(WORDS),)),
        GradientFlowQuery(10, run, 1, TEXT),
        ConfusionQuery(11, run, 1, "DET", "NN"),
    ]


def _question_seeds() -> list[bytes]:
    return [encode(query)[4:] for query in _questions("run")]  # below the working directory


def _answer_seeds() -> list[bytes]:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    found = [
        Hello(7, (ModelName("tutorial", "Tutorial"),)),
        Failure(1, "failed", "It cannot be.", "Traceback"),
        Progress(3, True),
        GradientFlow(2, "run", 1, WORDS, ("A",) * len(WORDS), True, array.astype(np.float64)),
        *results(
            Untrained(), RunQueries(Untrained().runs), ReadQuery(1, "LSTM", "dog", unit=0, decomposition=True)
        ),
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


def _decode_query(folder: Path) -> Run:
    def run(data: bytes) -> None:
        query = decode_query(data)
        assert decode_query(encode(query)[4:]) is not None

    return run


def _decode_result(folder: Path) -> Run:
    def run(data: bytes) -> None:
        answer = decode_result(data)
        assert decode_result(encode(answer)[4:]) is not None
        if isinstance(answer, GradientFlow | Decomposition):
            np.asarray(getattr(answer, "norms", 0)).sum()

    return run


class _Reader(Untrained):
    """Reads with untrained nets of every kind, and with runs and presets as any other reader."""

    def load(self, name: str, epoch: int | None) -> Subject:
        is_untrained = name.split()[:1] in (["LSTM"], ["GRU"], ["RNN"])
        return super().load(name, epoch) if is_untrained else Reader.load(self, name, epoch)


def _engine(folder: Path) -> Run:
    """Return what answers a question in the way of the engine, after one that all can be about."""
    Room(folder, seeds.run_files())
    reader = _Reader()
    desk = RunQueries(reader.runs)
    first = _questions("run")[0]
    (_,) = results(reader, desk, first)

    def run(data: bytes) -> None:
        query = decode_query(data)
        for answer in results(reader, desk, query):
            encode(answer)
            if isinstance(answer, Failure):  # "failed" is an exception that nobody foresaw
                assert answer.sentence and answer.kind != "failed", answer.details

    return run


TARGETS = (
    Target(
        "wire-frames",
        _frames,
        lambda: [
            b"\0\2\xff\7\0\0\0\0"
            + encode(GateQuery(1, 2, 3)) * 3
            + encode(Failure(1, "failed", "x" * 300, ""))
        ],
        mutate_bytes,
        (ValueError,),
        ("lstm_viz.wire",),
        1400,
    ),
    Target(
        "wire-questions",
        _decode_query,
        _question_seeds,
        mutate_msgpack,
        (WireError,),
        ("lstm_viz.wire", "lstm_viz.text.cut", "lstm_viz.messages"),
        2500,
    ),
    Target(
        "wire-answers",
        _decode_result,
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
