"""Files that are whole or not there, and what a folder of unknown origin cannot do."""

import os
import re
import socket
import stat
import threading
from pathlib import Path

import pytest

import lstm_viz
from lstm_viz.files import moving
from lstm_viz.files.errors import UnsafeFileError
from lstm_viz.files.folder import Folder
from lstm_viz.files.lines import LineFile
from lstm_viz.files.named import open_named, read_named, replace_named

links = pytest.mark.skipif(os.name != "posix", reason="links and FIFOs as POSIX has them")


def test_a_file_is_replaced_at_once_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for data in (b"first", b"second", b""):
        replace_named(path, data)
        assert path.read_bytes() == data
        assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_replaced_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    replace_named(path, b"first")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_named(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_kill_left_aside_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    for name in (".a.json.123", ".a.json.123.0f", ".hidden", "a.1", "a.json", "lock"):
        (tmp_path / name).write_text("")
    Folder(tmp_path).remove_temporaries()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden", "a.1", "a.json", "lock"]


def _refusing(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    asked, rename = [], os.replace

    def refuse(source: str, target: str, **folders: int) -> None:
        asked.append(1)
        if len(asked) <= times:
            raise PermissionError(13, "The process cannot access the file")
        rename(source, target, **folders)

    monkeypatch.setattr(os, "replace", refuse)
    return asked


def test_a_rename_that_is_refused_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    replace_named(path, b"first")
    asked = _refusing(monkeypatch, 3)
    replace_named(path, b"second")
    assert path.read_bytes() == b"second" and len(asked) == 4
    assert list(tmp_path.iterdir()) == [path]


def test_a_rename_that_stays_refused_is_an_error_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    replace_named(path, b"first")
    monkeypatch.setattr(moving, "_REFUSED_SECONDS", 0.0)
    _refusing(monkeypatch, 10**9)
    with pytest.raises(PermissionError):
        replace_named(path, b"second")
    assert path.read_bytes() == b"first" and list(tmp_path.iterdir()) == [path]


def test_nothing_else_in_the_program_renames() -> None:
    """Else what is refused once on Windows is lost there."""
    root = Path(lstm_viz.__file__).parent
    renames = re.compile(r"os\.(rename|replace)\(|shutil\.move\(|(path|binned|aside)\.(rename|replace)\(")
    found = {path.name for path in root.rglob("*.py") if renames.search(path.read_text(encoding="utf-8"))}
    assert found == {"moving.py"}


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Return a person's own file, which no folder that they open may reach."""
    path = tmp_path / "outside" / "letter.txt"
    path.parent.mkdir()
    path.write_bytes(b"dear")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "run").mkdir()
    return Folder(tmp_path / "run")


def _is_as_it_was(outside: Path) -> bool:
    return outside.read_bytes() == b"dear" and list(outside.parent.iterdir()) == [outside]


def _of_every_kind(folder: Folder, outside: Path) -> list[str]:
    """Put things into a folder that are no files of its own, and return their names."""
    path = folder.path
    (path / "link").symlink_to(outside)
    (path / "broken").symlink_to(path / "nowhere")
    (path / "circle").symlink_to(path / "circle")
    (path / "device").symlink_to("/dev/zero")
    os.mkfifo(path / "fifo")
    (path / "folder").mkdir()
    server = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(path)  # a path to a socket must be short
    try:
        server.bind("socket")
    finally:
        os.chdir(here)
        server.close()
    return ["link", "broken", "circle", "device", "fifo", "folder", "socket"]


@links
def test_what_is_no_file_of_the_folder_is_neither_read_nor_grown(folder: Folder, outside: Path) -> None:
    """And nothing waits: a FIFO that nobody writes would hold whoever opens it."""
    for name in _of_every_kind(folder, outside):
        for open_ in (lambda n: folder.read(n, 99), folder.open, folder.status, folder.open_to_grow):
            with pytest.raises(UnsafeFileError, match=r"link|regular"):
                open_(name)
        assert not folder.has(name)
        with pytest.raises(UnsafeFileError):
            LineFile(folder.path / name)
    assert _is_as_it_was(outside)


@links
def test_what_is_replaced_or_removed_is_the_link_and_not_what_it_leads_to(
    folder: Folder, outside: Path
) -> None:
    names = _of_every_kind(folder, outside)
    for name in set(names) - {"folder"}:
        folder.replace(name, b"new")
        assert folder.read(name, 3) == b"new"
    assert _is_as_it_was(outside)
    (folder.path / "again").symlink_to(outside)
    folder.remove("again")
    assert _is_as_it_was(outside) and not (folder.path / "again").is_symlink()


@links
def test_a_folder_below_that_leads_elsewhere_is_not_entered(folder: Folder, outside: Path) -> None:
    (folder.path / "state").symlink_to(outside.parent)
    below = folder.folder("state")
    for ask in (
        below.names, below.make, below.remove_temporaries, lambda: below.read("letter.txt", 99),
        lambda: below.replace("letter.txt", b""), lambda: below.remove("letter.txt"),
        lambda: below.open_to_grow("new"),
    ):  # fmt: skip
        with pytest.raises(UnsafeFileError, match="link"):
            ask()
    assert _is_as_it_was(outside)


@links
def test_a_folder_that_is_swapped_for_a_link_meanwhile_leads_nowhere(folder: Folder, outside: Path) -> None:
    """Whatever is swapped, and when: what is read is the folder's own, or nothing."""
    below, own = folder.folder("state"), folder.path / "own"
    own.mkdir()
    (own / "letter.txt").write_bytes(b"own")
    over, state = threading.Event(), folder.path / "state"

    def swap() -> None:
        while not over.is_set():
            for target in (outside.parent, own):
                aside = folder.path / "aside"
                aside.symlink_to(target)
                aside.replace(state)
            state.unlink()
            own.rename(state)
            state.rename(own)

    swapper = threading.Thread(target=swap)
    swapper.start()
    found = set[bytes | None]()
    try:
        for _ in range(3000):
            try:
                found.add(below.read("letter.txt", 99))
            except OSError:
                found.add(None)
    finally:
        over.set()
        swapper.join()
    assert None in found and found <= {None, b"own"}


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/etc/passwd", "a/b", "a\0b", "\ud800"])
def test_only_a_plain_name_is_opened(folder: Folder, name: str) -> None:
    for ask in (lambda: folder.read(name, 9), lambda: folder.replace(name, b""), lambda: folder.remove(name)):
        with pytest.raises(UnsafeFileError):
            ask()
    assert folder.names() == ()
    with pytest.raises(OSError):  # noqa: PT011  # of one kind or another, and no ValueError
        Folder(folder.path / name / "x").names()


def test_no_more_is_read_than_there_can_be(folder: Folder) -> None:
    folder.replace("a", b"12345")
    assert folder.read("a", 5) == b"12345"
    with pytest.raises(UnsafeFileError, match="larger"):
        folder.read("a", 4)
    with (folder.path / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UnsafeFileError, match="larger"):
        folder.read("sparse", 1 << 20)


@links
def test_a_new_file_keeps_the_permissions_of_the_old_one(folder: Folder) -> None:
    before = os.umask(0o022)
    try:
        folder.replace("a", b"1")
        assert stat.S_IMODE((folder.path / "a").stat().st_mode) == 0o644
        for mode in (0o600, 0o664, 0o640):
            (folder.path / "a").chmod(mode)
            folder.replace("a", b"2")
            assert stat.S_IMODE((folder.path / "a").stat().st_mode) == mode
    finally:
        os.umask(before)


@links
def test_a_file_with_another_name_elsewhere_is_grown_apart_from_it(folder: Folder, outside: Path) -> None:
    """A snapshot of a run, made with hard links, stays what it was."""
    outside.write_bytes(b"dear\n")
    os.link(outside, folder.path / "history.jsonl")
    file = LineFile(folder.path / "history.jsonl")
    file.append(b"more")
    file.close()
    assert folder.read("history.jsonl", 99) == b"dear\nmore\n"
    assert outside.read_bytes() == b"dear\n"


@links
def test_a_link_that_a_person_named_is_followed_and_stays(folder: Folder, outside: Path) -> None:
    (folder.path / "mine").symlink_to(outside)
    assert read_named(folder.path / "mine", 9) == b"dear"
    replace_named(folder.path / "mine", b"new")
    assert outside.read_bytes() == b"new" and (folder.path / "mine").is_symlink()
    more = folder.folder("more")
    more.make()
    for name in set(_of_every_kind(more, outside)) - {"link", "broken"}:
        with pytest.raises(OSError):  # noqa: PT011
            open_named(folder.path / "more" / name).close()
        with pytest.raises(OSError):  # noqa: PT011
            replace_named(folder.path / "more" / name, b"")
