"""``lstm-viz grab`` in this process, its windows on the engines of these tests."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from lstm_viz.app.client.link import EngineLink
from lstm_viz.app.selection.selection import Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.session import Session
from lstm_viz.app.shell.themes import ThemeKeeper
from lstm_viz.app.shell.window import Window
from lstm_viz.cli import main
from lstm_viz.runs.library import RunLibrary


class Timer(QTimer):
    """A timer whose single shots can be stopped: in its own process, the command ends before they do."""

    shots: ClassVar[list[QTimer]] = []

    @staticmethod
    def singleShot(milliseconds: int, *receiver: Callable[[], object]) -> None:  # type: ignore[override]
        shot = QTimer()
        shot.setSingleShot(True)
        shot.timeout.connect(receiver[-1])
        shot.start(milliseconds)
        Timer.shots.append(shot)

    @staticmethod
    def stop_all() -> None:
        while Timer.shots:
            Timer.shots.pop().stop()


def grab_command(
    open_session: Callable[..., Any], link: EngineLink, application: QApplication, patch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Return what runs ``lstm-viz grab`` in windows of ``open_session``, and returns the exit status."""

    def open_(
        _: Window, themes: ThemeKeeper, selection: Selection, *, training: TrainingView, library: RunLibrary
    ) -> Session:
        session: Session = open_session(link, selection, themes.choice, training).session
        return session

    patch.setenv("QT_SCALE_FACTOR", "1")
    patch.setattr("lstm_viz.app.shell.grab.make_application", lambda _: application)
    patch.setattr("lstm_viz.app.shell.grab.QTimer", Timer)
    patch.setattr(Session, "open", open_)
    patch.setattr(Session, "close", lambda session: session.window.close())

    def run(*arguments: str) -> int:
        status = main(["grab", *arguments])
        Timer.stop_all()
        return status

    return run
