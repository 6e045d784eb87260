"""Lines that are whole or not there."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.files import lines
from lstm_viz.files.folder import Folder
from lstm_viz.files.lines import LineFile, LineReader


@given(
    st.lists(st.binary(max_size=9).filter(lambda line: b"\n" not in line)),
    st.binary(max_size=9).filter(lambda torn: b"\n" not in torn),
)
def test_lines_grow_and_a_torn_one_is_cut_off(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], torn: bytes
) -> None:
    path = tmp_path_factory.mktemp("lines") / "a"
    for line in lines:
        file = LineFile(path)
        file.append(line)
        assert file.last() == line.rstrip(b"\n")
        file.close()
        with path.open("ab") as other:
            other.write(torn)
    LineFile(path).close()
    assert path.read_bytes() == b"".join(line + b"\n" for line in lines)


def test_a_line_that_cannot_be_written_whole_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, write = LineFile(tmp_path / "a"), os.write
    file.append(b"first")

    def half(handle: int, data: bytes) -> int:
        if len(data) < 4:
            raise OSError(28, "No space left on device")
        return write(handle, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(OSError, match="No space"):
            file.append(b"a line that does not fit")
    assert (tmp_path / "a").read_bytes() == b"first\n"
    file.append(b"second")
    file.close()
    assert (tmp_path / "a").read_bytes() == b"first\nsecond\n"


def test_a_reader_is_told_every_whole_line_once(tmp_path: Path) -> None:
    path, reader = tmp_path / "a", LineReader(tmp_path / "a", block=8)
    assert reader.new() == (False, [])
    path.write_bytes(b"one\ntwo\nthr")
    assert reader.new() == (False, [b"one", b"two"])
    assert reader.new() == (False, [])
    with path.open("ab") as file:
        file.write(b"ee\nfour\n")
    assert reader.new() == (False, [b"three"])
    assert reader.new() == (False, [b"four"])


def test_a_reader_sees_that_it_is_another_file(tmp_path: Path) -> None:
    path, reader = tmp_path / "a", LineReader(tmp_path / "a")
    path.write_bytes(b"one\ntwo\n")
    reader.new()
    Folder(tmp_path).replace("a", b"three\n")
    assert reader.new() == (True, [b"three"])
    path.write_bytes(b"4\n")
    assert reader.new() == (True, [b"4"])
    path.unlink()
    assert reader.new() == (True, [])


def test_a_line_may_be_longer_than_a_block(tmp_path: Path) -> None:
    path, reader = tmp_path / "a", LineReader(tmp_path / "a", block=8)
    path.write_bytes(b"one\n" + b"x" * 50)
    assert reader.new() == (False, [b"one"])
    assert reader.new() == (False, []) and not reader.has_more
    with path.open("ab") as file:
        file.write(b"x\ntwo\n")
    assert reader.new() == (False, [b"x" * 51, b"two"]) and not reader.has_more


def test_a_line_without_end_does_not_stop_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_LONGEST", 4)
    (tmp_path / "a").write_bytes(b"x" * 20 + b"\none\n")
    reader, found = LineReader(tmp_path / "a", block=8), []
    for _ in range(5):
        found += reader.new()[1]
    assert found[-1] == b"one"
