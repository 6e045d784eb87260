"""The small files of a run folder, and what the window makes of a whole one."""

import contextlib
from pathlib import Path

from lstm_viz.app.runs.run_data import RunData
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder, decode_control
from lstm_viz.runs.library import RunLibrary
from lstm_viz.runs.segmenter import SegmenterFileError, has_segmenter, read_segmenter, segmenter_version
from tests.fuzz import seeds
from tests.fuzz.target import Run, Target, joined, mutate_parts, parted
from tests.fuzz.targets.room import Room, mutator_of

_STEPS = (0, 1, 3, 100, 2**53, 2**63)


def _small_files(folder: Path) -> Run:
    room = Room(folder, {k: v for k, v in seeds.run_files().items() if k.endswith((".json", ".txt"))})
    run_folder = RunFolder(room.path)

    def run(data: bytes) -> None:
        files = dict(parted(data))
        room.put(files)
        for read in (run_folder.run, run_folder.read_status, run_folder.read_control):
            with contextlib.suppress(RunError):
                read()
        status = run_folder.status()
        assert status is None or 0 <= status.time < 253402300800
        assert decode_control(run_folder.request()) in (None, run_folder.control())
        assert run_folder.name and "\n" not in run_folder.name
        if "name.txt" in files:
            run_folder.rename(run_folder.name)
            room.forget("name.txt")
        if "control.json" in files:
            run_folder.write_control(run_folder.control())
            assert run_folder.read_control() == run_folder.control()
            room.forget("control.json")

    return run


def _segmenter_files(folder: Path) -> Run:
    known = {k: v for k, v in seeds.run_files().items() if k.startswith("segmenter")}
    room = Room(folder, known)

    def run(data: bytes) -> None:
        files = dict(parted(data))
        room.put(files)
        assert has_segmenter(room.path) and segmenter_version(room.path)
        read = read_segmenter(room.path)
        assert read == files.get("segmenter.safetensors", known["segmenter.safetensors"])

    return run


def _run_data(folder: Path) -> Run:
    room = Room(folder, seeds.run_files())

    def run(data: bytes) -> None:
        room.put({})
        shown = RunData(room.path)
        shown.poll()
        room.put(dict(parted(data)))
        for _ in range(20):
            shown.poll()
            if not shown.has_more:
                break
        _look_at(shown)
        again = RunData(room.path)
        again.poll()
        assert shown.error == again.error and shown.run == (again.run or shown.run)

    return run


def _look_at(shown: RunData) -> None:
    assert shown.step >= 0 and shown.epoch >= 0 and isinstance(shown.error, str)
    assert shown.best_accuracy is None or isinstance(shown.best_accuracy, float)
    for step in _STEPS:
        shown.reader.saturation_at(step)
    for name in ("step", "loss", "time"):
        assert len(shown.steps.column(name)) == len(shown.steps)
    assert set(shown.checkpoints) <= set(shown.by_epoch)
    assert RunLibrary(shown.path.parent).paths() == (shown.path,)


_SMALL = ("run.json", "status.json", "control.json", "name.txt")
_READERS = ("lstm_viz.runs", "lstm_viz.files")

TARGETS = (
    Target(
        "run-files",
        _small_files,
        lambda: [joined(seeds.some(seeds.run_files(), name)) for name in _SMALL],
        mutate_parts(mutator_of),
        (),
        ("lstm_viz.runs.folder", "lstm_viz.files"),
        400,
    ),
    Target(
        "segmenter-files",
        _segmenter_files,
        lambda: [joined(seeds.some(seeds.run_files(), "segmenter.json", "segmenter.safetensors"))],
        mutate_parts(mutator_of),
        (SegmenterFileError,),
        ("lstm_viz.runs.segmenter",),
        500,
    ),
    Target(
        "run-data",
        _run_data,
        lambda: [
            joined(seeds.some(seeds.run_files(), name)) for name in (*_SMALL, "history.jsonl", "gates.jsonl")
        ],
        mutate_parts(mutator_of),
        (),
        ("lstm_viz.app.runs.run_data", *_READERS),
        100,
    ),
)
