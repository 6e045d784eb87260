"""Runs as the trainer leaves them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.training.segmenting import learn_for
from tests.engine.trained import DEV, train, tutorial, write_corpus


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tutorial_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a finished run over the tutorial's corpus, with checkpoints of epochs 0, 2, 4 and 6."""
    return train(tmp_path_factory.mktemp("runs") / "tutorial", tutorial())


@pytest.fixture(scope="session")
def treebank_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run over files: a GRU of two layers that reads both ways, and spells."""
    folder = tmp_path_factory.mktemp("treebank")
    settings = TrainingSettings(
        corpus=(str(write_corpus(folder / "train.conllu")),),
        dev=str(write_corpus(folder / "dev.conllu", DEV)),
        cell="gru",
        num_layers=2,
        bidirectional=True,
        hidden_size=5,
        embedding_size=4,
        characters=True,
        char_hidden_size=3,
        char_embedding_size=2,
        batch_size=2,
        epochs=3,
    )
    run = train(folder / "run", settings)
    learn_for(RunFolder(run))
    return run


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path], Path]:
    """Return what copies a run folder, so that it can be broken."""

    def copy(path: Path) -> Path:
        return Path(shutil.copytree(path, tmp_path / f"copy of {path.name}"))

    return copy


@pytest.fixture
def flip() -> Callable[[Path, int], None]:
    """Return what flips a bit in the checkpoint of an epoch."""

    def flip_(run: Path, epoch: int) -> None:
        path = run / "checkpoints" / f"epoch-{epoch:06}.safetensors"
        data = bytearray(path.read_bytes())
        data[-5] ^= 1
        path.write_bytes(data)

    return flip_
