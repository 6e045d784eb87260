"""The process that learns how a treebank cuts text: beside the training, and never in its way."""

import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.segmenter import has_segmenter, read_segmenter
from lstm_viz.runs.settings import SMALL, TUTORIAL, TrainingSettings
from lstm_viz.segmentation import Segmenter
from lstm_viz.segmentation.learning import learn
from lstm_viz.training import command
from lstm_viz.training import segmenting as module
from lstm_viz.training.corpora import CorpusError
from lstm_viz.training.runner import train
from lstm_viz.training.segmenting import Segmenting, learn_for
from tests.engine.trained import TRAIN, write_corpus
from tests.engine.trained import train as train_alone
from tests.training.conftest import WAIT_SECONDS, wait_for


@pytest.fixture
def settings(tmp_path):
    corpus = write_corpus(tmp_path / "train.conllu", TRAIN * 5)
    return TrainingSettings(corpus=(str(corpus),), dev=str(corpus), hidden_size=3, embedding_size=3, epochs=1)


def test_the_command_leaves_a_segmenter_of_the_corpus(start, tmp_path, settings):
    run = tmp_path / "run"
    trainer = start(*settings.corpus, "--epochs", 1, "--hidden", 3, "--quiet", "--out", run)
    assert (trainer.wait(), trainer.text) == (0, "")
    words = [token.text for token in Segmenter.from_bytes(read_segmenter(run)).segment("That dog can't read")]
    assert words == ["That", "dog", "ca", "n't", "read"]


def test_the_loop_of_a_notebook_leaves_one_too(tmp_path, settings):
    lines = list(train(settings, tmp_path / "run"))
    assert lines and has_segmenter(tmp_path / "run")


@pytest.mark.parametrize("bundled", [TUTORIAL, SMALL])
def test_nothing_is_learnt_of_the_bundled_corpora(tmp_path, bundled):
    segmenting = Segmenting(RunFolder(tmp_path), bundled)
    assert not segmenting.under_way and segmenting.wait() == ""


def test_it_survives_a_kill_of_the_trainer(start, tmp_path, settings):
    run = tmp_path / "run"
    trainer = start(*settings.corpus, "--epochs", 100_000, "--hidden", 3, "--quiet", "--out", run)
    children = psutil.Process(trainer.pid).children
    wait_for(children)
    mine = children()
    trainer.signal(signal.SIGKILL)
    assert trainer.wait() == -signal.SIGKILL
    psutil.wait_procs(mine, timeout=WAIT_SECONDS)
    assert has_segmenter(run)


def test_two_that_learn_at_once_leave_a_whole_one(tmp_path, settings):
    run = train_alone(tmp_path / "run", settings)
    both = [Segmenting(RunFolder(run), settings) for _ in range(2)]
    assert [segmenting.wait() for segmenting in both] == ["", ""]
    before = read_segmenter(run)
    assert Segmenter.from_bytes(before).segment("That dog")
    learn_for(RunFolder(run))
    assert read_segmenter(run) == before


def test_what_is_learnt_of_a_run_is_not_written_into_another(tmp_path, settings, monkeypatch):
    run = train_alone(tmp_path / "run", settings)
    other = train_alone(tmp_path / "other", msgspec.structs.replace(settings, seed=2))

    def learn_while_the_folder_is_replaced(*args, **kwargs):
        run.rename(tmp_path / "moved")
        other.rename(run)
        return learn(*args, **kwargs)

    monkeypatch.setattr(module, "learn", learn_while_the_folder_is_replaced)
    with pytest.raises(RunError, match="not the run that it was"):
        learn_for(RunFolder(run))
    assert not has_segmenter(run) and not has_segmenter(tmp_path / "moved")


def test_an_interrupt_while_it_is_waited_for_leaves_the_training_finished(monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Segmenting, "wait", interrupted)
    command._wait_for(Segmenting(RunFolder(Path()), TUTORIAL), quiet=True)


def test_a_corpus_that_was_changed_is_not_learnt_from(tmp_path, settings):
    run = train_alone(tmp_path / "run", settings)
    write_corpus(tmp_path / "train.conllu", TRAIN[:2])
    with pytest.raises(CorpusError, match="was changed"):
        learn_for(RunFolder(run))
    segmenting = Segmenting(RunFolder(run), settings)
    assert "was changed" in segmenting.wait() and not has_segmenter(run)


def test_what_is_trained_does_not_depend_on_it(tmp_path, settings):
    alone = train_alone(tmp_path / "alone", settings)
    list(train(settings, tmp_path / "beside"))
    weights = [
        (path / "checkpoints" / "epoch-000001.safetensors").read_bytes()
        for path in (alone, tmp_path / "beside")
    ]
    assert weights[0] == weights[1]


def test_it_needs_no_torch():
    program = "import sys, lstm_viz.training.segmenting; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], timeout=WAIT_SECONDS, check=False).returncode == 0
