"""Renders a page off screen and saves the picture."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtGui import QImageWriter

from lstm_viz.app.client.request import Priority
from lstm_viz.app.error_texts import error_text
from lstm_viz.app.queries.of_state import ablation_query, attribution_query
from lstm_viz.app.selection.opened import OpenedNumber, can_open
from lstm_viz.app.selection.selection import ComparedWith, Selection
from lstm_viz.app.selection.training_view import TrainingView
from lstm_viz.app.shell.files.content import read_content
from lstm_viz.app.shell.grab_options import DIRECTIONS, Grab, first_error, output_error
from lstm_viz.app.shell.main import make_application
from lstm_viz.app.shell.session import Session
from lstm_viz.app.shell.themes import ThemeKeeper
from lstm_viz.app.shell.window import Window
from lstm_viz.app.state import State
from lstm_viz.app.texts import shown_text
from lstm_viz.errors import CodedError
from lstm_viz.messages import Ablation, Failure, SetValue
from lstm_viz.runs.errors import RunError
from lstm_viz.runs.folder import RunFolder
from lstm_viz.runs.library import RunLibrary
from lstm_viz.uris import of_file, of_preset, of_run

if TYPE_CHECKING:
    from lstm_viz.app.pages.training.page import TrainingPage

_TIMEOUT_MS = 60_000
_POLL_MS = 20


def grab(options: Grab) -> int:
    """Render and save the picture, and return the exit status: 0 on success."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    found = _with_file(options)
    error = found if isinstance(found, str) else _no_run(found) or _grab(found)
    if error:
        print(error, file=sys.stderr)
    return 1 if error else 0


def _with_file(options: Grab) -> Grab | str:
    """Return the options with the text or the run of a file filled in, or why it cannot be drawn."""
    if options.file is None:
        return options
    path = options.file.absolute()
    content = read_content(path)
    if isinstance(content, CodedError):
        return str(content)
    if content.kind == "run":
        return replace(options, run=path, file=None)
    if content.kind in ("conllu", "text"):
        return f"{path.name} is neither a model nor a run: there is no picture of it."
    text = content.text_for(Selection().text) if options.text is None else options.text
    return replace(options, file=path, text=text)


def _no_run(options: Grab) -> str:
    """Return why the run cannot be read; "" if it can, or none is requested."""
    try:
        if options.run is not None:
            RunFolder(options.run).run()
    except RunError as error:
        return str(error)
    return ""


def _grab(options: Grab) -> str:
    themes = ThemeKeeper(make_application([]), options.theme)
    error = output_error(options.out)
    if error:
        return error
    training = TrainingView(page=options.page)
    library = RunLibrary(options.run.absolute().parent) if options.run else None
    session = Session.open(Window(), themes, _selection(options), training=training, library=library)
    return draw(session, options)


def draw(session: Session, options: Grab) -> str:
    """Draw the window of a session and close it; return an error message, or ""."""
    try:
        session.window.resize(*options.size)
        session.window.show()
        return (
            _too_small(session, options)
            or _wait(session)
            or _missing(session, options)
            or _draw_page(session, options)
        )
    finally:
        session.close()


def _selection(options: Grab) -> Selection:
    return selection_of(options, _uri(options))


def selection_of(options: Grab, model: str) -> Selection:
    """Return what is to be drawn of a model, by its URI."""
    selection = Selection()
    text = selection.text if options.text is None else options.text
    given = (options.unit, options.clamped_unit)
    unit = next((unit for unit in given if unit is not None), selection.unit)
    compared_with = None if options.compare is None else ComparedWith(shown_text(options.compare), model)
    return Selection(
        model=model,
        text=shown_text(text),
        epoch=options.epoch,
        module=options.module or "",
        layer=options.layer or 0,
        direction=DIRECTIONS.index(options.direction),
        step=options.step or 0,
        unit=None if options.mean else unit,
        panel=options.panel,
        target=options.target,
        compared_with=compared_with,
        motion=False,
    )


def _uri(options: Grab) -> str:
    if options.file is not None:
        return of_file(options.file)
    return of_run(options.run.absolute()) if options.run else of_preset(options.model)


def _too_small(session: Session, options: Grab) -> str:
    least = session.window.minimumSize()
    if options.size[0] >= least.width() and options.size[1] >= least.height():
        return ""
    return f"The window is at least {least.width()}x{least.height()}."


def _wait(session: Session) -> str:
    """Wait until the page was painted with the reading; return an error message, or ""."""
    loop, errors = QEventLoop(), list[str]()
    session.state.reading_changed.connect(lambda _: QTimer.singleShot(0, loop.quit))

    def failed(error: Failure | str | None) -> None:
        if error is not None:
            errors.append(error_text(error) if isinstance(error, Failure) else error)
            loop.quit()

    session.state.error_changed.connect(failed)
    session.client.link(Priority.TYPING).failed.connect(failed)
    QTimer.singleShot(_TIMEOUT_MS, loop, lambda: failed("The engine did not answer within a minute."))
    loop.exec()
    return errors[0] if errors else ""


def _missing(session: Session, options: Grab) -> str:
    """Return what is asked for and does not exist, "" if all does."""
    reading = session.state.reading
    return first_error(options, reading) if reading is not None and options.page == "sentence" else ""


def _draw_page(session: Session, options: Grab) -> str:
    if options.page == "training":
        return _wait_for_training(session) or _write(session, options)
    session.content.page.setFocus()
    if options.step is None:
        word = options.clamped_word
        session.state.step_to(session.state.columns // 2 if word is None else word)
        _wait_for_arithmetic(session.state)
    return (
        _apply_edits(session, options)
        or _wait_for_results(session.state)
        or _open(session, options)
        or _write(session, options)
    )


def _open(session: Session, options: Grab) -> str:
    """Open the requested arithmetic and wait for it; return an error message, or ""."""
    if options.arithmetic is None:
        return ""
    name, _, tag = options.arithmetic.partition(":")
    state, opened = session.state, OpenedNumber(name, tag)
    if state.reading is None or bool(tag) != opened.is_of_tag or not can_open(opened, state.reading):
        return f"There is no arithmetic of “{options.arithmetic}” here."
    state.change(opened=opened)
    panel = session.content.page.arithmetic
    return "" if _wait_until(lambda: panel.is_answered) else "The engine did not answer within a minute."


def _apply_edits(session: Session, options: Grab) -> str:
    """Apply the requested clamps and wait for the reading with them; return an error message, or ""."""
    state = session.state
    if not options.set or state.reading is None or state.reading.view is None:
        return ""
    view, words = state.reading.view, tuple(word.text for word in state.reading.words)
    edits = tuple(
        SetValue(name, value, unit, word, word, view.layer, view.direction, words)
        for name, unit, word, value in options.set
    )
    QTimer.singleShot(0, lambda: state.change(edits=edits))
    error = _wait(session)
    holds = any(not resolved_edits.unresolved for resolved_edits in state.reading.resolved_edits)
    return error or ("" if holds else "No --set applies to this model and sentence.")


def _wait_for_results(state: State) -> str:
    """Wait for the results of the background engine that are shown; return an error message, or ""."""
    selection, reading = state.selection, state.reading
    if reading is None or not reading.words:
        return ""

    def done() -> bool:
        attribution, ablation = state.attribution, state.ablation
        waits = (
            attribution_query(state) is not None
            and (attribution is None or attribution.step != selection.step or not attribution.done),
            ablation_query(state) is not None
            and (ablation is None or ablation.step != selection.step or not _all_of(ablation)),
            selection.compared_with is not None and state.other is None,
        )
        return state.detail_error is not None or not any(waits)

    return "" if _wait_until(done) else "The background engine did not answer within a minute."


def _all_of(ablation: Ablation) -> bool:
    return ablation.done == ablation.total


def _wait_for_training(session: Session) -> str:
    """Wait until the panels of the Training page have their results; return an error message, or ""."""
    runs, bench = session.runs, cast("TrainingPage", session.content.page_of("training")).queries

    def done() -> bool:
        runs.poll()
        followed = [data for data in (runs.current, *runs.compared) if data is not None]
        read = all((data.run or data.error) and not data.has_more for data in followed)
        queried = runs.current is None or (bench.is_history_complete and bench.gradient_flow is not None)
        return (read and queried and bench.corpus_summary is not None) or bool(bench.errors)

    if not _wait_until(done):
        return "The engine did not answer within a minute."
    for data in (runs.current, *runs.compared):
        if data is not None:
            runs.grown.emit(data)
    loop = QEventLoop()
    QTimer.singleShot(10 * _POLL_MS, loop.quit)
    loop.exec()
    return ""


def _wait_until(done: Callable[[], bool]) -> bool:
    loop, timer = QEventLoop(), QTimer()
    timer.timeout.connect(lambda: loop.quit() if done() else None)
    timer.start(_POLL_MS)
    QTimer.singleShot(_TIMEOUT_MS, loop, lambda: loop.exit(1))
    in_time = loop.exec() == 0
    timer.stop()
    return in_time


def _wait_for_arithmetic(state: State) -> None:
    """Wait for the gate arithmetic of the playhead's column, if there is any."""
    if state.gate_arithmetic is None or state.gate_arithmetic.column == state.column:
        return
    loop = QEventLoop()
    state.gate_arithmetic_changed.connect(loop.quit)
    QTimer.singleShot(_TIMEOUT_MS, loop, loop.quit)
    loop.exec()


def _write(session: Session, options: Grab) -> str:
    writer = QImageWriter(str(options.out))
    QCoreApplication.sendPostedEvents()  # a panel that has just changed may not be laid out yet
    if writer.write(session.window.grab().toImage()):
        return ""
    return f"The picture could not be written to {options.out}: {writer.errorString()}."
