"""A run that was stopped, however, and taken up again is to the bit the run that was never stopped."""

import errno
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer

import msgspec
import pytest
import torch

from lstm_viz.files.folder import Folder
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import Control, RunFolder
from lstm_viz.runs.history import Saved, Step, read_all
from lstm_viz.runs.settings import TrainingSettings
from lstm_viz.tagging.tensors import load, save
from lstm_viz.training import train
from lstm_viz.training.arguments import parse
from lstm_viz.training.command import run
from lstm_viz.training.run_setup import settings_of
from tests.training.conftest import Kept, kept, wait_for

VARIANTS = {
    "plain": {},
    "sgd": {"optimiser": "sgd", "learning_rate": 0.3, "clip": 1.0},
    "crf": {"decoder": "crf"},
    "all": {
        "characters": True,
        "char_hidden_size": 3,
        "char_embedding_size": 3,
        "bidirectional": True,
        "num_layers": 2,
        "decoder": "crf",
        "dropout": 0.5,
        "word_dropout": 2.0,
    },
    "gru in order": {"cell": "gru", "shuffle": False, "batch_size": 1, "checkpoint_every": 3},
    "rnn": {"cell": "rnn", "characters": True, "char_hidden_size": 3, "char_embedding_size": 3},
}


@pytest.fixture(autouse=True)
def _saves_itself_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstm_viz.training.recorder.SAVE_SECONDS", 0.002)
    monkeypatch.setattr("os.fsync", lambda handle: None)  # only for a crash of the machine, and slow


def variant(few: TrainingSettings, name: str) -> TrainingSettings:
    return msgspec.structs.replace(few, **VARIANTS[name])


def whole(settings: TrainingSettings, path: Path) -> Kept:
    for _ in train(settings, path):
        pass
    return kept(path)


@pytest.mark.parametrize("name", VARIANTS)
def test_left_and_resumed_at_any_line_it_is_the_same_run(
    few: TrainingSettings, tmp_path: Path, name: str
) -> None:
    settings, chance = variant(few, name), random.Random(name)
    expected = whole(settings, tmp_path / "whole")
    path, told, resumed = tmp_path / "parts", 0, False
    while told < len(expected.steps) + len(expected.epochs):
        lines = train(None if resumed else settings, path, resume=resumed)
        for _ in range(chance.randint(1, 6)):
            told += next(lines, None) is not None
        lines.close()
        resumed = True
    assert kept(path) == expected
    assert RunFolder(path).status().phase == "finished"
    assert next(train(None, path, resume=True), None) is None  # there is nothing left to do
    assert kept(path) == expected


def test_a_state_that_cannot_be_opened_now_is_not_given_up(
    few: TrainingSettings, tmp_path: Path, monkeypatch
) -> None:
    lines = train(few, tmp_path / "run")
    for _ in range(8):
        next(lines)
    lines.close()
    states = RunFolder(tmp_path / "run").states
    before = set(states.names())
    assert before
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "read", too_many_open(Folder.read, below=states.path))
        with pytest.raises(RunError, match="Too many open files"):
            train(None, tmp_path / "run", resume=True).__next__()
    assert set(states.names()) == before
    assert next(train(None, tmp_path / "run", resume=True)) is not None


def too_many_open(read: Callable[..., bytes], below: Path) -> Callable[..., bytes]:
    def refusing(folder: Folder, *what: object) -> bytes:
        if folder.path == below:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return read(folder, *what)

    return refusing


def test_the_same_settings_make_the_same_run_and_another_seed_another(
    few: TrainingSettings, tmp_path: Path
) -> None:
    first, second = (whole(few, tmp_path / name) for name in ("first", "second"))
    assert first == second
    other = whole(msgspec.structs.replace(few, seed=2), tmp_path / "other")
    assert not set(other.weights.values()) & set(first.weights.values())


@pytest.mark.parametrize("how", ["control", signal.SIGTERM, signal.SIGINT])
def test_stopped_by_a_wish_or_a_signal_and_resumed(start, tmp_path: Path, how) -> None:
    arguments = ["small", "--hidden", 8, "--embedding", 8, "--batch", 32, "--epochs", 5, "--quiet"]
    expected_of = start(*arguments, "--out", tmp_path / "whole", place=1)
    path = tmp_path / "parts"
    trainer = start(*arguments, "--out", path)
    wait_for(lambda: read_all(path).lines[3:])
    if how == "control":
        RunFolder(path).write_control(Control(stop=True))
    else:
        trainer.signal(how)
    assert trainer.wait() == 130, trainer.text
    assert trainer.text == ""
    status, last = RunFolder(path).status(), read_all(path).lines[-1]
    assert status.phase == "stopped" and isinstance(last, Saved) and last.step == status.step
    resumed = start("--resume", path, "--quiet")
    assert (resumed.wait(), resumed.text, expected_of.wait()) == (0, "", 0)
    assert kept(path) == kept(tmp_path / "whole")
    assert last.step < RunFolder(path).status().step == 5 * 22


def test_what_was_wished_of_the_run_before_is_done_and_what_is_wished_since_counts(few, tmp_path) -> None:
    path, folder = tmp_path / "run", RunFolder(tmp_path / "run")
    lines = train(few, path)
    next(lines)
    folder.write_control(Control(stop=True))
    assert list(lines) == []
    assert folder.status().phase == "stopped"
    resumed = train(None, path, resume=True)
    assert next(resumed).step == 1  # it does not stop at once: that wish was obeyed
    resumed.close()
    folder.write_control(Control(stop=True))
    assert list(train(None, path, resume=True)) == []


@pytest.mark.parametrize("days", [-1, 1])
def test_what_is_wished_counts_when_the_clock_was_set(few, tmp_path, days) -> None:
    """The request is dated before, or after, all that the trainer wrote."""
    path, folder = tmp_path / "run", RunFolder(tmp_path / "run")
    wish = Control(steps_per_second=1e6)

    def ask(control: Control) -> None:
        folder.write_control(control)
        when = time.time() + days * 86_400
        os.utime(path / "control.json", (when, when))

    lines = train(few, path)
    next(lines)
    ask(wish)
    next(lines)
    lines.close()
    assert folder.control() == wish
    next(train(None, path, resume=True))
    assert folder.control() == Control()  # it was obeyed, whatever its date
    ask(wish)
    next(train(None, path, resume=True))
    ask(wish)  # the same again
    resumed = train(None, path, resume=True)
    next(resumed)
    assert folder.control() == wish
    ask(Control(stop=True))
    assert not any(isinstance(line, Step) for line in resumed)


def test_a_request_of_the_same_date_and_length_is_seen(few, tmp_path) -> None:
    path, folder = tmp_path / "run", RunFolder(tmp_path / "run")
    lines = train(few, path)
    next(lines)
    (path / "control.json").write_text('{"stop":false}')
    os.utime(path / "control.json", (0, 0))
    next(lines)
    with (path / "control.json").open("r+") as file:
        file.write('{"stop":true }')
    os.utime(path / "control.json", (0, 0))
    assert list(lines) == [] and folder.status().phase == "stopped"


def test_a_run_is_not_gone_on_with_when_its_corpus_has_changed(few, corpus, tmp_path) -> None:
    lines = train(few, tmp_path / "run")
    next(lines)
    lines.close()
    corpus.write_text(corpus.read_text().replace("dog", "cow"))
    with pytest.raises(Exception, match="is not what it was when the run began"):
        next(train(None, tmp_path / "run", resume=True))


def test_a_damaged_model_file_is_written_again(few, tmp_path) -> None:
    lines = train(few, tmp_path / "run")
    next(lines)
    lines.close()
    model = tmp_path / "run" / "model.json"
    before = model.read_bytes()
    model.write_bytes(before[:-9])
    next(train(None, tmp_path / "run", resume=True))
    assert model.read_bytes() == before


@pytest.mark.parametrize("spoilt", ["newest", "all"])
def test_a_damaged_state_is_said_and_not_used(few, tmp_path, capsys, spoilt: str) -> None:
    expected = whole(few, tmp_path / "whole")
    lines = train(few, tmp_path / "run")
    for _ in range(9):
        next(lines)
    lines.close()
    states = sorted(RunFolder(tmp_path / "run").states.path.iterdir())
    assert len(states) == 2
    for path in states if spoilt == "all" else states[-1:]:
        data = bytearray(path.read_bytes())
        data[-5] ^= 1
        path.write_bytes(data)
    saved = [line.step for line in read_all(tmp_path / "run").lines if isinstance(line, Saved)]
    assert run(parse(["--resume", str(tmp_path / "run"), "--quiet"])) == 0
    said = capsys.readouterr().err.splitlines()
    start = 0 if spoilt == "all" else saved[-2]
    assert [line.endswith(f"; resuming from step {start}") for line in said] == [True] * (
        1 + (spoilt == "all")
    )
    assert f"the saved state of step {saved[-1]} is damaged" in said[0]
    assert kept(tmp_path / "run") == expected


def test_a_state_that_does_not_fit_leaves_the_training_as_it_was(few) -> None:
    from lstm_viz.training.loop import Training
    from lstm_viz.training.state import pack, unpack
    from lstm_viz.training.task import prepare

    training = Training(prepare(few))
    events = training.events()
    while training.step < 2:
        next(events)
    before = pack(training)
    other = Training(prepare(msgspec.structs.replace(few, hidden_size=6)))
    for data in (pack(other), b"", before[:-1], b"\xff" * 100, *_that_do_not_fit(before)):
        with pytest.raises(ValueError, match="does not fit"):
            unpack(training, data)
        assert pack(training) == before


def _that_do_not_fit(saved: bytes) -> Iterator[bytes]:
    """Yield states of the same tagger that torch itself would take, until a step fails."""
    tensors = load(saved)
    for name, other in {
        "step": torch.tensor(float("inf")),
        "optimiser.0.step": torch.tensor(-1.0),
        "optimiser.0.exp_avg": torch.zeros(1),
        "optimiser.99.exp_avg": torch.zeros(1),
        "optimiser.0.extra": torch.zeros(()),
        "tagger.hidden_to_tag.bias": tensors["tagger.hidden_to_tag.bias"].to(torch.float64),
    }.items():
        yield save(tensors | {name: other})
    yield save(tensors | {"step": torch.tensor(10**6)})
    yield save({name: tensor for name, tensor in tensors.items() if name != "optimiser.0.exp_avg"})


def test_a_torn_last_line_is_cut_off_and_done_again(few, tmp_path) -> None:
    expected = whole(few, tmp_path / "whole")
    lines = train(few, tmp_path / "run")
    for _ in range(9):
        next(lines)
    lines.close()
    folder = RunFolder(tmp_path / "run")
    for file in (folder.history, folder.gates):
        with file.open("ab") as torn:
            torn.write(b'{"step":7,"epo')
    for _ in train(None, tmp_path / "run", resume=True):
        pass
    assert kept(tmp_path / "run") == expected


def test_a_lock_that_is_only_tried_holds_up_no_resumption(few, tmp_path) -> None:
    """Another rank, or a window that lists the run, has the lock for a moment."""
    lines = train(few, tmp_path / "run")
    next(lines)
    lines.close()
    folder = RunFolder(tmp_path / "run")
    lock = folder.lock()
    lock.acquire()
    assert folder.is_written()
    Timer(0.3, lock.release).start()
    assert settings_of(folder) == few
    lock.acquire()
    with pytest.raises(RunError, match="Another trainer"):
        settings_of(folder)
    lock.release()
