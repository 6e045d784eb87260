"""The end of a long run is announced to somebody who is elsewhere, and only to them."""

import pytest
from PySide6.QtWidgets import QWidget

from lstm_viz.app.announcer import Announcer
from lstm_viz.app.runs import Runs
from lstm_viz.app.state import State
from lstm_viz.runs.shelf import Shelf
from tests.runs_support import write_run


@pytest.fixture
def runs(application, tmp_path):
    write_run(tmp_path / "a", phase="finished")
    state = State()
    runs = Runs(state, Shelf(tmp_path))
    yield runs
    runs.stop()
    runs.deleteLater()
    state.deleteLater()


class _Noting(Announcer):
    def announce(self, title, text):
        super().announce(title, text)  # offscreen there is no tray: the window alone asks for attention
        self.said = [*getattr(self, "said", []), (title, text)]


def _trains_and_ends(runs):
    with runs_lock(runs):
        runs.relist()
    runs.relist()


def runs_lock(runs):
    from lstm_viz.runs.folder import RunFolder

    return RunFolder(runs.shelf.folder / "a").lock()


@pytest.mark.parametrize(
    ("long_seconds", "active", "announced"), [(0, False, 1), (60, False, 0), (0, True, 0)]
)
def test_only_a_long_run_and_only_to_somebody_elsewhere(runs, qtbot, long_seconds, active, announced):
    class Frame(QWidget):
        def isActiveWindow(self):
            return active

    window = Frame()
    qtbot.addWidget(window)
    announcer = _Noting(runs, window, long_seconds)
    _trains_and_ends(runs)
    said = getattr(announcer, "said", [])
    assert len(said) == announced
    if announced:
        title, text = said[0]
        assert title == "“a” has ended" and text.startswith("Epoch 6, best accuracy 0.")
    runs.relist()
    assert len(getattr(announcer, "said", [])) == announced
