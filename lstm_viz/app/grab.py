"""Draws a page without a screen and writes the picture."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEventLoop, QTimer

from lstm_viz.app.main import make_application
from lstm_viz.app.opened import Opened, can_open
from lstm_viz.app.painting import shown_text
from lstm_viz.app.runs import model_name
from lstm_viz.app.session import Session
from lstm_viz.app.settings import ThemeChoice
from lstm_viz.app.state import Beside, Look, Panel, State, TrainingLook
from lstm_viz.app.themes import ThemeKeeper
from lstm_viz.app.window import Window
from lstm_viz.messages import Ablated, Problem, SetValue, Target
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.shelf import Shelf

_TIMEOUT_MS = 60_000
_LOOK_MS = 20


@dataclass(frozen=True)
class Grab:
    """What to draw; ``step`` and ``unit`` count from 0, None leaves them as they are.

    ``run`` is a run folder, whose tagger then takes the place of ``model``. ``compare`` is another sentence
    to compare with; ``set`` says what is set by hand: quantity, unit, word (None: all) and value.
    ``arithmetic`` is the number that is explained: a quantity of the cell, "x", or "score:NN" and so on.
    """

    out: Path
    page: Literal["sentence", "training"] = "sentence"
    run: Path | None = None
    text: str | None = None
    model: str = "tutorial"
    step: int | None = None
    unit: int | None = None
    panel: Panel = "cell"
    arithmetic: str | None = None
    target: Target = "margin"
    compare: str | None = None
    set: Sequence[tuple[str, int | None, int | None, float]] = ()
    size: tuple[int, int] = (1600, 1000)
    theme: ThemeChoice = "dark"
    scale: int = 1


def grab(wanted: Grab) -> int:
    """Draw, write, and return the exit status: 0 when the picture is there."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(wanted.scale)
    problem = _no_run(wanted) or _grab(wanted)
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


def _no_run(wanted: Grab) -> str:
    """Return why the run cannot be drawn; "" if it can, or none is wanted."""
    try:
        if wanted.run is not None:
            RunFolder(wanted.run).run()
    except RunError as error:
        return str(error)
    return ""


def _grab(wanted: Grab) -> str:
    themes = ThemeKeeper(make_application([]), wanted.theme)
    training = TrainingLook(shown=wanted.page == "training")
    shelf = Shelf(wanted.run.absolute().parent) if wanted.run else None
    session = Session.open(Window(), themes, _look(wanted), training=training, shelf=shelf)
    try:
        session.window.resize(*wanted.size)
        session.window.show()
        return _too_small(session, wanted) or _wait(session) or _draw(session, wanted)
    finally:
        session.close()


def _look(wanted: Grab) -> Look:
    look = Look()
    model = model_name(wanted.run.absolute()) if wanted.run else wanted.model
    text = look.text if wanted.text is None else wanted.text
    unit = look.unit if wanted.unit is None else wanted.unit
    beside = None if wanted.compare is None else Beside(shown_text(wanted.compare), model)
    return Look(
        model=model,
        text=shown_text(text),
        step=wanted.step or 0,
        unit=unit,
        panel=wanted.panel,
        target=wanted.target,
        beside=beside,
        motion=False,
    )


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
    if wanted.page == "training":
        return _wait_for_training(session) or _write(session, wanted)
    session.content.page.setFocus()
    if wanted.step is None:
        session.state.step_to(session.state.columns // 2)
        _wait_for_arithmetic(session.state)
    return (
        _by_hand(session, wanted)
        or _wait_for_answers(session.state)
        or _open(session, wanted)
        or _write(session, wanted)
    )


def _open(session: Session, wanted: Grab) -> str:
    """Open the arithmetic that is to be drawn and return when it is there; or why it is not."""
    if wanted.arithmetic is None:
        return ""
    name, _, tag = wanted.arithmetic.partition(":")
    state, opened = session.state, Opened(name, tag)
    if state.reading is None or bool(tag) != opened.is_of_tag or not can_open(opened, state.reading):
        return f"There is no arithmetic of “{wanted.arithmetic}” here."
    state.change(opened=opened)
    panel = session.content.page.arithmetic
    return "" if _wait_until(lambda: panel.is_answered) else "The engine did not answer within a minute."


def _by_hand(session: Session, wanted: Grab) -> str:
    """Set what is to be set, and return when the net was read with it; or why it cannot be."""
    state = session.state
    if not wanted.set or state.reading is None or state.reading.view is None:
        return ""
    view, words = state.reading.view, tuple(word.text for word in state.reading.words)
    edits = tuple(
        SetValue(name, value, unit, word, word, view.layer, view.direction, words)
        for name, unit, word, value in wanted.set
    )
    QTimer.singleShot(0, lambda: state.change(edits=edits))
    problem = _wait(session)
    holds = any(not landed.fault for landed in state.reading.landed)
    return problem or ("" if holds else "Nothing of what is set by hand fits this net and sentence.")


def _wait_for_answers(state: State) -> str:
    """Return when the second engine has said all that is shown, or why it does not."""
    look, reading = state.look, state.reading
    if reading is None or not reading.words:
        return ""

    def done() -> bool:
        owed, ablated = state.owed, state.ablated
        waits = (
            look.panel == "words" and (owed is None or owed.step != look.step or not owed.done),
            look.panel == "units" and (ablated is None or ablated.step != look.step or not _all_of(ablated)),
            look.beside is not None and state.other is None,
        )
        return state.aside_trouble is not None or not any(waits)

    return "" if _wait_until(done) else "The second engine did not answer within a minute."


def _all_of(ablated: Ablated) -> bool:
    return ablated.done == ablated.total


def _wait_for_training(session: Session) -> str:
    """Return when the panels have what they ask for, or why they do not get it."""
    page, runs = session.content.training_page(), session.runs
    bench = page.workbench

    def done() -> bool:
        runs.poll()
        followed = [data for data in (runs.current, *runs.compared) if data is not None]
        read = all((data.run or data.trouble) and not data.behind for data in followed)
        asked = runs.current is None or (bench.probed is not None and bench.flowed is not None)
        return (read and asked and bench.surveyed is not None) or bool(bench.troubles)

    if not _wait_until(done):
        return "The engine did not answer within a minute."
    for data in (runs.current, *runs.compared):
        if data is not None:
            runs.grown.emit(data)
    loop = QEventLoop()
    QTimer.singleShot(10 * _LOOK_MS, loop.quit)
    loop.exec()
    return ""


def _wait_until(done: Callable[[], bool]) -> bool:
    loop, looking = QEventLoop(), QTimer()
    looking.timeout.connect(lambda: loop.quit() if done() else None)
    looking.start(_LOOK_MS)
    QTimer.singleShot(_TIMEOUT_MS, loop, lambda: loop.exit(1))
    in_time = loop.exec() == 0
    looking.stop()
    return in_time


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
