import msgspec
import pytest

from lstm_viz.engine import corpus_cache
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.engine.runs import RunModels
from lstm_viz.errors import coded
from lstm_viz.messages import CorpusQuery
from lstm_viz.runs.settings import SMALL, TUTORIAL, TrainingSettings
from lstm_viz.training.task import prepare
from tests.engine.trained import DEV, TRAIN, write_corpus


@pytest.fixture
def desk():
    return RunQueries(RunModels())


@pytest.mark.parametrize(
    "settings",
    [
        TUTORIAL,
        SMALL,
        msgspec.structs.replace(SMALL, characters=True, bidirectional=True, num_layers=2, decoder="crf"),
    ],
)
def test_what_is_told_is_what_would_be_trained(desk, settings):
    answer, task = desk.corpus_summary(CorpusQuery(settings)), prepare(settings)
    assert answer.error is None and answer.corpus == task.corpus
    assert answer.parameters == sum(weights.numel() for weights in task.fresh_tagger().parameters())
    assert (answer.tags, answer.vocabulary) == (task.model.tags, len(task.model.words))
    assert answer.steps_per_epoch == task.steps_per_epoch


def test_what_is_unusual_is_remarked(desk, tmp_path):
    dev = write_corpus(tmp_path / "dev.conllu", DEV)
    answer = desk.corpus_summary(
        CorpusQuery(TrainingSettings(corpus=(str(write_corpus(tmp_path / "t.conllu")),), dev=str(dev)))
    )
    assert answer.remarks == (coded("corpus_tag_unlearnt", tag="INTJ", words=1),)
    assert answer.corpus.dev_sentences == len(DEV)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read"), (b"", "no sentences"), (b"1\tThe\n", "line 1"), (b"\xff\xfe", "UTF-16")],
)
def test_what_is_wrong_with_a_corpus_is_a_sentence(desk, tmp_path, content, said):
    path = tmp_path / "corpus.conllu"
    if content is not None:
        path.write_bytes(content)
    answer = desk.corpus_summary(CorpusQuery(TrainingSettings(corpus=(str(path),))))
    assert said in answer.error.message and answer.corpus is None


def test_a_setting_beyond_its_limits_is_a_sentence(desk):
    answer = desk.corpus_summary(CorpusQuery(msgspec.structs.replace(TUTORIAL, hidden_size=0)))
    assert "hidden_size" in answer.error.message


def test_a_corpus_is_read_again_only_when_it_changed(desk, tmp_path, monkeypatch):
    read, whole = [], corpus_cache.corpora.read
    monkeypatch.setattr(corpus_cache.corpora, "read", lambda *given: read.append(1) or whole(*given))
    path = write_corpus(tmp_path / "corpus.conllu")
    for units in (4, 5, 6):
        desk.corpus_summary(CorpusQuery(TrainingSettings(corpus=(str(path),), hidden_size=units)))
    assert len(read) == 1
    write_corpus(path, TRAIN[:2])
    assert desk.corpus_summary(CorpusQuery(TrainingSettings(corpus=(str(path),)))).corpus.sentences == 2
    assert len(read) == 2
