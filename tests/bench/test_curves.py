"""The curve of 100,000 points is measured against pyqtgraph's own ways; the figures are for the machine."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from lstm_viz.bench import curves
from lstm_viz.bench.timing import Row


@pytest.fixture
def rows(qapp: QApplication) -> Iterator[list[Row]]:
    """Return what is measured, its windows closed."""
    yield list(curves.rows(short=True))
    for window in QApplication.topLevelWidgets():
        window.hide()
        window.deleteLater()


def test_ours_is_the_faster(rows: list[Row]) -> None:
    assert [row.name for row in rows] == ["loss curve, 100,000 points"] * 2 + ["30 points more, bucketed"]
    assert [row.what for row in rows[:2]] == ["pyqtgraph autoDownsample / ours", "pyqtgraph plain / ours"]
    assert all(row.ratio > 1 for row in rows[:2])
    assert rows[2].ratio < 20  # 100 if all of them were looked at again
