"""What window and engine say to each other: the stream, the messages, and questions that are answered."""

from pathlib import Path

import numpy as np

from lstm_viz.engine.handlers import Models
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.engine.serve import results
from lstm_viz.messages import (
    PROTOCOL,
    AblationQuery,
    AnyQuery,
    AttributionQuery,
    Cancel,
    ConfusionQuery,
    CorpusQuery,
    Decomposition,
    DecompositionQuery,
    EmbeddingMapQuery,
    Envelope,
    ExtremesQuery,
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
    ReadQuery,
    Reply,
    ScoreQuery,
    SetValue,
    StateQuery,
    SwapState,
)
from lstm_viz.subjects.module import AnySubject
from lstm_viz.text.tokenized_text import spaced
from lstm_viz.wire import Frames, WireError, decode_from_engine, decode_to_engine, encode
from tests.engine.untrained import TEXT, WORDS, Untrained
from tests.fuzz import seeds
from tests.fuzz.mutators.msgpack import mutate_fields, mutate_msgpack
from tests.fuzz.mutators.raw import mutate_bytes
from tests.fuzz.target import Run, Target
from tests.fuzz.targets.room import Room

_FAILURE = Failure("run_damaged", {"name": "run", "file": "run.json", "reason": "it is"}, "Traceback")
_EDITS = (
    SetValue("f", 1.0, 1, 1, 3, 0, 0, WORDS),
    SetValue("h", -0.5, None, None, None),
    SwapState(2, "They read that book", 1, WORDS, True, "read"),
)


def _questions(run: str) -> list[AnyQuery]:
    """Return a question of every kind."""
    read = ReadQuery(
        "LSTM 2 both crf spells",
        TEXT,
        before=("", "it ate"),
        step=2,
        edits=_EDITS,
        decomposition=True,
        tokenized_texts=(spaced(WORDS),),
    )
    of_run = ReadQuery(f"run:{run}", TEXT, 1, unit=None, caret=4)
    return [
        read,
        of_run,
        ReadQuery("GRU", "the cat", character=0, module="char_recurrent"),
        GateQuery(1, 2, 1),
        DecompositionQuery(1, 2, 1),
        StateQuery(1, 2, 1, "c"),
        ScoreQuery(1, 2, "B"),
        PathQuery(1, 2, "B"),
        InputQuery(1, 2),
        ExtremesQuery(read, 3),
        AttributionQuery(1, read, "B", "margin"),
        AttributionQuery(2, of_run, "", "log_softmax"),
        AblationQuery(1, read, "B", "logit"),
        CorpusQuery(seeds.task().settings),
        HistoryQuery(f"run:{run}", (0, 1, 2), TEXT, "h", tokenized_texts=(spaced(WORDS),)),
        GradientFlowQuery(f"run:{run}", 1, TEXT),
        EmbeddingMapQuery(f"run:{run}", (0, 1, 2)),
        ConfusionQuery(f"run:{run}", 1, "DET", "NN"),
    ]


def _question_seeds() -> list[bytes]:
    questions = enumerate(_questions("run"), 1)  # a folder below the working directory
    envelopes = [Envelope(number, f"key {number}", query) for number, query in questions]
    return [encode(message)[4:] for message in (*envelopes, Cancel(3))]


def _models(reader: Reader) -> Models:
    return Models(reader, RunQueries(reader.runs))


def _answer_seeds() -> list[bytes]:
    query = ReadQuery("LSTM", "dog", unit=0, decomposition=True)
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    found = [
        Hello(PROTOCOL, 7, (ModelName("preset:tutorial", "Tutorial"),)),
        Reply(1, _FAILURE),
        Progress(3, True),
        Reply(2, GradientFlow("run", 1, WORDS, ("A",) * len(WORDS), True, array.astype(np.float64))),
        *(Reply(1, result) for result in results(_models(Untrained()), Envelope(1, "reading", query))),
    ]
    return [encode(message)[4:] for message in found]


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


def _decode_to_engine(folder: Path) -> Run:
    def run(data: bytes) -> None:
        message = decode_to_engine(data)
        assert decode_to_engine(encode(message)[4:]) is not None

    return run


def _decode_from_engine(folder: Path) -> Run:
    def run(data: bytes) -> None:
        message = decode_from_engine(data)
        assert decode_from_engine(encode(message)[4:]) is not None
        result = message.result if isinstance(message, Reply) else None
        if isinstance(result, GradientFlow | Decomposition):
            np.asarray(getattr(result, "norms", 0)).sum()
        if isinstance(result, Failure):
            assert isinstance(result.message, str)

    return run


class _Reader(Untrained):
    """Reads with untrained nets of every kind, and with runs and presets as any other reader."""

    def load(self, name: str, epoch: int | None) -> AnySubject:
        is_untrained = name.split()[:1] in (["LSTM"], ["GRU"], ["RNN"])
        return super().load(name, epoch) if is_untrained else Reader.load(self, name, epoch)


def _engine(folder: Path) -> Run:
    """Return what answers a question in the way of the engine, after one that all can be about."""
    Room(folder, seeds.run_files())
    models = _models(_Reader())
    (_,) = results(models, Envelope(1, "reading", _questions("run")[0]))

    def run(data: bytes) -> None:
        message = decode_to_engine(data)
        if isinstance(message, Cancel):
            return
        for result in results(models, message):
            encode(Reply(message.number, result))
            if isinstance(result, Failure):  # "exception" is one that nobody foresaw
                assert result.message and result.code != "exception", result.details

    return run


TARGETS = (
    Target(
        "wire-frames",
        _frames,
        lambda: [
            b"\0\2\xff\7\0\0\0\0"
            + encode(Envelope(1, "gate", GateQuery(1, 2, 3))) * 3
            + encode(Reply(1, Failure("query_invalid", {"error": "x" * 300}, "")))
        ],
        mutate_bytes,
        (ValueError,),
        ("lstm_viz.wire",),
        1400,
    ),
    Target(
        "wire-questions",
        _decode_to_engine,
        _question_seeds,
        mutate_msgpack,
        (WireError,),
        ("lstm_viz.wire", "lstm_viz.text.tokenized_text", "lstm_viz.messages"),
        2500,
    ),
    Target(
        "wire-answers",
        _decode_from_engine,
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
