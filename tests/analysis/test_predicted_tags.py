"""The tag that a copy gets: of one word by itself, of a chain the one that a reading shows."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.analysis.predicted_tags import predicted_tags
from lstm_viz.crf import NO_TAG
from lstm_viz.engine.trellis import choice, trellis
from lstm_viz.tagging.models import Sizes, WordTagger
from lstm_viz.tagging.vocabulary import Vocabulary

TAGS = 3


def tagger_of(decoder="crf", seed=0):
    torch.manual_seed(seed)
    tagger = WordTagger(Vocabulary(("a",)), TAGS, Sizes(2, 2, decoder=decoder)).eval()
    if tagger.chain is not None:
        for weight in tagger.chain.parameters():
            torch.nn.init.normal_(weight)
    return tagger


def scores_of(words=5, copies=4, seed=1):
    torch.manual_seed(seed)
    return torch.randn(words, copies, TAGS).log_softmax(-1)


def shown(tagger, scores, copy):
    """Return the tags that a reading shows."""
    one = scores[:, copy : copy + 1]
    return choice(tagger.chain, trellis(tagger.chain, one), one[:, 0].numpy())[0]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(decoder=st.sampled_from(["argmax", "crf"]), words=st.integers(1, 40), seed=st.integers(0, 99))
def test_it_is_the_tag_that_a_reading_shows(decoder, words, seed):
    tagger, scores = tagger_of(decoder, seed), scores_of(words, seed=seed)
    for place in {0, words // 2, words - 1}:
        expected = [shown(tagger, scores, copy)[place] for copy in range(4)]
        np.testing.assert_array_equal(predicted_tags(tagger.chain, scores, place), expected)


def test_of_equal_paths_it_is_the_one_that_a_reading_shows():
    """Where all words have the same scores, as with every o at 0, many paths are worth the same."""
    by_floats = 0
    for seed in range(20):
        tagger, scores = tagger_of(seed=seed), scores_of(1, 1, seed).expand(9, -1, -1)
        found = [int(predicted_tags(tagger.chain, scores, place)) for place in range(9)]
        assert found == shown(tagger, scores, 0).tolist()
        by_floats += tagger.decode(scores, torch.tensor([9]))[:, 0].tolist() != found
    assert by_floats  # in the weights' own precision another path may come first


@pytest.mark.parametrize("decoder", ["argmax", "crf"])
def test_each_copy_may_have_another_word(decoder):
    tagger, scores = tagger_of(decoder), scores_of()
    places = torch.tensor([4, 0, 2, 2])
    expected = [
        predicted_tags(tagger.chain, scores, place)[copy] for copy, place in enumerate(places.tolist())
    ]
    assert predicted_tags(tagger.chain, scores, places).tolist() == expected


def test_a_word_whose_scores_are_no_numbers_has_none_and_breaks_a_chain():
    scores = scores_of()
    scores[1, 2, 0] = torch.nan
    assert predicted_tags(None, scores, 1)[2] == NO_TAG
    assert (predicted_tags(None, scores, 0) != NO_TAG).all()
    for place in range(5):
        assert (predicted_tags(tagger_of().chain, scores, place) == NO_TAG).tolist() == [
            False,
            False,
            True,
            False,
        ]


@pytest.mark.parametrize("weight", ["start", "transitions", "end"])
def test_a_chain_may_forbid_but_not_be_broken(weight):
    tagger = tagger_of()
    with torch.no_grad():
        tagger.chain.get_parameter(weight)[1] = -torch.inf
    found = predicted_tags(tagger.chain, scores_of(), 2).tolist()
    assert found == [shown(tagger, scores_of(), copy)[2] for copy in range(4)] and NO_TAG not in found
    for broken in (torch.inf, torch.nan):
        with torch.no_grad():
            tagger.chain.get_parameter(weight)[1] = broken
        assert (predicted_tags(tagger.chain, scores_of(), 2) == NO_TAG).all()
