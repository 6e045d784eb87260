"""The rows on units that are off, with so few that they come at once; figures are for the machine."""

import pytest

from lstm_viz.bench import ablation


def test_every_row_says_what_it_compares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ablation, "_HIDDEN", 64)
    rows = ablation.rows(short=True)
    assert [row.what for row in rows] == ["all of them / a second"] * 2 + ["one at a time / in batches"]
    assert [row.goal for row in rows] == ["≤ 1", "≤ 1", ""]
    assert rows[0].ms_b == rows[1].ms_b == 1000
    assert rows[0].ms_a > 0 and rows[1].ms_a > 0
    assert rows[2].ratio > 1
