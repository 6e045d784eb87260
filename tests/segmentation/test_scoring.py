"""The scores are those of the CoNLL 2018 shared task."""

import pytest

from .conftest import example
from .scoring import Scores, score


def _score(gold, found):
    text, tokens = example(gold)
    return score(lambda _: example(found)[1], [(text, tokens)])


def test_what_is_right_is_one():
    assert _score("des=de+les amis~ .", "des=de+les amis~ .") == Scores(1, 1, 1, 1)


@pytest.mark.parametrize(
    ("gold", "found", "tokens", "words"),
    [
        ("a b", "a~ b", 0.5, 0.5),
        ("ab~ .", "a~ b~ .", 2 / 5, 2 / 5),
        ("des=de+les amis", "des amis", 1, 2 / 5),
        ("des=de+les amis", "des=de+des amis", 1, 4 / 6),
        ("des=De+LES amis", "des=de+les amis", 1, 1),
        ("don’t=do+n’t go", "don’t=do+n't go", 1, 1),
        ("au=à+le lit", "a~ u lit", 2 / 5, 2 / 6),
        ("au=à+le~ x", "aux=à+le", 0, 4 / 5),
    ],
)
def test_f1(gold, found, tokens, words):
    scores = _score(gold, found)
    assert scores.tokens == pytest.approx(tokens)
    assert scores.words == pytest.approx(words)
    assert scores.whole == (words == 1)
