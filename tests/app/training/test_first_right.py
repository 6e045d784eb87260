"""The first checkpoint with the true tags, and what has to be read to know it."""

from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.app.queries.first_right import FirstRight, first_right
from lstm_viz.app.runs.epochs import spread

TRUTH = ("DET", "", "V")
RIGHT, WRONG = ("DET", "X", "V"), ("DET", "X", "X")


@given(st.lists(st.sampled_from([RIGHT, WRONG, None]), max_size=12))
def test_it_is_the_first_and_whatever_is_not_known_before_it_is_to_be_read(tags):
    known = {epoch: tag for epoch, tag in enumerate(tags) if tag is not None}
    found = first_right(range(len(tags)), known, TRUTH)
    assert found.epoch == next((epoch for epoch, tag in known.items() if tag == RIGHT), None)
    end = len(tags) if found.epoch is None else found.epoch
    assert found.unread == tuple(epoch for epoch in range(end) if epoch not in known)


def test_it_is_exact_where_no_epoch_lies_between():
    assert first_right((0, 1, 2), {0: WRONG, 1: WRONG, 2: RIGHT}, TRUTH) == FirstRight(2, 1)
    assert FirstRight(2, 1).is_exact and FirstRight(0, None).is_exact
    assert not FirstRight(20, 10).is_exact and not FirstRight(2, 1, (0,)).is_exact
    assert not FirstRight(None, None).is_exact


@given(st.integers(1, 200), st.integers(4, 20), st.integers(0, 220), st.integers(0, 220))
def test_the_marked_and_the_picked_checkpoint_are_both_shown(count, room, picked, marked):
    shown = spread(range(count), room, picked, marked)
    assert len(shown) <= room and list(shown) == sorted(set(shown))
    assert {0, count - 1, *(epoch for epoch in (picked, marked) if epoch < count)} <= set(shown)
