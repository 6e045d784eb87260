"""Writes run folders as a trainer would, without torch unless checkpoints are asked for.

``from tests.runs_support import write_run``: the numbers are made up, the files are the real ones.
"""

import math
import os
import time
from pathlib import Path

import numpy as np

from lstm_viz.files.lines import LineFile
from lstm_viz.runs import gates, history
from lstm_viz.runs.folder import Corpus, Divergence, Run, RunFolder, Status
from lstm_viz.runs.gates import Saturation
from lstm_viz.runs.history import Epoch, Saved, Step
from lstm_viz.runs.settings import TUTORIAL, TrainingSettings

UPOS = ("ADJ", "ADP", "ADV", "AUX", "DET", "NOUN", "PRON", "PROPN", "PUNCT", "VERB")
TUTORIAL_TAGS = ("DET", "NN", "V")
TUTORIAL_CORPUS = Corpus(2, 9, 2, 9, "train")
GATES = {"lstm": "ifo", "gru": "rz", "rnn": ""}


def write_run(
    path: Path,
    *,
    settings: TrainingSettings = TUTORIAL,
    steps: int = 60,
    epochs: int = 6,
    planned_epochs: int | None = None,
    tags: tuple[str, ...] | None = None,
    phase: str = "finished",
    message: str = "",
    nan: bool = False,
    checkpoints: bool = False,
    name: str = "",
    tracked_sentence: str = "The dog ate the apple",
    created: str = "2026-01-02T03:04:05+01:00",
    seed: int = 0,
) -> Path:
    """Write a run of ``steps`` steps in all in ``epochs`` whole epochs, and return its folder.

    ``nan`` ends it before the last step, whose loss is no number. ``checkpoints`` writes weights that can be
    loaded. ``planned_epochs`` is how long it was to be (default: as long as it is).
    """
    folder = RunFolder(path)
    path.mkdir(parents=True, exist_ok=True)
    tags = tags or (TUTORIAL_TAGS if settings.corpus == ("tutorial",) else UPOS)
    per_epoch = max(1, steps // max(1, epochs))
    run = Run(
        created=created,
        settings=settings,
        versions={"lstm-viz": "0.1", "torch": "2.13.0", "python": "3.11"},
        hashes={"corpus": "0" * 64},
        tags=tags,
        corpus=Corpus(2, 9, 2, 9, "train")
        if settings.corpus == ("tutorial",)
        else Corpus(500, 4400, 80, 700),
        parameters=471,
        steps_per_epoch=per_epoch,
        epochs=planned_epochs or epochs,
        tracked_sentence=tracked_sentence,
    )
    weights = _write_checkpoints(folder, settings, epochs) if checkpoints else {}
    best = _write_history(folder, run, steps, epochs, nan, weights, seed)
    _write_gates(folder, run, steps, seed)
    folder.write_run(run)
    folder.write_status(_status(run, phase, message, nan, steps, epochs, best))
    if name:
        folder.rename(name)
    return path


def add_steps(path: Path, first: int, count: int, epoch: int, loss: float = 0.5) -> None:
    """Append steps to the history of a run, as a trainer that goes on does."""
    lines = LineFile(RunFolder(path).history)
    for step in range(first, first + count):
        lines.append(history.encode(Step(step, epoch, loss, 0.1, 0.5, 12.0, 9, time.time())))
    lines.close()


def add_epoch(path: Path, step: int, epoch: int, accuracy: float = 0.9, checkpoint: bool = True) -> None:
    """Append the end of an epoch; its checkpoint is named but not written."""
    lines = LineFile(RunFolder(path).history)
    file, digest = (f"epoch-{epoch:06}.safetensors", "0" * 64) if checkpoint else (None, None)
    lines.append(history.encode(Epoch(step, epoch, 0.4, accuracy, file, digest, time=time.time())))
    lines.close()


def _write_history(
    folder: RunFolder,
    run: Run,
    steps: int,
    epochs: int,
    nan: bool,
    weights: dict[int, tuple[str, str]],
    seed: int,
) -> float | None:
    random, lines, best = np.random.default_rng(seed), LineFile(folder.history), 0.0
    start = time.time() - 0.02 * steps
    for epoch in range(epochs + 1):
        if epoch:
            first = (epoch - 1) * run.steps_per_epoch
            last = steps if epoch == epochs else first + run.steps_per_epoch
            for step in range(first + 1, last + (0 if nan and epoch == epochs else 1)):
                lines.append(history.encode(_step(run, step, epoch, random, start)))
        done = steps if epochs and epoch == epochs else epoch * run.steps_per_epoch
        confusion, accuracy = _confusion(len(run.tags), epoch / max(1, run.epochs), random)
        best = max(best, accuracy)
        file, digest = weights.get(epoch, (f"epoch-{epoch:06}.safetensors", "0" * 64))
        if nan and epoch == epochs and epoch:
            break
        lines.append(
            history.encode(
                Epoch(
                    done, epoch, 2.2 * math.exp(-3 * epoch / max(1, run.epochs)) + 0.2, accuracy, file,
                    digest, confusion, start + 0.02 * done,
                )
            )
        )  # fmt: skip
    lines.append(history.encode(Saved(steps - nan, epochs, "state-a.safetensors", "0" * 64)))
    lines.close()
    return best


def _step(run: Run, step: int, epoch: int, random: np.random.Generator, start: float) -> Step:
    share = step / max(1, run.steps)
    loss = 2.3 * math.exp(-3 * share) * (1 + 0.15 * random.standard_normal()) + 0.15
    rate = run.settings.learning_rate if run.settings else 0.1
    return Step(
        step, epoch, loss, rate * (1 - 0.9 * share), 3 * math.exp(-2 * share) + 0.1, 12 + 4 * share, 9,
        start + 0.02 * step,
    )  # fmt: skip


def _confusion(
    tags: int, share: float, random: np.random.Generator
) -> tuple[tuple[tuple[int, int, int], ...], float]:
    counts = random.integers(0, 8, (tags, tags))
    np.fill_diagonal(counts, (20 + 300 * share * random.uniform(0.6, 1.0, tags)).astype(int))
    pairs = tuple((i, j, int(counts[i, j])) for i in range(tags) for j in range(tags) if counts[i, j])
    return pairs, float(np.trace(counts) / counts.sum())


def _write_gates(folder: RunFolder, run: Run, steps: int, seed: int) -> None:
    cell = run.settings.cell if run.settings else "lstm"
    units = run.settings.hidden_size if run.settings else 6
    random, lines = np.random.default_rng(seed + 1), LineFile(folder.gates)
    for step in sorted({1, max(1, steps // 2), max(1, steps)}) if GATES[cell] else ():
        closed = {gate: tuple(random.beta(0.6, 2.5, units).tolist()) for gate in GATES[cell]}
        open_ = {
            gate: tuple((random.uniform(0, 1, units) * (1 - np.array(row))).tolist())
            for gate, row in closed.items()
        }
        epoch = -(-step // run.steps_per_epoch)
        lines.append(gates.encode(Saturation(step, epoch, "lstm", closed, open_)))
    lines.close()


def _status(
    run: Run, phase: str, message: str, nan: bool, steps: int, epochs: int, best: float | None
) -> Status:
    divergence = None
    if nan:
        phase = "failed"
        message = message or f"The loss of step {steps} is not a number."
        divergence = Divergence("g", "lstm", 0, 0, 3, 2, ("The", "dog", "ate", "the", "apple"))
    return Status(
        phase=phase,  # type: ignore[arg-type]
        step=steps - nan,
        epoch=epochs - 1 if nan else epochs,
        tokens_per_second=38_200.0,
        best_accuracy=best,
        message=message,
        divergence=divergence,
        pid=os.getpid(),
        host="here",
        time=time.time(),
    )


def _write_checkpoints(
    folder: RunFolder, settings: TrainingSettings, epochs: int
) -> dict[int, tuple[str, str]]:
    """Write weights that wander from where a training with these settings starts."""
    import msgspec
    import torch

    from lstm_viz.training.checkpoints import write_checkpoint
    from lstm_viz.training.task import prepare

    task = prepare(settings)
    folder.files.make()
    folder.files.replace("model.json", msgspec.json.encode(task.model))
    tagger, written = task.fresh_tagger(), {}
    generator = torch.Generator().manual_seed(settings.seed)
    for epoch in range(epochs + 1):
        written[epoch] = write_checkpoint(folder, epoch, tagger)
        with torch.no_grad():
            for parameter in tagger.parameters():
                parameter.add_(torch.randn(parameter.shape, generator=generator), alpha=0.2)
    return written
