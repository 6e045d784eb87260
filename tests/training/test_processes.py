"""Two processes that train together, as ``torchrun`` starts them, write one folder and learn the same."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_viz.runs.folder import Control, RunFolder
from lstm_viz.runs.history import Epoch, Step, read_all
from lstm_viz.training.checkpoints import load
from tests.training.conftest import LONG, WAIT_SECONDS, conllu, kept, wait_for

TINY = [
    "small", "--hidden", 4, "--embedding", 4, "--batch", 64, "--epochs", 2, "--dropout", 0,
    "--word-dropout", 0,
]  # fmt: skip


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def start_two(start):
    """Return what starts a training of two processes, with the environment that torchrun gives them."""

    def start_two_(*arguments: object, **how: object):
        port = str(free_port())
        common = {
            "WORLD_SIZE": "2",
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": port,
            "GLOO_SOCKET_IFNAME": "lo",
        }
        return [
            start(
                *arguments,
                place=rank,
                environment={**common, "RANK": str(rank), "LOCAL_RANK": str(rank)},
                **how,
            )
            for rank in (0, 1)
        ]

    return start_two_


def losses(path: Path) -> list[float]:
    return [line.loss for line in read_all(path).lines if isinstance(line, Step)]


def test_they_learn_what_one_learns(start, start_two, tmp_path: Path) -> None:
    assert start(*TINY, "--out", tmp_path / "one", "--quiet").wait() == 0
    first, second = start_two(*TINY, "--out", tmp_path / "two")
    assert (first.wait(), second.wait()) == (0, 0), first.text + second.text
    assert (first.text.count("epoch 2 of 2  step 22  loss"), second.text) == (1, "")  # one of them speaks
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), abs=1e-4)
    one, two = (load(tmp_path / name).tagger.state_dict() for name in ("one", "two"))
    assert all((one[name] - two[name]).abs().max() < 1e-4 for name in one)
    measured = [[e.dev_loss for e in kept(tmp_path / name).epochs] for name in ("one", "two")]
    assert measured[0] == pytest.approx(measured[1], abs=1e-4)
    assert RunFolder(tmp_path / "two").run().processes == 2
    assert RunFolder(tmp_path / "two").status().phase == "finished"


def test_stopped_and_resumed_they_end_the_same(start_two, tmp_path: Path) -> None:
    asked = [*TINY, "--chars", "--char-hidden", 3, "--char-embedding", 3, "--decoder", "crf"]
    both = start_two(*asked, "--out", tmp_path / "whole", "--quiet")
    assert [trainer.wait() for trainer in both] == [0, 0], both[0].text
    path, folder = tmp_path / "parts", RunFolder(tmp_path / "parts")
    both = start_two(*asked, "--out", path, "--until-step", 5, "--quiet")
    wait_for(lambda: (status := folder.status()) and status.phase == "paused")
    folder.write_control(Control(stop=True))
    assert [trainer.wait() for trainer in both] == [0, 0], both[1].text
    assert folder.status().phase == "stopped" and folder.status().step == 5
    both = start_two("--resume", path, "--until-step", 9, "--quiet")
    wait_for(lambda: (status := folder.status()) and status.phase == "paused")
    for trainer in reversed(both):
        trainer.signal(signal.SIGTERM)  # as torchrun does to all
    assert [trainer.wait() for trainer in both] == [0, 0], both[0].text
    both = start_two("--resume", path, "--quiet")
    assert [trainer.wait() for trainer in both] == [0, 0]
    assert kept(path) == kept(tmp_path / "whole")


def test_a_batch_of_fewer_sentences_than_processes(start, start_two, tmp_path: Path) -> None:
    corpus = tmp_path / "few.conllu"
    corpus.write_text(conllu("the/DET dog/NOUN", "a/DET cat/NOUN", "go/VERB"))
    asked = [corpus, "--hidden", 3, "--embedding", 3, "--batch", 2, "--epochs", 3, "--dropout", 0]
    asked += ["--word-dropout", 0, "--quiet", "--out"]
    assert start(*asked, tmp_path / "one").wait() == 0
    both = start_two(*asked, tmp_path / "two")
    assert [trainer.wait() for trainer in both] == [0, 0], both[0].text
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "one"), abs=1e-4)


def test_when_the_first_cannot_begin_or_dies_all_end(start, start_two, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    both = start_two(*TINY, "--out", tmp_path / "full")
    assert [trainer.wait() for trainer in both] == [2, 2]
    assert "is not empty" in both[0].text
    path = tmp_path / "run"
    both = start_two(*TINY, "--out", path, "--until-step", 3, "--quiet")
    wait_for(lambda: (status := RunFolder(path).status()) and status.phase == "paused")
    both[0].signal(signal.SIGKILL)
    assert [trainer.wait() for trainer in both] == [-signal.SIGKILL, 1]
    both = start_two("--resume", path, "--quiet")
    assert [trainer.wait() for trainer in both] == [0, 0], both[0].text
    assert len(kept(path).steps) == 22


def test_when_the_disk_is_full_all_end(start_two, tmp_path: Path) -> None:
    both = start_two(*TINY, "--out", tmp_path / "run", "--quiet", largest_file=10_000)
    assert [trainer.wait() for trainer in both] == [1, 0]
    assert "File too large" in both[0].text and both[1].text == ""


@pytest.mark.skipif(not LONG, reason="`start_two` gives its environment: the rest is torch's")
def test_torchrun(tmp_path: Path) -> None:
    path = tmp_path / "run"
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    command += [
        "--master-port",
        str(free_port()),
        "-m",
        "lstm_viz",
        "train",
        *map(str, TINY),
        "--out",
        str(path),
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
        env={**os.environ, "GLOO_SOCKET_IFNAME": "lo"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("epoch 2 of 2  step 22  loss") == 1  # one of them speaks
    assert [line.epoch for line in read_all(path).lines if isinstance(line, Epoch)] == [0, 1, 2]
    assert RunFolder(path).run().processes == 2
    assert RunFolder(path).status().phase == "finished"
