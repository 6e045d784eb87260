"""Draws a page without a screen and writes the picture."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from lstm_viz.app.main import make_application
from lstm_viz.app.painting import shown_text
from lstm_viz.app.session import Session
from lstm_viz.app.settings import ThemeChoice
from lstm_viz.app.state import Look, State
from lstm_viz.app.themes import ThemeKeeper
from lstm_viz.app.window import Window
from lstm_viz.messages import Problem

_TIMEOUT_MS = 60_000


@dataclass(frozen=True)
class Grab:
    """What to draw; ``step`` and ``unit`` count from 0, None leaves them as they are."""

    out: Path
    text: str | None = None
    model: str = "tutorial"
    step: int | None = None
    unit: int | None = None
    size: tuple[int, int] = (1600, 1000)
    theme: ThemeChoice = "dark"
    scale: int = 1


def grab(wanted: Grab) -> int:
    """Draw, write, and return the exit status: 0 when the picture is there."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(wanted.scale)
    application = make_application([])
    session = Session.open(Window(), ThemeKeeper(application, wanted.theme), _look(wanted))
    try:
        session.window.resize(*wanted.size)
        session.window.show()
        problem = _too_small(session, wanted) or _wait(session) or _draw(session, wanted)
    finally:
        session.close()
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


def _look(wanted: Grab) -> Look:
    look = Look()
    text = look.text if wanted.text is None else wanted.text
    unit = look.unit if wanted.unit is None else wanted.unit
    return Look(model=wanted.model, text=shown_text(text), step=wanted.step or 0, unit=unit, motion=False)


def _too_small(session: Session, wanted: Grab) -> str:
    least = session.window.minimumSize()
    if wanted.size[0] >= least.width() and wanted.size[1] >= least.height():
        return ""
    return f"The window is at least {least.width()}x{least.height()}."


def _wait(session: Session) -> str:
    """Return when the page has been painted with the answer, or why it cannot be."""
    loop, problems = QEventLoop(), list[str]()
    session.state.reading_changed.connect(lambda _: QTimer.singleShot(0, loop.quit))

    def failed(problem: Problem | str | None) -> None:
        if problem is not None:
            problems.append(problem.sentence if isinstance(problem, Problem) else problem)
            loop.quit()

    session.state.trouble_changed.connect(failed)
    session.link.failed.connect(failed)
    QTimer.singleShot(_TIMEOUT_MS, loop, lambda: failed("The engine did not answer within a minute."))
    loop.exec()
    return problems[0] if problems else ""


def _draw(session: Session, wanted: Grab) -> str:
    session.content.page.setFocus()
    if wanted.step is None:
        session.state.step_to(session.state.columns // 2)
        _wait_for_arithmetic(session.state)
    return _write(session, wanted)


def _wait_for_arithmetic(state: State) -> None:
    """Return when the arithmetic of the playhead's column is there, if there is any."""
    if state.explanation is None or state.explanation.column == state.column:
        return
    loop = QEventLoop()
    state.explanation_changed.connect(loop.quit)
    QTimer.singleShot(_TIMEOUT_MS, loop, loop.quit)
    loop.exec()


def _write(session: Session, wanted: Grab) -> str:
    if session.window.grab().save(str(wanted.out)):
        return ""
    return f"The picture could not be written to {wanted.out}."
