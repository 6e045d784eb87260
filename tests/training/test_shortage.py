"""Memory runs out: a sentence says what would take less, and the run is as whole as after a kill."""

import errno
import sys
from pathlib import Path

import msgspec
import pytest
import torch

from lstm_viz.out_of_memory import is_out_of_memory
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.history import read_all
from lstm_viz.runs.settings import TrainingSettings, suitable
from lstm_viz.training import loop, recorder, runner, train
from lstm_viz.training.checkpoints import load
from lstm_viz.training.shortage import ShortageError, needed_bytes, training_shortage
from lstm_viz.training.task import prepare
from tests.training.conftest import kept

MIB = 1 << 20
ON_CPU = RuntimeError(
    "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to "
    "allocate 68719476736 bytes. Error code 12 (Cannot allocate memory)"
)
ON_GPU = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
KINDS = [ON_CPU, ON_GPU, MemoryError(), OSError(errno.ENOMEM, "Cannot allocate memory")]

needs_limits = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits memory as Linux does")


def test_the_error_of_each_library_is_known_and_others_are_not() -> None:
    assert all(map(is_out_of_memory, KINDS))
    others = (
        RuntimeError("mat1 and mat2 shapes cannot be multiplied"),
        OSError(errno.ENOSPC, "full"),
        ValueError(),
    )
    assert not any(map(is_out_of_memory, others))
    with pytest.raises(RuntimeError) as raised:
        torch.empty(1 << 60)
    assert is_out_of_memory(raised.value)
    with pytest.raises(MemoryError) as python:
        bytearray(1 << 60)
    assert is_out_of_memory(python.value)


def test_what_is_needed_is_about_what_weights_and_batches_take(few: TrainingSettings) -> None:
    large = msgspec.structs.replace(few, hidden_size=256, num_layers=2, batch_size=2)
    task = prepare(large)
    assert 16 * task.parameters() < needed_bytes(task) < 1.2 * 16 * task.parameters()
    assert "needs about " in training_shortage(task) and "hidden size" in training_shortage(task)
    plain = msgspec.structs.replace(large, optimiser="sgd")
    assert needed_bytes(prepare(plain)) < 0.6 * needed_bytes(task)


@pytest.mark.parametrize(
    ("where", "name", "error"),
    [
        (loop.Training, "_clip", ON_GPU),
        (loop, "evaluate", ON_CPU),
        (loop, "labelled", OSError(errno.ENOMEM, "Cannot allocate memory")),
        (recorder, "pack", MemoryError()),
    ],
    ids=["gradients", "measuring", "batch", "saving"],
)
def test_at_any_point_of_a_training(
    few: TrainingSettings, tmp_path: Path, monkeypatch, where, name, error
) -> None:
    path, true, asked = tmp_path / "run", getattr(where, name), []

    def scarce(*arguments, **named):
        asked.append(name)
        if len(asked) == 2:
            raise error
        return true(*arguments, **named)

    monkeypatch.setattr(recorder, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(where, name, scarce)
    with pytest.raises(ShortageError) as raised:
        for _ in train(few, path):
            pass
    status = RunFolder(path).status()
    assert status is not None and status.phase == "failed" and status.message == str(raised.value)
    assert status.message.startswith("There is not enough memory for this training, which needs about 1 MB ")
    assert load(path).epoch == kept(path).epochs[-1].epoch
    for _ in train(None, path, resume=True):
        pass
    for _ in train(few, tmp_path / "whole"):
        pass
    assert kept(path) == kept(tmp_path / "whole")


def test_a_saved_state_that_does_not_fit_is_not_taken_for_a_damaged_one(few, tmp_path, monkeypatch) -> None:
    path = tmp_path / "run"
    lines = train(few, path)
    for _ in range(6):
        next(lines)
    lines.close()
    before = RunFolder(path).history.read_bytes()
    with monkeypatch.context() as scarce:
        scarce.setattr(torch.nn.Module, "load_state_dict", _raise(ON_CPU))
        with pytest.raises(ShortageError):
            next(train(None, path, resume=True))
    assert RunFolder(path).history.read_bytes() == before
    assert [*train(None, path, resume=True)]


def _raise(error: Exception):
    def scarce(*arguments, **named):
        raise error

    return scarce


@needs_limits
@pytest.mark.parametrize("place", ["before the first step", "in the first step"])
def test_a_tagger_that_does_not_fit(start, few: TrainingSettings, tmp_path: Path, place: str) -> None:
    """Weights take 50 MB, the optimiser thrice that: the limits let the one through or not even that."""
    path, more = tmp_path / "run", 24 * MIB if place == "before the first step" else 185 * MIB
    sizes = ("--hidden", 1024, "--layers", 2, "--batch", 2)
    trainer = start(*few.corpus, *sizes, "--out", path, "--quiet", more_memory=more)
    assert trainer.wait() == 1, trainer.text
    assert trainer.text.startswith(
        "lstm-viz train: There is not enough memory for this training, which needs"
    )
    assert trainer.text.count("\n") == 1
    if place == "in the first step":
        status = RunFolder(path).status()
        assert status.phase == "failed" and trainer.text == f"lstm-viz train: {status.message}\n"
        if read_all(path).lines:  # else it was the first checkpoint that did not fit
            assert load(path).epoch == 0
    else:
        assert not RunFolder(path).exists()


@needs_limits
def test_a_corpus_that_does_not_fit(start, corpus: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.conllu"
    large.write_text(corpus.read_text(encoding="utf-8") * 20_000, encoding="utf-8")
    trainer = start(large, "--out", tmp_path / "run", "--quiet", more_memory=16 * MIB)
    assert trainer.wait() == 1, trainer.text
    assert trainer.text.startswith("lstm-viz train: There is not enough memory to read the corpus: it needs ")
    assert trainer.text.count("\n") == 1 and not (tmp_path / "run").exists()


def test_a_training_that_writes_nothing_says_it_too(monkeypatch) -> None:
    monkeypatch.setattr(runner, "Training", _raise(ON_GPU))
    with pytest.raises(ShortageError, match="needs about"):
        next(train(suitable(("tutorial",))))
