"""Precision, recall and F1 against counting by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.app.panels.tags.measures import accuracy, counts, measures, shares

TAGS = 4
PAIRS = st.lists(st.tuples(st.integers(0, TAGS), st.integers(0, TAGS - 1)), max_size=60)


def by_hand(pairs, tag):
    """Count precision, recall and F1 of a tag word by word."""
    right = sum(g == s == tag for g, s in pairs)
    predicted, support = sum(s == tag for _, s in pairs), sum(g == tag for g, _ in pairs)
    precision = right / predicted if predicted else 0.0
    recall = right / support if support else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return precision, recall, f1, support, predicted, right


@given(pairs=PAIRS)
def test_measures_are_what_counting_gives(pairs):
    table = counts([(g, s, 1) for g, s in pairs], TAGS)
    found = measures(table)
    assert len(found) == TAGS + any(g == TAGS for g, _ in pairs)
    for m in found:
        assert (m.precision, m.recall, m.f1, m.support, m.predicted, m.right) == pytest.approx(
            by_hand(pairs, m.tag)
        )
        wrong = [s for g, s in pairs if g == m.tag and s != m.tag]
        assert (m.taken_for is None) == (not wrong)
        assert m.mistakes == max((wrong.count(s) for s in wrong), default=0)
        assert m.taken_for is None or wrong.count(m.taken_for) == m.mistakes
    assert accuracy(table) == pytest.approx(sum(g == s for g, s in pairs) / len(pairs) if pairs else 0.0)


def test_a_tag_that_the_net_does_not_know_is_always_wrong():
    last = measures(counts([(0, 0, 5), (2, 0, 3), (2, 1, 4)], 2))[-1]
    assert (last.tag, last.recall, last.f1, last.support, last.right) == (2, 0, 0, 7, 0)
    assert (last.taken_for, last.mistakes) == (1, 4)


def test_lines_that_cannot_be_are_left_out():
    table = counts([(0, 5, 3), (-1, 0, 3), (0, -1, 2), (1, 1, -4), (9, 1, 2)], 2)
    assert table.tolist() == [[0, 0], [0, 0], [0, 2]]


def test_shares_of_an_empty_row_are_nothing():
    assert shares(np.array([[1, 3], [0, 0]])).tolist() == [[0.25, 0.75], [0, 0]]
