"""A run that is watched while it grows leaves no more in memory than one that is opened."""

import gc

import pytest

from lstm_viz.engine import runs
from lstm_viz.engine.reader import Reader
from lstm_viz.messages import ReadQuery
from lstm_viz.tagging.models import WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary
from lstm_viz.training.checkpoints import Checkpoints
from tests.soak.growing import GrowingRun


@pytest.fixture
def growing(tmp_path):
    run = GrowingRun(tmp_path / "run", "tutorial")
    yield run
    run.close()


def _read(reader: Reader, run: GrowingRun, epoch: int | None = None) -> None:
    reading = reader.read(ReadQuery(f"run:{run.folder.path}", "The dog ate", epoch, before=("They read",)), 1)
    assert reading.epoch == (run.epoch - 1 if epoch is None else epoch)


def _alive(kind: type) -> int:
    gc.collect()
    return sum(isinstance(thing, kind) for thing in gc.get_objects())


def test_the_newest_takes_the_place_of_the_one_before(growing):
    reader, before = Reader(), _alive(WordTagger)
    for _ in range(12):
        growing.grow()
        _read(reader, growing)
    assert _alive(WordTagger) - before == 1


def test_what_is_stepped_to_is_kept_while_there_is_room(growing, monkeypatch):
    growing.grow()
    reader, before = Reader(), _alive(WordTagger)
    growing.grow()
    for epoch in (0, 1, 2):
        _read(reader, growing, epoch)
    assert _alive(WordTagger) - before == 3
    monkeypatch.setattr(runs, "_SUBJECTS_BYTES", 0)
    small, before = Reader(), _alive(WordTagger)
    for epoch in (0, 1, 2, 0):
        _read(small, growing, epoch)
    assert _alive(WordTagger) - before == 2, "two that are compared"


def test_all_checkpoints_of_a_run_share_its_vocabularies(growing):
    checkpoints = Checkpoints(growing.folder.path)
    checkpoints.refresh()
    first = checkpoints.load()
    vocabularies = _alive(Vocabulary)
    growing.grow()
    checkpoints.refresh()
    then = checkpoints.load()
    assert then.epoch == first.epoch + 1
    assert then.tagger.words is first.tagger.words and then.settings.words is first.settings.words
    assert _alive(Vocabulary) == vocabularies
    changed = (growing.folder.path / "model.json").read_bytes().replace(b'"dog"', b'"cat"')
    (growing.folder.path / "model.json").write_bytes(changed)
    assert "cat" in checkpoints.load().tagger.words and "cat" not in first.tagger.words
