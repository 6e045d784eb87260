"""Word embeddings of a run on the principal axes of the last epoch, against an SVD by hand."""

from collections import Counter
from itertools import chain

import msgspec
import numpy as np
import pytest

from lstm_viz.engine.embedding_map import embedding_map
from lstm_viz.engine.run_queries import RunQueries
from lstm_viz.engine.runs import RunModels
from lstm_viz.messages import EmbeddingMapQuery
from lstm_viz.runs.folder import RunFolder
from lstm_viz.training.checkpoints import load
from lstm_viz.uris import of_run
from tests.engine.trained import TRAIN


@pytest.fixture
def desk():
    return RunQueries(RunModels())


def _rows(run, epoch):
    tagger = load(run, epoch).tagger
    return dict(zip(tagger.words.items, tagger.word_embedding.weight.detach().double().numpy(), strict=False))


def _same_up_to_sign(found, expected):
    return min(np.abs(found - expected).max(), np.abs(found + expected).max()) < 1e-5


def test_the_points_are_those_of_an_svd_by_hand(desk, tutorial_run):
    result = desk.embedding_map(EmbeddingMapQuery(of_run(tutorial_run), (0, 2, 4, 6)))
    assert result.epochs == (0, 2, 4, 6) and result.points.shape == (4, 9, 2)
    last = np.array([_rows(tutorial_run, 6)[word] for word in result.words])
    centred = last - last.mean(axis=0)
    variances, vectors = np.linalg.eigh(np.cov(centred.T))
    for axis in (0, 1):
        vector = vectors[:, -1 - axis]
        assert result.shares[axis] == pytest.approx(variances[-1 - axis] / variances.sum())
        expected = np.array(
            [
                [(_rows(tutorial_run, epoch)[word] - last.mean(axis=0)) @ vector for word in result.words]
                for epoch in result.epochs
            ]
        )
        assert _same_up_to_sign(result.points[:, :, axis], expected)
    assert result.points[-1].std(axis=0)[0] > result.points[-1].std(axis=0)[1]


def test_frequent_words_come_first(desk, treebank_run):
    result = desk.embedding_map(EmbeddingMapQuery(of_run(treebank_run), (3,)))
    words = chain.from_iterable(text.replace("can't", "ca n't").split() for text, _ in TRAIN)
    counts = Counter(words)
    assert set(result.words) == set(counts) and result.counts == tuple(counts[word] for word in result.words)
    assert list(result.counts) == sorted(result.counts, reverse=True)


def test_without_the_corpus_they_are_in_the_order_of_the_vocabulary(desk, treebank_run, copy_of):
    run = copy_of(treebank_run)
    folder = RunFolder(run)
    folder.write_run(msgspec.structs.replace(folder.run(), settings=None))
    result = desk.embedding_map(EmbeddingMapQuery(of_run(run), (1, 2)))
    assert result.counts == () and result.words == load(run, 1).tagger.words.items


def test_a_damaged_checkpoint_and_a_missing_one_are_left_out(desk, tutorial_run, copy_of, flip):
    run = copy_of(tutorial_run)
    flip(run, 4)
    result = desk.embedding_map(EmbeddingMapQuery(of_run(run), (0, 1, 2, 4, 6)))
    assert result.epochs == (0, 2, 6)


@pytest.mark.filterwarnings("error")
def test_weights_that_have_diverged_have_no_place():
    finite, words = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32), tuple("abcde")
    broken = finite.copy()
    broken[2] = np.nan
    found = embedding_map("run:r", words, None, {0: finite, 1: broken})
    alone = embedding_map("run:r", words, None, {0: finite})
    np.testing.assert_array_equal(found.points[0], alone.points[0])
    assert np.isnan(found.points[1, 2]).all() and found.shares == alone.shares
    none = embedding_map("run:r", words, None, {0: broken, 1: np.full_like(finite, np.inf)})
    assert np.isnan(none.points[:, 2]).all() and none.shares == (0.0, 0.0)


@pytest.mark.parametrize(("words", "size"), [(1, 3), (4, 1), (1, 1), (2, 5)])
def test_where_there_are_fewer_than_two_axes_the_rest_is_0(words, size):
    rows = np.random.default_rng(1).normal(size=(words, size)).astype(np.float32)
    found = embedding_map("run:r", tuple("abcd")[:words], None, {7: rows})
    assert found.points.shape == (1, words, 2) and np.isfinite(found.points).all()
    assert sum(found.shares) == pytest.approx(float(words > 1))
    apart = np.linalg.norm(rows[0].astype(float) - rows[-1], axis=-1)
    if min(words - 1, size) <= 2:
        assert np.linalg.norm(found.points[0, 0] - found.points[0, -1]) == pytest.approx(apart, abs=1e-5)
