"""What our own writers write: the same bytes each time, and small."""

import tempfile
from functools import cache
from pathlib import Path

import msgspec
import torch

from lstm_viz.files.checksums import sealed, sha256
from lstm_viz.runs import gates, history
from lstm_viz.runs.folder import Control, Divergence, Run, Status
from lstm_viz.runs.gates import Saturation
from lstm_viz.runs.history import Epoch, Line, Saved, Step
from lstm_viz.runs.settings import TUTORIAL
from lstm_viz.segmentation.learning import learn
from lstm_viz.tagging import presets
from lstm_viz.training.checkpoints import cpu_weights
from lstm_viz.training.loop import Training
from lstm_viz.training.state import pack
from lstm_viz.training.task import Task, prepare
from tests.segmentation.conftest import FRENCH
from tests.segmentation.conftest import TUTORIAL as TUTORIAL_TEXTS

Files = dict[str, bytes]

_TIME = 1.75e9


@cache
def task() -> Task:
    """Return a task of two sentences, whose tagger has some hundred numbers."""
    small = msgspec.structs.replace(TUTORIAL, hidden_size=3, embedding_size=3, epochs=2, optimiser="adam")
    return prepare(small)


def training(steps: int = 3) -> Training:
    """Return a training after some steps."""
    fresh = Training(task())
    events = fresh.events()
    while fresh.step < steps:
        next(events)
    return fresh


@cache
def state() -> bytes:
    """Return a saved state."""
    return pack(training())


@cache
def segmenter(french: bool = False) -> bytes:
    """Return a segmenter that was learnt from a few sentences."""
    learnt = learn(list(FRENCH if french else TUTORIAL_TEXTS), seed=1)
    assert learnt is not None
    return learnt.to_bytes()


def lines(hashed: bool = True) -> list[bytes]:
    """Return a history, line by line, of which a loop of one's own would write no hashes."""
    confusion = ((0, 0, 3), (0, 1, 1), (2, 2, 4))
    checkpoint = ("epoch-000001.safetensors", sha256(weights()) if hashed else None)
    found: list[Line] = [
        Epoch(0, 0, 1.1, 0.25, None, None, confusion, _TIME),
        *(Step(step, 1, 1.0 / step, 0.1, 0.5, 3.25, 5, _TIME + step) for step in (1, 2)),
        Epoch(2, 1, 0.7, 0.5, *checkpoint, confusion, _TIME + 2),
        Saved(2, 1, "step-2.safetensors", sha256(state())),
        Step(3, 2, 0.25, 0.1, 0.5, 3.25, 4, _TIME + 3),
    ]
    return [history.encode(line) for line in found]


def gate_lines() -> list[bytes]:
    """Return the lines of gates, of three units."""
    shares: dict[str, tuple[float, ...]] = dict.fromkeys("ifo", (0.125, 0.5, 0.0))
    found = [Saturation(step, epoch, "lstm", shares, shares) for step, epoch in ((1, 1), (3, 2), (4, 2))]
    return [gates.encode(line) for line in found]


@cache
def weights() -> bytes:
    """Return a checkpoint."""
    from safetensors.torch import save

    return save(cpu_weights(training().tagger))


def run_files(hashed: bool = True) -> Files:
    """Return a run folder, by the paths of its files below it."""
    model, data = msgspec.json.encode(task().model), segmenter()
    # The tagger takes the tags of the corpus, the rest is made up.
    run = Run(
        created="2026-01-02T03:04:05+01:00",
        settings=task().settings,
        versions={"lstm-viz": "0.1"},
        hashes={"corpus": "0" * 64} | ({"model.json": sha256(model)} if hashed else {}),
        tags=task().model.tags,
        corpus=task().corpus,
        parameters=99,
        steps_per_epoch=2,
        epochs=2,
        tracked_sentence=task().model.home,
        tracked_tokens=task().model.tokenized_home,
    )
    wrong = Divergence("g", "lstm", 0, 0, 3, 2, ("The", "dog"))
    return {
        "run.json": sealed(msgspec.json.format(msgspec.json.encode(run), indent=2)),
        "model.json": model,
        "history.jsonl": b"".join(line + b"\n" for line in lines(hashed)),
        "gates.jsonl": b"".join(line + b"\n" for line in gate_lines()),
        "status.json": sealed(
            msgspec.json.encode(
                Status("failed", 3, 1, 38.5, 0.5, "It is NaN.", wrong, 7, "here", _TIME, "0" * 64)
            )
        ),
        "control.json": sealed(msgspec.json.encode(Control(until_step=7, steps_per_second=2.5))),
        "name.txt": "Größe\n".encode(),
        "lock": b"",
        "checkpoints/epoch-000001.safetensors": weights(),
        "state/step-2.safetensors": state(),
        "segmenter.safetensors": data,
        "segmenter.json": sealed(msgspec.json.encode({"sha256": sha256(data)})),
    }


def some(files: Files, *names: str) -> list[tuple[str, bytes]]:
    """Return some of the files as the parts of an input."""
    return [(name, files[name]) for name in names]


@cache
def preset() -> Files:
    """Return the two files of a preset with two epochs."""
    checkpoint = cpu_weights(training().tagger)
    state_ = {"state.h": torch.zeros(1, 1, 3), "state.c": torch.ones(1, 1, 3)}
    settings = msgspec.structs.replace(task().model, epochs=(0, 4))
    with tempfile.TemporaryDirectory() as folder:
        presets.save("preset", settings, [checkpoint | state_] * 2, Path(folder))
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}
