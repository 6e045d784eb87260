"""A run folder is a model: read while it is written, damaged, from an engine that remembers."""

import gc
import shutil
import weakref

import msgspec
import numpy as np
import pytest

from lstm_viz.engine import runs
from lstm_viz.engine.ablation import ablate
from lstm_viz.engine.attribution import attribute
from lstm_viz.engine.reader import Reader
from lstm_viz.engine.runs import RunModels
from lstm_viz.messages import AblationQuery, AttributionQuery, GateQuery, ReadQuery
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import FORMAT, RunFolder
from lstm_viz.training.checkpoints import load
from lstm_viz.uris import of_run, run_path
from tests.engine.trained import go_on, train, tutorial

SENTENCE = "The dog ate the apple"


def test_the_name_of_a_run_is_its_folder(tmp_path):
    assert run_path(of_run(tmp_path)) == tmp_path
    assert run_path("preset:tutorial") is None


def test_a_run_is_read_as_a_preset_is(tutorial_run):
    reader = Reader()
    reading = reader.read(ReadQuery(of_run(tutorial_run), SENTENCE), 1)
    assert reading.model.uri == of_run(tutorial_run)
    assert reading.model.epochs == (0, 2, 4, 6) and reading.epoch == 6
    assert reading.model.tags == ("DET", "NN", "V") and reading.view.max_error <= 1e-5
    assert reader.gate_arithmetic(GateQuery(1, 2, 3)).gates
    preset = load(tutorial_run, 2)
    scores = preset.tagger(preset.tagger.batch([SENTENCE.split()]))[:, 0].detach()
    at_two = reader.read(ReadQuery(of_run(tutorial_run), SENTENCE, epoch=2), 2)
    np.testing.assert_allclose(at_two.scores, scores, atol=1e-5)
    assert not np.allclose(at_two.scores, reading.scores, atol=1e-3)


def test_before_training_the_tutorials_numbers_stand(tutorial_run):
    reader = Reader()
    ours = reader.read(ReadQuery(of_run(tutorial_run), SENTENCE, epoch=0), 1).scores
    np.testing.assert_allclose(
        ours, reader.read(ReadQuery("preset:tutorial", SENTENCE, epoch=0), 2).scores, atol=1e-6
    )


def test_detail_queries_are_of_the_epoch_of_the_reading(tmp_path):
    """While the run trains on: the second engine is asked for the epoch of the reading in front."""
    run = train(tmp_path / "run", tutorial(checkpoint_every=1), lines=15)
    read = Reader().read(ReadQuery(of_run(run), SENTENCE, step=2), 1)
    go_on(run, 30)
    query = ReadQuery(of_run(run), SENTENCE, epoch=read.epoch, step=2)
    assert Reader().read(ReadQuery(of_run(run), SENTENCE), 1).epoch > read.epoch
    for found in (
        *attribute(Reader(), AttributionQuery(2, query)),
        *ablate(Reader(), AblationQuery(3, query)),
    ):
        score = read.scores[2, read.model.tags.index(found.tag)]
        assert found.log_softmax == pytest.approx(float(score), abs=1e-5)


@pytest.mark.parametrize(("asked", "given"), [(1, 0), (3, 2), (5, 4), (7, 6), (10**6, 6), (-1, 0)])
def test_an_epoch_without_a_checkpoint_is_the_nearest_that_has_one(tutorial_run, asked, given):
    assert RunModels().load(tutorial_run, asked).identity.epoch == given


def test_a_checkpoint_is_read_once(tutorial_run, monkeypatch):
    models, read = RunModels(), []
    whole = runs.Checkpoints.load
    monkeypatch.setattr(runs.Checkpoints, "load", lambda *args: read.append(args[1]) or whole(*args))
    for epoch in (2, 3, None, 6, 2, None):
        models.load(tutorial_run, epoch)
    assert read == [2, 6]


def test_the_newest_is_the_newest_now(tmp_path):
    path = train(tmp_path / "run", tutorial(epochs=4, checkpoint_every=1), lines=1)
    reader = Reader()
    first = reader.read(ReadQuery(of_run(path), SENTENCE), 1)
    assert (first.epoch, first.model.epochs) == (0, (0,))
    go_on(path, lines=3)
    second = reader.read(ReadQuery(of_run(path), SENTENCE), 2)
    assert (second.epoch, second.model.epochs) == (1, (0, 1))
    assert not np.array_equal(second.scores, first.scores)
    again = reader.read(ReadQuery(of_run(path), SENTENCE, epoch=0), 3)
    np.testing.assert_array_equal(again.scores, first.scores)
    assert again.model.epochs == (0, 1)


def test_another_run_in_the_same_place_is_another_model(tmp_path):
    """Its sentence must not be gone on with where the first run's was left."""
    path, reader = tmp_path / "run", Reader()
    train(path, tutorial(epochs=2, checkpoint_every=2))
    reader.read(ReadQuery(of_run(path), SENTENCE), 1)
    shutil.move(path, tmp_path / "elsewhere")
    train(path, tutorial(epochs=2, checkpoint_every=2, seed=5))
    ours = reader.read(ReadQuery(of_run(path), SENTENCE), 2)
    np.testing.assert_array_equal(ours.scores, Reader().read(ReadQuery(of_run(path), SENTENCE), 1).scores)
    theirs = reader.read(ReadQuery(of_run(tmp_path / "elsewhere"), SENTENCE), 3)
    assert not np.allclose(ours.scores, theirs.scores, atol=1e-4)


def test_typing_on_is_the_same_as_reading_anew(treebank_run):
    typing, text = Reader(), "They can't eat that book"
    for number in range(1, len(text) + 1):
        grown = typing.read(ReadQuery(of_run(treebank_run), text[:number]), number)
    fresh = Reader().read(ReadQuery(of_run(treebank_run), text), 1)
    np.testing.assert_allclose(grown.scores, fresh.scores, atol=1e-5)


def test_a_new_name_is_seen(tutorial_run, copy_of):
    path, models = copy_of(tutorial_run), RunModels()
    models.load(path)
    RunFolder(path).rename("my best")
    assert models.load(path).identity.title == "my best"


def test_a_damaged_checkpoint_is_named_and_the_others_are_read(tutorial_run, copy_of, flip):
    path, models = copy_of(tutorial_run), RunModels()
    flip(path, 4)
    with pytest.raises(RunError, match=r"epoch 4 .* damaged") as caught:
        models.load(path, 4)
    assert caught.value.code == "checkpoint_damaged"
    assert [models.load(path, epoch).identity.epoch for epoch in (0, 2, 6)] == [0, 2, 6]


def test_what_is_no_run_is_said(tmp_path, tutorial_run, copy_of):
    models = RunModels()
    with pytest.raises(RunError, match="no run in") as caught:
        models.load(tmp_path / "nowhere")
    assert caught.value.code == "run_missing"
    fresh = train(tmp_path / "fresh", tutorial(), lines=0)
    with pytest.raises(RunError, match="no checkpoint yet"):
        models.load(fresh)
    newer = copy_of(tutorial_run)
    run = msgspec.json.decode((newer / "run.json").read_bytes())
    (newer / "run.json").write_bytes(msgspec.json.encode({**run, "format": FORMAT + 1}))
    with pytest.raises(RunError, match="newer") as caught:
        models.load(newer)
    assert caught.value.code == "run_newer"


def test_a_run_that_was_deleted_is_gone(tutorial_run, copy_of):
    path, models = copy_of(tutorial_run), RunModels()
    models.load(path)
    shutil.rmtree(path)
    with pytest.raises(RunError, match="no run in"):
        models.load(path)
    train(path, tutorial(), lines=1)
    assert models.load(path).identity.epoch == 0 and models.epochs(path) == (0,)


def test_of_a_deleted_run_its_history_is_not_kept_either(tutorial_run, copy_of):
    """A run of a hundred thousand epochs has some 50 MB of lines."""
    run, models = copy_of(tutorial_run), RunModels()
    models.epochs(run)
    checkpoints = weakref.ref(models._folders.get(run))
    run.rename(run.with_name("elsewhere"))
    models.epochs(tutorial_run)
    gc.collect()
    assert checkpoints() is None
