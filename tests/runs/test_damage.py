"""A changed byte, anywhere in a run folder, is said: no file of it is read as if other things stood there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Control, RunFolder
from lstm_viz.runs.gates import GatesReader
from lstm_viz.runs.history import read_all
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.subjects.segmenting import segmentation_of
from lstm_viz.training import run_setup, train
from lstm_viz.training.checkpoints import Checkpoints
from lstm_viz.training.loop import Training
from lstm_viz.training.recorder import resume_from, saved_states
from lstm_viz.training.segmenting import learn_for
from lstm_viz.training.task import prepare
from tests.engine.trained import write_corpus
from tests.training.conftest import LONG

#: Files that take long to read: of them so many places are looked at, unless all are.
_LARGE, _PLACES = ("model.json", "checkpoints/", "state/", "segmenter"), 60
#: A name is free text, and the lock is empty.
_WITHOUT_A_CHECKSUM = {"name.txt", "lock"}


@dataclass(frozen=True)
class Readers:
    """A run, and what reads each of its files: whether that says of it that it is damaged."""

    path: Path
    training: Training
    epochs: tuple[int, ...]

    def says(self, name: str) -> Callable[[], bool]:
        """Return what reads a file of this name."""
        if name.startswith("segmenter"):
            return lambda: segmentation_of(self.path).kind == "damaged"
        if name.startswith("state/"):
            step = int(name.removeprefix("state/step-")[:9])
            return lambda: any(wrong.startswith(f"the saved state of step {step} ") for wrong in self._lost())
        if name.startswith("checkpoints/"):
            return lambda: _raises(lambda: self._load(int(name.removeprefix("checkpoints/epoch-")[:6])))
        return self._of_small(name)

    def _of_small(self, name: str) -> Callable[[], bool]:
        folder = RunFolder(self.path)
        return {
            "run.json": lambda: _raises(folder.run),
            "status.json": lambda: _raises(folder.read_status),
            "control.json": lambda: _raises(folder.read_control),
            "model.json": lambda: _raises(lambda: self._load(None)),
            "history.jsonl": lambda: bool(read_all(self.path).damaged),
            "gates.jsonl": lambda: bool(_damaged_gates(self.path)),
        }[name]

    def _load(self, epoch: int | None) -> None:
        checkpoints = Checkpoints(self.path)
        checkpoints.refresh()
        checkpoints.load(epoch)

    def _lost(self) -> tuple[str, ...]:
        """Return what is said of the two states: a newer one that is whole leaves no need for the older."""
        folder = RunFolder(self.path)
        return tuple(
            wrong
            for one in saved_states(folder)[-2:]
            for wrong in resume_from(folder, self.training, [one])[1]
        )


def _damaged_gates(path: Path) -> int:
    reader = GatesReader(path)
    reader.poll()
    return reader.damaged


def _raises(read: Callable[[], object]) -> bool:
    try:
        read()
    except RunError as error:
        return error.code in ("run_damaged", "run_newer", "checkpoint_damaged")
    return False


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    """Return a run as the trainer leaves it, with all files that there can be."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("damage")
    corpus = write_corpus(folder / "train.conllu")
    settings = TrainingSettings(
        corpus=(str(corpus),), hidden_size=3, embedding_size=3, batch_size=2, epochs=2, checkpoint_every=2
    )
    path = folder / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lstm_viz.training.recorder.SAVE_SECONDS", 0.0)
        patch.setattr("lstm_viz.training.runner.Segmenting", _Nothing)
        for _ in train(settings, path):
            pass
    run_folder = RunFolder(path)
    learn_for(run_folder)
    run_folder.write_control(Control(until_step=3, steps_per_second=12.5))
    run_folder.rename("Damaged")
    task = prepare(run_setup.settings_of(run_folder))
    yield Readers(path, Training(task), (2,))
    torch.set_num_threads(threads)


class _Nothing:
    """In the place of the process that learns a segmenter: it is learnt here."""

    def __init__(self, *_: object) -> None:
        pass

    def wait(self) -> None:
        pass

    def end(self) -> None:
        pass


def names(path: Path) -> set[str]:
    return {str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()}


def damages(name: str, data: bytes) -> Iterator[bytes]:
    """Yield the bytes with one bit changed, and with one digit changed, at each place or at many."""
    few = name.startswith(_LARGE) and not LONG
    for place in range(0, len(data), max(1, len(data) // _PLACES) if few else 1):
        others = [data[place] ^ 1]
        if 0x30 <= data[place] < 0x3A:
            digits = [digit for digit in range(0x30, 0x3A) if digit not in (data[place], others[0])]
            others += digits if LONG else digits[place % 8 : place % 8 + 1]
        for other in others:
            yield data[:place] + bytes((other,)) + data[place + 1 :]


def test_a_run_has_all_files(run: Readers) -> None:
    there = names(run.path)
    small = {"run.json", "model.json", "status.json", "control.json", "history.jsonl", "gates.jsonl"}
    assert there >= small | {"segmenter.json", "segmenter.safetensors"} | _WITHOUT_A_CHECKSUM
    assert sum(name.startswith("state/") for name in there) == 2
    assert any(name.startswith("checkpoints/") for name in there)


def test_every_changed_byte_is_said(run: Readers, capsys: pytest.CaptureFixture[str]) -> None:
    counts, missed = {}, []
    for name in sorted(names(run.path) - _WITHOUT_A_CHECKSUM):
        path, says = run.path / name, run.says(name)
        data = path.read_bytes()
        assert not says(), f"{name} is whole"
        for number, changed in enumerate(damages(name, data), 1):
            path.write_bytes(changed)
            if not says():
                missed.append(f"{name}, byte {next(k for k in range(len(data)) if data[k] != changed[k])}")
            counts[name] = number
        path.write_bytes(data)
    with capsys.disabled():
        print(f"\n{sum(counts.values()):,} changed bytes in {len(counts)} files, {len(missed)} not said")
    assert not missed, missed
