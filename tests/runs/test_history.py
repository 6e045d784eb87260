"""The lines of a history: what is written is read, and what is not ours is passed over."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.runs import gates
from lstm_viz.runs.files import LineFile
from lstm_viz.runs.gates import GatesReader, Saturation
from lstm_viz.runs.history import Epoch, HistoryReader, Saved, Step, decode, encode, read_all

LINES = (
    Epoch(0, 0, 1.5, 0.25, "epoch-000000.safetensors", "ab", ((0, 1, 2),), 1.0),
    Step(1, 1, 0.5, 0.1, 2.0, 3.0, 9, 2.0),
    Step(2, 1, 0.25),
    Saved(2, 1, "step-000000002.safetensors", "cd"),
    Epoch(2, 1, None, 0.5),
)


@pytest.mark.parametrize("line", LINES)
def test_a_line_comes_back_as_it_was(line) -> None:
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
    news = reader.new()
    assert (news.lines, news.damaged, news.anew) == (LINES[1:], 1, False)
    assert read_all(tmp_path).lines == LINES
    assert read_all(tmp_path).damaged == 1


def test_gates_are_followed_too(tmp_path: Path) -> None:
    line = Saturation(1, 1, "recurrent", {"i": (0.12345, 0.0)}, {"i": (0.5, 1.0)})
    file = LineFile(tmp_path / "gates.jsonl")
    file.append(gates.encode(line))
    file.append(b"{")
    file.close()
    found = Saturation(1, 1, "recurrent", {"i": (0.123, 0.0)}, {"i": (0.5, 1.0)})
    assert GatesReader(tmp_path).new() == (False, (found,))
