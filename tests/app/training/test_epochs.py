"""Which epochs are shown of those that have a checkpoint."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.app.runs.epochs import evaluated, picked_epoch, spread
from lstm_viz.runs.history import Epoch

EPOCHS = st.lists(st.integers(0, 5000), min_size=1, max_size=200, unique=True).map(sorted)


@given(epochs=EPOCHS, room=st.integers(1, 20), data=st.data())
def test_first_last_and_picked_are_always_shown(epochs, room, data):
    picked = data.draw(st.sampled_from(epochs))
    shown = spread(epochs, room, picked)
    assert {epochs[0], epochs[-1], picked} <= set(shown)
    assert list(shown) == sorted(set(shown)) and set(shown) <= set(epochs)
    assert len(shown) == len(epochs) if len(epochs) <= max(3, room) else len(shown) <= max(3, room)


@given(last=st.integers(10, 400), room=st.integers(3, 20))
def test_they_are_evenly_chosen_and_use_the_room(last, room):
    shown = spread(range(last + 1), room, None)
    if last + 1 <= room:
        assert shown == tuple(range(last + 1))
        return
    gaps = [b - a for a, b in itertools.pairwise(shown)]
    assert len(set(gaps[:-1])) == 1
    assert 0.5 * gaps[0] <= gaps[-1] < 1.5 * gaps[0]
    assert len(shown) >= max(3, room // 2)


def test_another_checkpoint_leaves_the_others_where_they_are():
    known, asked = set(), 0
    for last in range(301):
        shown = set(spread(range(last + 1), 8, None))
        asked += len(shown - known)
        known |= shown
    assert asked == 301  # the newest each time; whoever else is shown was the newest once


def test_picking_moves_no_other_picture():
    plain = spread(range(31), 7, None)
    assert plain == (0, 5, 10, 15, 20, 25, 30)
    assert spread(range(31), 7, 17) == (0, 5, 10, 17, 20, 25, 30)
    assert spread(range(31), 7, 29) == (0, 5, 10, 15, 20, 29, 30)
    assert spread(range(31), 7, 1) == (0, 1, 10, 15, 20, 25, 30)


def test_the_picked_checkpoint_is_the_nearest():
    assert picked_epoch((), 3) is None
    assert picked_epoch((0, 10, 20), None) == 20
    assert [picked_epoch((0, 10, 20), wanted) for wanted in (4, 5, 6, 15, 99)] == [0, 0, 10, 10, 20]


def test_what_was_measured_twice_counts_as_it_was_last():
    lines = [Epoch(0, 0, confusion=()), Epoch(1, 1, confusion=((0, 0, 1),)), Epoch(2, 2, dev_loss=1.0)]
    lines.append(Epoch(1, 1, confusion=((0, 0, 2),)))
    assert evaluated(lines, None) is lines[3] and evaluated(lines, 2) is lines[3]
    assert (
        evaluated(lines, 0) is lines[0] and evaluated([], None) is None and evaluated(lines[2:3], 5) is None
    )
