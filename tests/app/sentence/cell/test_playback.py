import pytest

from lstm_viz.app.panels.cell.playback import GHOST, Playback


@pytest.mark.parametrize(("position", "bright"), [(0.5, {0}), (1.0, {1}), (2.9, {2}), (3.0, {0, 1, 2})])
def test_only_the_stage_that_plays_is_bright_until_all_is(position, bright):
    playback = Playback(position)
    assert {stage for stage in range(3) if playback.strength(stage + 0.3) == 1.0} == bright
    assert all(playback.strength(stage) > 0.3 for stage in range(3))


def test_what_appears_grows_from_nothing_and_stays():
    grown = [Playback(position).grown(1.0) for position in (0.0, 1.0, 1.1, 1.2, 1.5, 2.9)]
    assert grown == sorted(grown)
    assert (grown[1], grown[-1]) == (0.0, 1.0)
    assert 0 < grown[2] < 1
    assert Playback().grown(2.9) == 1.0


def test_what_does_not_grow_is_a_ghost_until_it_is_half_there():
    assert [Playback(position).opacity(1.0) for position in (0.5, 1.1, 1.2, 2.5, 3.0)] == [
        GHOST,
        GHOST,
        1.0,
        0.5,
        1.0,
    ]
    assert not Playback(1.1).is_there(1.0)
    assert Playback(1.2).is_there(1.0)
