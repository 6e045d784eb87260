"""Files that are whole or not there, and lines that are whole or not there."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.runs import files
from lstm_viz.runs.files import LineFile
from lstm_viz.runs.history import LineReader


def test_a_file_is_replaced_at_once_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for data in (b"first", b"second", b""):
        files.replace(path, data)
        assert path.read_bytes() == data
        assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_replaced_stays(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "a"
    files.replace(path, b"first")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.replace(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_kill_left_aside_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    for name in (".a.json.123", ".hidden", "a.1", "a.json", "lock"):
        (tmp_path / name).write_text("")
    files.clear_asides(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden", "a.1", "a.json", "lock"]


@given(
    st.lists(st.binary(max_size=9).filter(lambda line: b"\n" not in line)),
    st.binary(max_size=9).filter(lambda torn: b"\n" not in torn),
)
def test_lines_grow_and_a_torn_one_is_cut_off(tmp_path_factory, lines: list[bytes], torn: bytes) -> None:
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


def test_a_line_that_cannot_be_written_whole_leaves_nothing(tmp_path: Path, monkeypatch) -> None:
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
    files.replace(path, b"three\n")
    assert reader.new() == (True, [b"three"])
    path.write_bytes(b"4\n")
    assert reader.new() == (True, [b"4"])
    path.unlink()
    assert reader.new() == (True, [])


def test_a_line_without_end_does_not_stop_a_reader(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 20 + b"\none\n")
    reader, found = LineReader(tmp_path / "a", block=8), []
    for _ in range(5):
        found += reader.new()[1]
    assert found[-1] == b"one"


def _refusing(monkeypatch, times: int) -> list[int]:
    asked, rename = [], os.replace

    def refuse(source, target):
        asked.append(1)
        if len(asked) <= times:
            raise PermissionError(13, "The process cannot access the file")
        rename(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    return asked


def test_a_rename_that_is_refused_is_tried_again(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "a"
    files.replace(path, b"first")
    asked = _refusing(monkeypatch, 3)
    files.replace(path, b"second")
    assert path.read_bytes() == b"second" and len(asked) == 4
    assert list(tmp_path.iterdir()) == [path]


def test_a_rename_that_stays_refused_is_an_error_and_nothing_is_lost(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "a"
    files.replace(path, b"first")
    monkeypatch.setattr(files, "_REFUSED_SECONDS", 0.0)
    _refusing(monkeypatch, 10**9)
    with pytest.raises(PermissionError):
        files.replace(path, b"second")
    assert path.read_bytes() == b"first" and list(tmp_path.iterdir()) == [path]


def test_nothing_else_in_the_program_renames() -> None:
    """Else what is refused once on Windows is lost there."""
    root = Path(files.__file__).parent.parent
    renames = re.compile(r"os\.(rename|replace)\(|shutil\.move\(|(path|binned|aside)\.(rename|replace)\(")
    found = {path.name for path in root.rglob("*.py") if renames.search(path.read_text(encoding="utf-8"))}
    assert found == {"files.py"}
