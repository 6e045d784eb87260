"""Trains a moment by the loop itself, and leaves the run folder that a trainer leaves."""

from itertools import islice
from pathlib import Path

import msgspec

from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.settings import TrainingSettings, suitable
from lstm_viz.training.loop import Training
from lstm_viz.training.recorder import Recorder
from lstm_viz.training.run_setup import create, reopen
from lstm_viz.training.task import prepare

TRAIN = (
    ("The dog ate the apple", "DET NOUN VERB DET NOUN"),
    ("They read that book", "PRON VERB DET NOUN"),
    ("That dog can't read", "DET NOUN AUX PART VERB"),
    ("Everybody ate that apple", "PRON VERB DET NOUN"),
)
DEV = (
    ("The book ate the dog", "DET NOUN VERB DET NOUN"),
    ("They can read the book", "PRON AUX VERB DET NOUN"),
    ("Wow that dog", "INTJ DET NOUN"),
    ("That read", "PRON NOUN"),
    ("Apple dog", "NOUN NOUN"),
)


def write_corpus(path: Path, sentences=TRAIN) -> Path:
    blocks = []
    for text, tags in sentences:
        words = text.replace("can't", "ca n't").split()
        lines = [f"# text = {text}"]
        lines += [
            "\t".join([str(place), word, "_", tag, *["_"] * 6])
            for place, (word, tag) in enumerate(zip(words, tags.split(), strict=True), 1)
        ]
        blocks.append("\n".join(lines) + "\n\n")
    path.write_text("".join(blocks), encoding="utf-8")
    return path


def train(path: Path, settings: TrainingSettings, lines: int | None = None) -> Path:
    """Train into a folder, up to so many lines of the history (None: to the end), and return it."""
    task = prepare(settings)
    _write(create(RunFolder(path), task), Training(task), lines)
    return path


def go_on(path: Path, lines: int) -> None:
    """Write so many more lines of the history, as a trainer does that takes the run up again."""
    folder = RunFolder(path)
    task = prepare(folder.run().settings)
    _write(reopen(folder, task), Training(task), lines)


def _write(recorder: Recorder, training: Training, lines: int | None) -> None:
    try:
        recorder.resume_from(training)
        taken = (recorder.take(event, training) for event in training.events())
        for _ in islice((line for line in taken if line is not None), lines):
            pass
    finally:
        recorder.close()


def tutorial(**changes) -> TrainingSettings:
    defaults = {"epochs": 6, "checkpoint_every": 2}
    return msgspec.structs.replace(suitable(("tutorial",)), **{**defaults, **changes})
