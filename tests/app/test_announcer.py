"""The end of a long run is announced to somebody who is elsewhere, and only to them."""

import pytest
from PySide6.QtWidgets import QWidget

from lstm_viz.app.runs.runs import Runs
from lstm_viz.app.shell.announcer import Announcer
from lstm_viz.app.state import State
from lstm_viz.runs.library import RunLibrary
from tests.runs_support import write_run


@pytest.fixture
def runs(application, tmp_path):
    write_run(tmp_path / "a", phase="finished")
    state = State()
    runs = Runs(state, RunLibrary(tmp_path))
    yield runs
    runs.stop()
    runs.deleteLater()
    state.deleteLater()


class _Noting(Announcer):
    def announce(self, title, text):
        super().announce(title, text)  # offscreen there is no tray: the window alone asks for attention
        self.notifications = [*getattr(self, "notifications", []), (title, text)]


def _trains_and_ends(runs):
    with runs_lock(runs):
        runs.relist()
    runs.relist()


def runs_lock(runs):
    from lstm_viz.runs.folder import RunFolder

    return RunFolder(runs.library.folder / "a").lock()


@pytest.mark.parametrize(
    ("long_seconds", "active", "announced"), [(0, False, 1), (60, False, 0), (0, True, 0)]
)
def test_only_a_long_run_is_announced_and_only_to_an_inactive_window(
    runs, qtbot, long_seconds, active, announced
):
    class Frame(QWidget):
        def isActiveWindow(self):
            return active

    window = Frame()
    qtbot.addWidget(window)
    announcer = _Noting(runs, window, long_seconds)
    _trains_and_ends(runs)
    notifications = getattr(announcer, "notifications", [])
    assert len(notifications) == announced
    if announced:
        title, text = notifications[0]
        assert title == "“a” has ended" and text.startswith("Epoch 6, best accuracy 0.")
    runs.relist()
    assert len(getattr(announcer, "notifications", [])) == announced
