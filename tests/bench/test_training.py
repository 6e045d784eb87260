"""The rows on training, with so few words that they come at once; figures are for the machine."""

from msgspec.structs import replace

from lstm_viz.bench import training
from lstm_viz.training.task import prepare


def test_every_row_compares_two_trainings() -> None:
    task = prepare(replace(training._WORDS_6, batch_size=32))
    rows = [training._batches(task, 2, 200), training._gates("6 units", task, 2, 400)]
    rows += list(training._histograms(task, 2, 200))
    assert [row.what for row in rows][:2] == [
        "one sentence a step / batches of 32",
        "gates recorded / not",
    ]
    assert rows[0].ratio > 1
    assert all(row.ms_a > 0 and row.ms_b > 0 for row in rows)
    assert [row.goal for row in rows[:2]] == ["≥ 5", "≤ 1.05"]
