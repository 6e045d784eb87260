"""How a run stands, from its folder alone."""

import numpy as np
import pytest

from lstm_viz.app.panels.control.progress import (
    can_resume,
    duration,
    is_limit_reached,
    phase_of,
    rate,
    seconds_left,
    share_done,
)
from lstm_viz.app.runs.run_data import RunData
from lstm_viz.runs.folder import Control, Divergence, Status
from tests.runs_support import write_run


@pytest.fixture
def data(tmp_path):
    read = RunData(write_run(tmp_path / "a", steps=60, epochs=6, planned_epochs=12))
    read.poll()
    return read


@pytest.mark.parametrize(
    ("reported", "control", "live", "phase"),
    [
        ("starting", Control(), True, "starting"),
        ("training", Control(), True, "training"),
        ("training", Control(until_step=99), True, "training"),
        ("training", Control(until_step=60), True, "pausing"),
        ("training", Control(until_epoch=6), True, "pausing"),
        ("paused", Control(until_epoch=6), True, "paused"),
        ("paused", Control(), True, "training"),
        ("paused", Control(stop=True), True, "stopping"),
        ("stopped", Control(stop=True), False, "stopped"),
        ("stopped", Control(), True, "starting"),
        ("finished", Control(), False, "finished"),
        ("finished", Control(), True, "finished"),
        ("finished", Control(stop=True), True, "finished"),
        ("failed", Control(), False, "failed"),
        ("starting", Control(), False, "died"),
        ("training", Control(), False, "died"),
        ("paused", Control(stop=True), False, "died"),
    ],
)
def test_requests_count_at_once(data, reported, control, live, phase):
    data.status, data.control = Status(reported, step=60, epoch=6), control
    assert phase_of(data, live) == phase


def test_while_a_trainer_loads_the_word_of_the_one_before_does_not_count(data):
    data.status = Status("training", step=60, epoch=6)
    assert phase_of(data, True, loads=True) == "starting"
    data.control = Control(stop=True)
    assert phase_of(data, True, loads=True) == "stopping"


def test_no_run_and_a_folder_without_a_status(data, tmp_path):
    assert phase_of(None, False) == "none"
    data.status = None
    assert phase_of(data, False) == "died"
    assert phase_of(RunData(tmp_path / "nothing"), False) == "unknown"
    assert phase_of(data, True) == "starting"


def test_what_can_go_on(data):
    for phase, can in (
        ("stopped", True),
        ("died", True),
        ("finished", False),
        ("training", False),
        ("failed", True),
    ):
        assert can_resume(data, phase) is can, phase
    data.status = Status("failed", divergence=Divergence("loss"))
    assert not can_resume(data, "failed")
    assert not can_resume(None, "none")


def test_a_wait_is_for_steps_or_for_epochs():
    assert not is_limit_reached(Control(), 5, 1)
    assert is_limit_reached(Control(until_step=5), 5, 1) and not is_limit_reached(Control(until_step=6), 5, 1)
    assert is_limit_reached(Control(until_epoch=1), 5, 1) and not is_limit_reached(
        Control(until_epoch=2), 5, 1
    )


def test_the_time_left_leaves_pauses_out(data):
    assert share_done(data) == 0.5
    assert seconds_left(data) == pytest.approx(60 * 0.02, rel=1e-3)
    times = data.steps.column("time")
    times[30:] += 500.0
    assert seconds_left(data) == pytest.approx(60 * 0.02, rel=1e-3)
    times[:] = np.nan
    assert seconds_left(data) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (8.4, "8s"),
        (59.6, "1m00s"),
        (72, "1m12s"),
        (3599.7, "1h00m"),
        (7500, "2h05m"),
        (4e6, "1,111h06m"),
    ],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(("tokens", "text"), [(7.2, "7"), (999, "999"), (38_200, "38.2k"), (1.5e6, "1.5M")])
def test_rates(tokens, text):
    assert rate(tokens) == text
