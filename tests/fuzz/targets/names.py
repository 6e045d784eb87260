"""Names of files and folders, in a folder from which links lead out."""

import contextlib
import errno
import os
from pathlib import Path

from lstm_viz.files.errors import reason_of
from lstm_viz.files.folder import Folder
from tests.fuzz.mutators.text import mutate_text, text_of
from tests.fuzz.target import Run, Target

_LONGEST = 255  # bytes, of Linux and macOS
_THERE = ("below", "link", "linked")


def _names(folder: Path) -> Run:
    """Return what uses an input as the name of a file and a folder; nothing outside may change or be read."""
    (folder / "secret.txt").write_bytes(b"secret")
    (folder / "outside").mkdir()
    (folder / "outside" / "secret.txt").write_bytes(b"secret")
    inside = folder / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(folder / "secret.txt")
    (inside / "linked").symlink_to(folder / "outside")
    (inside / "below").mkdir()

    def run(data: bytes) -> None:
        name = text_of(data)
        for room in (Folder(inside), Folder(inside).folder("below"), Folder(inside).folder("linked")):
            _use(room, name)
        if name not in _THERE:
            with contextlib.suppress(OSError):
                below = Folder(inside).folder(name)
                below.make()
                _use(below, "file")
                below.path.rmdir()
        assert sorted(path.name for path in folder.iterdir()) == ["inside", "outside", "secret.txt"]
        assert sorted(path.name for path in inside.iterdir()) == sorted(_THERE)
        assert (folder / "outside" / "secret.txt").read_bytes() == (folder / "secret.txt").read_bytes()

    return run


def _use(room: Folder, name: str) -> None:
    """Write, read and remove a file; nothing else than OSError is raised."""
    try:
        assert not room.has(name) or room.path.name != "linked"
        if name not in _THERE:
            room.replace(name, b"ours", lasting=False)
            assert room.read(name, 10) == b"ours" and name in room.names() and room.has(name)
            room.remove(name)
        else:
            room.read(name, 10)
            raise AssertionError(f"{name} was read")
    except OSError as error:
        reason, number = reason_of(error), error.errno
    else:
        return
    assert reason and number in errno.errorcode
    assert number != errno.ENAMETOOLONG or len(os.fsencode(name)) > _LONGEST


TARGETS = (
    Target(
        "folder-names",
        _names,
        lambda: [b"link", b"linked", b"below", b"file.txt", b"..", b"../secret.txt", "größe".encode()],
        mutate_text,
        (),
        ("lstm_viz.files",),
        300,
    ),
)
