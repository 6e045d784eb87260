"""Lines of a history and of gates, and their files, which grow and are cut off between two polls."""

from collections.abc import Callable
from pathlib import Path

from lstm_viz.runs import gates, history
from lstm_viz.runs.gates import GatesReader
from lstm_viz.runs.history import HistoryReader, read_all
from tests.fuzz import seeds
from tests.fuzz.mutators.json import mutate_lines, mutate_sealed
from tests.fuzz.target import Run, Target, joined, mutate_parts, parted

_STEPS = (0, 1, 2, 3, 4, 100, 2**53, 2**63)
_Polls = Callable[[Path, str], Callable[[], None]]
_BLOCK = 512  # so that a file of some lines is read in several blocks


def _decode_history(folder: Path) -> Run:
    def run(data: bytes) -> None:
        line = history.decode(data)
        if line is not None:
            assert 0 <= line.step <= 2**53 and 0 <= line.epoch <= 2**53
            assert history.decode(history.encode(line)) == line

    return run


def _decode_gates(folder: Path) -> Run:
    def run(data: bytes) -> None:
        line = gates.decode(data)
        if line is not None:
            assert 0 <= line.step <= 2**53 and 0 <= line.epoch <= 2**53
            assert gates.decode(gates.encode(line)) is not None

    return run


def _changing(read: _Polls, name: str) -> Callable[[Path], Run]:
    """Return what makes a file as the parts of an input say, and polls after each of them."""

    def open_(folder: Path) -> Run:
        path = folder / name

        def run(data: bytes) -> None:
            path.unlink(missing_ok=True)
            poll = read(folder, name)
            for label, piece in parted(data)[:20]:
                _change(path, label, piece)
                poll()

        return run

    return open_


def _change(path: Path, label: str, piece: bytes) -> None:
    if label == "append":
        with path.open("ab") as file:
            file.write(piece)
    elif label == "write":
        path.unlink(missing_ok=True)
        path.write_bytes(piece)
    elif label == "truncate" and path.exists():
        with path.open("r+b") as file:
            file.truncate(len(piece))


def _history_polls(folder: Path, name: str) -> Callable[[], None]:
    """Return what polls, and sees that what was read bit by bit is what is read at once."""
    reader, lines = HistoryReader(folder, _BLOCK), list[history.Line]()
    counted = [0]

    def poll() -> None:
        while True:
            update = reader.new()
            if update.is_replaced:
                lines.clear()
                counted[0] = 0
            lines.extend(update.lines)
            counted[0] += update.damaged
            assert len(update.damaged_lines) <= update.damaged
            if not reader.has_more:
                break
        whole = HistoryReader(folder, _BLOCK)
        at_once = list[history.Line]()
        damaged = 0
        while True:
            update = whole.new()
            at_once += update.lines
            damaged += update.damaged
            if not whole.has_more:
                break
        assert (lines, counted[0]) == (at_once, damaged)
        assert reader.damaged_end == whole.damaged_end
        assert len(read_all(folder).lines) >= len(lines)

    return poll


def _gates_polls(folder: Path, name: str) -> Callable[[], None]:
    reader = GatesReader(folder, _BLOCK)

    def poll() -> None:
        reader.poll()
        while reader.has_more:
            reader.poll()
        for step in _STEPS:
            found = reader.up_to(step)
            assert found is None or found.step <= step

    return poll


def _growing(lines: list[bytes]) -> list[bytes]:
    whole = b"".join(line + b"\n" for line in lines)
    half = len(whole) // 2
    return [
        joined([("write", whole)]),
        joined([("append", whole[:half]), ("append", whole[half:])]),
        joined([("append", whole), ("truncate", whole[:half]), ("append", whole), ("write", whole[:half])]),
    ]


def _files(kind: str, polls: _Polls, lines: Callable[[], list[bytes]], share: int) -> Target:
    """Return the target of files of lines that change between two polls."""
    return Target(
        f"{kind}-files",
        _changing(polls, f"{kind}.jsonl"),
        lambda: _growing(lines()),
        mutate_parts(lambda label: mutate_lines),
        (),
        (f"lstm_viz.runs.{kind}", "lstm_viz.files"),
        share,
    )


TARGETS = (
    Target(
        "history-lines", _decode_history, seeds.lines, mutate_sealed, (), ("lstm_viz.runs.history",), 5000
    ),
    Target("gates-lines", _decode_gates, seeds.gate_lines, mutate_sealed, (), ("lstm_viz.runs.gates",), 3000),
    _files("history", _history_polls, seeds.lines, 200),
    _files("gates", _gates_polls, seeds.gate_lines, 300),
)
