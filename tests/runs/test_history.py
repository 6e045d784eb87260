"""The lines of a history: what is written is read, and what is not ours is passed over."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.files.lines import LineFile
from lstm_viz.runs import gates
from lstm_viz.runs.gates import GatesReader, Saturation
from lstm_viz.runs.history import Epoch, HistoryReader, Line, Saved, Step, decode, encode, read_all

LINES = (
    Epoch(0, 0, 1.5, 0.25, "epoch-000000.safetensors", "ab", ((0, 1, 2),), 1.0),
    Step(1, 1, 0.5, 0.1, 2.0, 3.0, 9, 2.0),
    Step(2, 1, 0.25),
    Saved(2, 1, "step-000000002.safetensors", "cd"),
    Epoch(2, 1, None, 0.5),
)


@pytest.mark.parametrize("line", LINES)
def test_a_line_comes_back_as_it_was(line: Line) -> None:
    assert decode(encode(line)) == line
    assert b"\n" not in encode(line)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b'{"step":1}', b'{"step":1,"epoch":0}', b'{"step":"a","epoch":0,"loss":1}', b"\xff"],
)
def test_what_is_none_of_ours_is_none(data: bytes) -> None:
    assert decode(data) is None


def test_a_loop_of_ones_own_may_write_more() -> None:
    assert decode(b'{"step":1,"epoch":1,"loss":2,"perplexity":7.4}') == Step(1, 1, 2.0)


@given(st.binary())
def test_no_bytes_whatever_raise(data: bytes) -> None:
    decode(data)
    gates.decode(data)


def test_a_history_is_followed_and_damage_is_counted(tmp_path: Path) -> None:
    reader, file = HistoryReader(tmp_path), LineFile(tmp_path / "history.jsonl")
    file.append(encode(LINES[0]))
    assert reader.new().lines == LINES[:1]
    file.append(b"nonsense")
    for line in LINES[1:]:
        file.append(encode(line))
    file.close()
    update = reader.new()
    assert (update.lines, update.damaged, update.is_replaced) == (LINES[1:], 1, False)
    assert read_all(tmp_path).lines == LINES
    assert read_all(tmp_path).damaged == 1


def test_gates_are_followed_too(tmp_path: Path) -> None:
    line = Saturation(1, 1, "recurrent", {"i": (0.12345, 0.0)}, {"i": (0.5, 1.0)})
    file = LineFile(tmp_path / "gates.jsonl")
    file.append(gates.encode(line))
    file.append(b"{")
    file.close()
    found = Saturation(1, 1, "recurrent", {"i": (0.123, 0.0)}, {"i": (0.5, 1.0)})
    reader = GatesReader(tmp_path)
    assert reader.poll() and not reader.poll()
    assert reader.up_to(1) == found and reader.up_to(1) is reader.up_to(2) and reader.up_to(0) is None


def gates_of_epochs(epochs: range, units: int = 2) -> bytes:
    share = tuple(k / 1000 for k in range(units))
    lines = (
        Saturation(10 * k, k, "lstm", dict.fromkeys("ifo", share), dict.fromkeys("ifo", share))
        for k in epochs
    )
    return b"".join(gates.encode(line) + b"\n" for line in lines)


def test_many_epochs_of_gates_take_little_memory(tmp_path: Path) -> None:
    (tmp_path / "gates.jsonl").write_bytes(gates_of_epochs(range(1, 501), units=96))
    reader = GatesReader(tmp_path, 1 << 18)
    tracemalloc.start()
    try:
        while reader.poll():
            pass
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    lines = [reader.up_to(step) for step in (9, 10, 2500, 2509, 10**9)]
    assert [line and line.epoch for line in lines] == [None, 1, 250, 250, 500]
    assert kept < 500 * 500, "the lines themselves are some 15 kB each"


@pytest.mark.parametrize("how", ["gone", "replaced", "cut", "rewritten"])
def test_gates_of_a_file_that_has_changed_are_none_until_it_is_read(tmp_path: Path, how: str) -> None:
    path = tmp_path / "gates.jsonl"
    path.write_bytes(gates_of_epochs(range(1, 4)))
    reader = GatesReader(tmp_path)
    reader.poll()
    if how == "gone":
        path.unlink()
    elif how == "replaced":
        (tmp_path / "new").write_bytes(gates_of_epochs(range(1, 4), units=3))
        (tmp_path / "new").replace(path)
    else:
        path.write_bytes(gates_of_epochs(range(5, 6 if how == "cut" else 9)))
    assert reader.up_to(30) is None
    assert reader.poll() or how == "rewritten"
    line = reader.up_to(80)
    units = len(line.closed["f"]) if line else 0
    assert (line and line.epoch, units) == {
        "gone": (None, 0), "replaced": (3, 3), "cut": (5, 2), "rewritten": (8, 2)
    }[how]  # fmt: skip


def test_gates_that_were_read_stay_where_they_are_while_the_file_grows(tmp_path: Path) -> None:
    path = tmp_path / "gates.jsonl"
    path.write_bytes(gates_of_epochs(range(1, 4)) + b'{"step":')
    reader = GatesReader(tmp_path)
    reader.poll()
    with path.open("ab") as file:
        file.write(b'"x"}\n' + gates_of_epochs(range(4, 6)))
    found = [line.epoch for step in (10, 20, 30) if (line := reader.up_to(step))]
    assert found == [1, 2, 3]
    assert reader.poll()
    found = [line.epoch for step in (10, 30, 40, 50) if (line := reader.up_to(step))]
    assert found == [1, 3, 4, 5]
