"""Operations of the window and of those beside the trainer: small files, the bin, lines, named files."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from lstm_viz.app.runs.trash import Trash
from lstm_viz.files import moving
from lstm_viz.files.lines import LineFile, LineReader
from lstm_viz.files.named import replace_named
from lstm_viz.opening.notes import ModelNotes
from lstm_viz.opening.notes_file import read_notes, write_notes
from lstm_viz.runs.folder import Control, RunFolder
from lstm_viz.runs.library import RunLibrary
from lstm_viz.runs.segmenter import has_segmenter, read_segmenter, write_segmenter
from lstm_viz.runs.settings import TUTORIAL
from tests.crash.attempts import Operation, Outcome
from tests.crash.system import Plan

_BEFORE, _AFTER = b"what was there before", b"what is there after"


class Writer(Operation):
    """Something that one function does, which raises OSError where it cannot be done."""

    def act(self, place: Path, tell: Callable[[bytes], None]) -> int:
        moving._REFUSED_SECONDS = 0.05
        try:
            self.write(place, tell)
        except (OSError, MemoryError):
            return 1
        return 0

    def write(self, place: Path, tell: Callable[[bytes], None]) -> None:
        raise NotImplementedError

    def check(self, place: Path, outcome: Outcome, plan: Plan) -> None:
        assert "Traceback" not in outcome.text, str(outcome)
        assert not outcome.left_open, f"{outcome.left_open} descriptors are left open"
        found = self.found(place, plan)
        assert found in (_BEFORE, _AFTER), found
        if plan.what == "fail" and not plan.lasting:
            assert self.may_be_half_done or (found == _AFTER) == (outcome.status == 0), (
                found,
                outcome.status,
            )
            assert not list(place.rglob(".*.[0-9]*")), "left aside"

    may_be_half_done = False

    def found(self, place: Path, plan: Plan) -> bytes:
        """Return what is there, read as it is read; whatever is damaged raises."""
        raise NotImplementedError

    def check_end(self, place: Path) -> None:
        assert self.found(place, Plan()) == _AFTER


class NamedFile(Writer):
    """A file that a person named, such as a picture, is written again."""

    name = "a named file"

    def prepare(self, place: Path) -> None:
        place.mkdir()
        (place / "file").write_bytes(_BEFORE)

    def write(self, place: Path, tell: Callable[[bytes], None]) -> None:
        replace_named(place / "file", _AFTER)

    def found(self, place: Path, plan: Plan) -> bytes:
        return (place / "file").read_bytes()


class ControlFile(Writer):
    """A window asks the trainer to stop, another one asked before."""

    name = "control.json"

    def prepare(self, place: Path) -> None:
        place.mkdir()
        RunFolder(place).write_control(Control(until_step=3))

    def write(self, place: Path, tell: Callable[[bytes], None]) -> None:
        RunFolder(place).write_control(Control(stop=True))

    def found(self, place: Path, plan: Plan) -> bytes:
        if plan.what == "power" and not (place / "control.json").stat().st_size:
            return _BEFORE  # it is not synced: it is of the trainer that lived
        control = RunFolder(place).read_control()
        return {Control(until_step=3): _BEFORE, Control(stop=True): _AFTER}.get(
            control, repr(control).encode()
        )


class NameFile(Writer):
    """A run is renamed."""

    name = "name.txt"

    def prepare(self, place: Path) -> None:
        place.mkdir()
        RunFolder(place).rename("before")

    def write(self, place: Path, tell: Callable[[bytes], None]) -> None:
        RunFolder(place).rename("after")

    def found(self, place: Path, plan: Plan) -> bytes:
        return {"before": _BEFORE, "after": _AFTER}.get(RunFolder(place).name, b"")


class SegmenterFiles(Writer):
    """A segmenter was learnt and is written: it is whole, or not there."""

    name, may_be_half_done = "segmenter", False

    def prepare(self, place: Path) -> None:
        place.mkdir()

    def write(self, place: Path, tell: Callable[[bytes], None]) -> None:
        write_segmenter(place, _AFTER)

    def found(self, place: Path, plan: Plan) -> bytes:
        return read_segmenter(place) if has_segmenter(place) else _BEFORE


class SegmenterFilesAgain(SegmenterFiles):
    """Two that learn at once write the same bytes: there is a segmenter at any time."""

    name, may_be_half_done = "segmenter, again", True

    def prepare(self, place: Path) -> None:
        super().prepare(place)
        write_segmenter(place, _AFTER)

    def found(self, place: Path, plan: Plan) -> bytes:
        return read_segmenter(place)


class ModelNotesFile(Writer):
    """What a model needs beside its weights is written again."""

    name = "notes on a model"

    def prepare(self, place: Path) -> None:
        place.mkdir()
        write_notes(place / "model.pt", ModelNotes(outputs=(_BEFORE.decode(),)))

    def write(self, place: Path, tell: Callable[[bytes], None]) -> None:
        write_notes(place / "model.pt", ModelNotes(outputs=(_AFTER.decode(),)))

    def found(self, place: Path, plan: Plan) -> bytes:
        notes = read_notes(place / "model.pt")
        return notes.outputs[0].encode() if notes else b""


class Lines(Writer):
    """Three lines are added to a file that ends in a torn one."""

    name = "lines"

    def prepare(self, place: Path) -> None:
        place.mkdir()
        (place / "lines").write_bytes(b"first\ntorn")

    def write(self, place: Path, tell: Callable[[bytes], None]) -> None:
        with closing(LineFile(place / "lines")) as lines:
            for number in range(int(lines.last() or b"0") if lines.last() != b"first" else 0, 3):
                lines.append(b"%d" % (number + 1))
                tell(b"%d" % (number + 1))
            lines.sync()

    may_be_half_done = True

    def found(self, place: Path, plan: Plan) -> bytes:
        lines = LineReader(place / "lines").new()[1]
        assert lines == [b"first", b"1", b"2", b"3"][: len(lines)], lines
        return _AFTER if len(lines) == 4 else _BEFORE

    def check(self, place: Path, outcome: Outcome, plan: Plan) -> None:
        super().check(place, outcome, plan)
        if plan.what != "power":
            lines = LineReader(place / "lines").new()[1]
            assert b"".join(lines[1:]).startswith(outcome.told), "a line that was told is lost"


class _Binning(Writer):
    """A run moves between the shelf and its bin: it is in one of them, whole."""

    whole = ("checkpoints", "history.jsonl", "run.json")

    def prepare(self, place: Path) -> None:
        run = place / "run"
        (run / "checkpoints").mkdir(parents=True)
        for name in ("run.json", "history.jsonl", "checkpoints/epoch-000000.safetensors"):
            (run / name).write_bytes(b"{}")

    def found(self, place: Path, plan: Plan) -> bytes:
        library = RunLibrary(place)
        there = [path for path in (*library.paths(), *library.trashed()) if not path.name.startswith(".")]
        for path in there:
            assert set(self.whole) <= {file.name for file in path.iterdir()}, "half a run"
            assert any((path / "checkpoints").iterdir()), "half a run"
        assert len(there) <= 1
        return self.where(library)

    def where(self, library: RunLibrary) -> bytes:
        raise NotImplementedError


class Deleting(_Binning):
    name = "a run is deleted"

    def write(self, place: Path, tell: Callable[[bytes], None]) -> None:
        if os.access(place / "run", os.F_OK):
            RunLibrary(place).delete(place / "run")

    def where(self, library: RunLibrary) -> bytes:
        assert len(library.paths()) + len(library.trashed()) == 1
        return _AFTER if library.trashed() else _BEFORE


class Restoring(_Binning):
    name = "a run is restored"

    def prepare(self, place: Path) -> None:
        super().prepare(place)
        RunLibrary(place).delete(place / "run")

    def write(self, place: Path, tell: Callable[[bytes], None]) -> None:
        if os.access(place / ".deleted" / "run", os.F_OK):
            RunLibrary(place).restore(place / ".deleted" / "run")

    def where(self, library: RunLibrary) -> bytes:
        assert len(library.paths()) + len(library.trashed()) == 1
        return _AFTER if library.paths() else _BEFORE


class Purging(_Binning):
    """A run in the bin is let go of for good; what is left of it the next window lets go of."""

    name, may_be_half_done = "a run is purged", True

    def prepare(self, place: Path) -> None:
        super().prepare(place)
        RunLibrary(place).delete(place / "run")

    def write(self, place: Path, tell: Callable[[bytes], None]) -> None:
        Trash(RunLibrary(place)).clear_left()

    def where(self, library: RunLibrary) -> bytes:
        left = list((library.folder / ".deleted").iterdir())
        trashed = {path.name for path in library.trashed()}
        assert {path.name for path in left} == trashed, "it is never removed"
        assert library.free_path(TUTORIAL).name == "tutorial-lstm-6"
        return _BEFORE if left else _AFTER


WRITERS = (
    NamedFile(), ControlFile(), NameFile(), SegmenterFiles(), SegmenterFilesAgain(), ModelNotesFile(),
    Lines(), Deleting(), Restoring(), Purging(),
)  # fmt: skip
